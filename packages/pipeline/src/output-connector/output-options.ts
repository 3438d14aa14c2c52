import type { Encoder, OutputTransport } from "@headgate/connector-kit";
import type { Snapshot } from "@headgate/engine";
import type { Clock } from "../async/clock.ts";
import type { EndpointConfig } from "../connector-config.ts";
import type { Log } from "../log.ts";
import type { Progress } from "./output-queue.ts";
import type { Delivery } from "./reset.ts";

/** What an output connector needs from the pipeline. */
export interface OutputConnectorOptions {
  readonly id: number;
  readonly name: string;
  readonly config: EndpointConfig;
  readonly transport: OutputTransport;
  /** Undefined: the sink takes no bytes, only counts. */
  readonly encoder: Encoder | undefined;
  /** Steps up to this one are not the connector's business: it was added while or after they ran. */
  readonly since: Progress;
  /** How an earlier run of the connector left it. */
  readonly restored?: RestoredOutput | undefined;
  /** Keep what the sink has not acknowledged for good, for `undelivered`. */
  readonly retain?: boolean;
  /** A snapshot of the connector's relation that includes at least `step`. */
  readonly cut: (step: number, signal: AbortSignal) => Promise<Snapshot>;
  /** The sink's progress rose, or room came free. */
  readonly onProgress: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly scrub: (text: string) => string;
}

/** What is known of an output from an earlier run. */
export interface RestoredOutput {
  readonly generation: number;
  readonly delivery: Delivery | null;
  readonly transmittedRecords: number;
  readonly transmittedBytes: number;
  /** The sink's content has to be sent anew, as a generation of its own. */
  readonly needsSnapshot: boolean;
}
