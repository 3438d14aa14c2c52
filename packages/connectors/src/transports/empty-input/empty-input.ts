import { noFields, parseConfig, type InputTransport, type InputTransportDefinition } from "@headgate/connector-kit";

/** An input that has nothing: its end comes with the first read. It takes no format. */
export const emptyInput: InputTransportDefinition<Readonly<Record<string, never>>> = {
  name: "empty_input",
  format: "none",
  parseConfig: (config) => parseConfig("empty_input", noFields, config),
  create: (): InputTransport => ({
    open: async (signal) => signal.throwIfAborted(),
    read: async (signal) => {
      signal.throwIfAborted();
      return undefined;
    },
    close: async () => undefined,
  }),
};
