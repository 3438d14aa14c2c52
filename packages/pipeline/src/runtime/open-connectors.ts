import {
  ConnectorError,
  SinkPositionLost,
  type Encoder,
  type InputPosition,
  type InputTransport,
  type OutputTransport,
  type Parser,
  type SinkPosition,
} from "@headgate/connector-kit";
import { messageOf, PipelineError } from "../errors.ts";
import type { BoundInput, BoundOutput } from "./bind.ts";

/** An input ready to run. */
export interface OpenInput {
  readonly transport: InputTransport;
  readonly parser: Parser | undefined;
  /** False when opening failed in a way that may pass: the connector tries again by itself. */
  readonly opened: boolean;
}
/** An output ready to run. */
export interface OpenOutput {
  readonly transport: OutputTransport;
  readonly encoder: Encoder | undefined;
}

const openMilliseconds = 60_000;

/** @throws PipelineError: the pipeline must not start. */
export async function openInput(
  name: string,
  bound: BoundInput,
  scratchDirectory: string,
  signal: AbortSignal,
  resumeAt?: InputPosition,
): Promise<OpenInput> {
  const transport = bound.createTransport({ endpointName: name, scratchDirectory, ...(resumeAt === undefined ? {} : { resumeAt }) });
  const parser = bound.createParser(scratchDirectory);
  try {
    await withDeadline((within) => transport.open(within), signal);
    return { transport, parser, opened: true };
  } catch (error) {
    if (error instanceof ConnectorError && error.code === "retryable") return { transport, parser, opened: false };
    await transport.close();
    throw openFailure(name, error, "InputTransportError");
  }
}

/**
 * Opens a sink: at the place where an earlier run left it, or anew. One that lost the place and can be given a snapshot is opened anew, and
 * `lost` says so.
 *
 * @throws PipelineError: the pipeline must not start.
 */
export async function openOutput(
  name: string,
  bound: BoundOutput,
  signal: AbortSignal,
  resumeAt?: SinkPosition,
): Promise<OpenOutput & { readonly lost: boolean }> {
  try {
    return { ...(await openSink(name, bound, signal, resumeAt)), lost: false };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (resumeAt === undefined || !bound.snapshotFirst || !(cause instanceof SinkPositionLost)) throw error;
    return { ...(await openSink(name, bound, signal, undefined)), lost: true };
  }
}

async function openSink(name: string, bound: BoundOutput, signal: AbortSignal, resumeAt: SinkPosition | undefined): Promise<OpenOutput> {
  const transport = bound.createTransport({
    endpointName: name,
    keepContent: bound.snapshotFirst,
    ...(resumeAt === undefined ? {} : { resumeAt }),
  });
  try {
    await withDeadline((within) => transport.open(within), signal);
    return { transport, encoder: bound.createEncoder() };
  } catch (error) {
    await transport.close();
    throw openFailure(name, error, "OutputTransportError");
  }
}

function openFailure(name: string, error: unknown, code: "InputTransportError" | "OutputTransportError"): PipelineError {
  if (error instanceof PipelineError) return error;
  const text = messageOf(error);
  const details = { endpoint_name: name, error: text };
  if (error instanceof ConnectorError && error.code === "invalid_config") {
    return new PipelineError("ConfigError.InvalidTransportConfig", `${name}: ${text}`, details, { cause: error });
  }
  return new PipelineError(code, `${name}: the connector could not be opened: ${text}`, details, { cause: error });
}

/** A transport that ignores its signal must not keep the pipeline in Initializing for ever. */
async function withDeadline(open: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(openMilliseconds);
  const late = new Promise<never>((_, reject) => {
    const fail = (): void => {
      reject(new Error(`it did not open within ${String(openMilliseconds / 1000)} seconds`));
    };
    timeout.addEventListener("abort", fail, { once: true });
  });
  await Promise.race([open(AbortSignal.any([signal, timeout])), late]);
}
