import type { InputFormatDefinition, OutputFormatDefinition } from "./format.ts";
import type { InputTransportDefinition } from "./input.ts";
import type { OutputTransportDefinition } from "./output.ts";

/** The connectors and formats a pipeline can name, by name. */
export interface ConnectorRegistry {
  readonly inputTransports: ReadonlyMap<string, InputTransportDefinition>;
  readonly outputTransports: ReadonlyMap<string, OutputTransportDefinition>;
  readonly inputFormats: ReadonlyMap<string, InputFormatDefinition>;
  readonly outputFormats: ReadonlyMap<string, OutputFormatDefinition>;
}
