import type { ConnectorRegistry, InputTransportDefinition, OutputTransportDefinition } from "@headgate/connector-kit";
import { inputFormats, outputFormats } from "./formats/format-registry.ts";
import { datagen } from "./transports/datagen/datagen.ts";
import { emptyInput } from "./transports/empty-input/empty-input.ts";
import { fileInput } from "./transports/file-input/file-input.ts";
import { fileOutput } from "./transports/file-output/file-output.ts";
import { kafkaInput } from "./transports/kafka-input/kafka-input.ts";
import { kafkaOutput } from "./transports/kafka-output/kafka-output.ts";
import { nullOutput } from "./transports/null-output/null-output.ts";
import { urlInput } from "./transports/url-input/url-input.ts";

const byName = <D extends { readonly name: string }>(definitions: readonly D[]): ReadonlyMap<string, D> =>
  new Map(definitions.map((definition) => [definition.name, definition]));

/** Everything that a program can name as a connector or a format. */
export const builtinConnectors: ConnectorRegistry = {
  inputTransports: byName<InputTransportDefinition>([datagen, emptyInput, fileInput, kafkaInput, urlInput]),
  outputTransports: byName<OutputTransportDefinition>([fileOutput, kafkaOutput, nullOutput]),
  inputFormats,
  outputFormats,
};
