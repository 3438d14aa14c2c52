import { ConnectorError, type InputFormatDefinition, type TableSchema } from "@headgate/connector-kit";
import { configFields } from "../config-fields.ts";
import { createAvroParser } from "./avro-parser.ts";
import { AvroSchemaError } from "./avro-error.ts";
import { parseAvroSchema, type AvroSchema } from "./avro-schema.ts";
import { compileEventReader, type AvroInputUpdate } from "./event-reader.ts";
import { parseRegistryConfig, type RegistryConfig } from "./registry-config.ts";

export interface AvroInputConfig {
  readonly update: AvroInputUpdate;
  /** The schema of all messages; undefined: each names its own in the registry. */
  readonly schema: AvroSchema | undefined;
  /** Messages begin with a zero and the id of their schema. */
  readonly schemaId: boolean;
  readonly registry: RegistryConfig | undefined;
}

/** Avro input: rows, or Debezium's changes of them, one to a message. */
export const avroInputFormat: InputFormatDefinition<AvroInputConfig> = {
  name: "avro",
  parseConfig(config, schema) {
    const fields = configFields("avro", config);
    const update = fields.choice("update_format", ["raw", "debezium", "confluent_jdbc"], "raw");
    if (update === "confluent_jdbc") throw invalid('update_format "confluent_jdbc" is not supported for input; use one of raw, debezium');
    const text = fields.text("schema");
    const schemaId = !fields.flag("skip_schema_id", false);
    const registry = parseRegistryConfig(fields);
    fields.end();
    if ((text === undefined) === (registry === undefined)) {
      throw invalid('give either "registry_urls" (schemas are read there) or "schema"' + (text === undefined ? "" : ", not both"));
    }
    if (registry !== undefined && !schemaId) throw invalid('"skip_schema_id" needs "schema": without ids the registry cannot be asked');
    return { update, schema: text === undefined ? undefined : checkedSchema(text, update, schema), schemaId, registry };
  },
  createParser: (config, schema) => createAvroParser(config, schema),
};

function checkedSchema(text: string, update: AvroInputUpdate, table: TableSchema): AvroSchema {
  try {
    const schema = parseAvroSchema(text);
    compileEventReader(update, schema, table, new Map());
    return schema;
  } catch (error) {
    if (error instanceof AvroSchemaError) throw invalid(`"schema" does not fit table "${table.name}": ${error.message}`);
    throw error;
  }
}

const invalid = (message: string): ConnectorError => new ConnectorError("invalid_config", `format "avro": ${message}`);
