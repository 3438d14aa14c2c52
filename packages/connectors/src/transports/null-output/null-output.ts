import { noFields, parseConfig, type OutputTransport, type OutputTransportDefinition } from "@headgate/connector-kit";

/**
 * A sink that throws everything away: what it is given counts as delivered. A reset succeeds at once, since nothing is
 * there to be replaced; the runtime counts what was sent.
 */
export const nullOutput: OutputTransportDefinition<Readonly<Record<string, never>>> = {
  name: "null_output",
  format: "optional",
  parseConfig: (config) => parseConfig("null_output", noFields, config),
  create: (): OutputTransport => {
    const accept = async (signal: AbortSignal): Promise<void> => signal.throwIfAborted();
    return {
      open: accept,
      write: (_chunk, signal) => accept(signal),
      // Nothing is seen of a step, so nothing is ever seen twice.
      position: () => 0,
      reset: { begin: accept, commit: accept },
      close: async () => undefined,
    };
  },
};
