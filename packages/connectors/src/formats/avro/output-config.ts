import { ConnectorError, type EncoderTarget, type OutputIndex, type TableSchema } from "@headgate/connector-kit";
import type { Field } from "@headgate/engine";
import { configFields } from "../config-fields.ts";
import { AvroSchemaError } from "./avro-error.ts";
import { parseAvroSchema, type AvroSchema } from "./avro-schema.ts";
import { parseRegistryConfig, type RegistryConfig } from "./registry-config.ts";
import { deriveAvroSchema } from "./view-schema.ts";
import { compileRecordWriter } from "./write-value.ts";

/** A schema that messages are written with, and where the registry keeps it. */
export interface PublishedSchema {
  readonly schema: AvroSchema;
  /** As it is registered. */
  readonly text: string;
  readonly subject: string;
}

export interface AvroOutputConfig {
  readonly update: "raw" | "confluent_jdbc";
  readonly value: PublishedSchema;
  /** Undefined: messages have no key. */
  readonly key: PublishedSchema | undefined;
  /** Columns of the value: the view's, and the one that tells the change. */
  readonly valueFields: readonly Field[];
  /** Undefined without an index. */
  readonly index:
    | { readonly name: string; readonly columns: readonly number[]; readonly schema: AvroSchema; readonly fields: readonly Field[] }
    | undefined;
  readonly cdcField: string | undefined;
  readonly schemaId: boolean;
  readonly registry: RegistryConfig | undefined;
}

const updates = ["raw", "debezium", "confluent_jdbc"] as const;
const keyModes = ["none", "key_fields"] as const;
const strategies = ["topic_name", "record_name", "topic_record_name"] as const;

/** Reads the configuration of the Avro output format. @throws ConnectorError `invalid_config` | `not_supported` */
export function parseAvroOutputConfig(config: unknown, schema: TableSchema, target: EncoderTarget = {}): AvroOutputConfig {
  const { index, topic } = target;
  const fields = configFields("avro", config);
  const update = fields.choice("update_format", updates, "raw");
  if (update === "debezium") throw notSupported('update_format "debezium" is not supported for output; use one of raw, confluent_jdbc');
  const given = fields.text("schema");
  const namespace = fields.text("namespace");
  const keyMode = parseKeyMode(
    fields.value("key_mode") === undefined ? undefined : fields.choice("key_mode", keyModes, "none"),
    update,
    index,
  );
  const strategy = fields.choice("subject_name_strategy", strategies, update === "raw" ? "record_name" : "topic_name");
  const schemaId = !fields.flag("skip_schema_id", false);
  const cdcField = fields.text("cdc_field");
  // Messages are encoded on one thread, whatever is asked for.
  fields.count("threads", 4);
  const registry = parseRegistryConfig(fields);
  fields.end();
  if (topic === undefined) throw notSupported("Avro needs a connector that takes messages, such as kafka_output");
  if (registry === undefined && given === undefined && schemaId) {
    throw invalid('give "registry_urls" (the schema is registered there), or "schema", or "skip_schema_id": true');
  }
  if (cdcField !== undefined) assertCdc(cdcField, update, index, schema);
  return explained(() => {
    const valueText =
      given ?? JSON.stringify(deriveAvroSchema({ name: schema.name, namespace, fields: schema.fields, keyColumns: index?.columns }));
    const valueFields = cdcField === undefined ? schema.fields : [...schema.fields, cdcColumn(cdcField)];
    const withCdc = cdcField === undefined ? valueText : addField(valueText, cdcField);
    const value = parseAvroSchema(withCdc);
    compileRecordWriter(value, valueFields);
    const keyed = keyMode === "key_fields" || update === "confluent_jdbc";
    const indexed = index === undefined ? undefined : indexForm(index, schema, namespace);
    const recordName = value.kind === "record" ? value.name : schema.name;
    const base = strategy === "topic_name" ? topic : strategy === "record_name" ? recordName : `${topic}-${recordName}`;
    const valueSubject = strategy === "record_name" || !keyed ? base : `${base}-value`;
    const keySubject = strategy === "record_name" ? (indexed?.name ?? recordName) : `${base}-key`;
    return {
      update,
      value: { schema: value, text: withCdc, subject: valueSubject },
      key: keyed ? { schema: indexed?.schema ?? value, text: indexed?.text ?? withCdc, subject: keySubject } : undefined,
      valueFields,
      index: indexed === undefined || index === undefined ? undefined : { ...indexed, name: index.name },
      cdcField,
      schemaId,
      registry,
    };
  });
}

function parseKeyMode(given: "none" | "key_fields" | undefined, update: string, index: OutputIndex | undefined): "none" | "key_fields" {
  if (given !== undefined && update !== "raw") throw invalid('"key_mode" is only supported with update_format "raw"');
  if (given === "key_fields" && index === undefined)
    throw invalid('"key_mode": "key_fields" needs an "index" of the connector: CREATE INDEX one on the view');
  // Messages of one key have to keep their order, so the key is there unless it is asked away.
  return given ?? (index === undefined ? "none" : "key_fields");
}

function assertCdc(name: string, update: string, index: OutputIndex | undefined, schema: TableSchema): void {
  if (update !== "raw") throw invalid('"cdc_field" is only supported with update_format "raw"');
  if (index === undefined) throw invalid('"cdc_field" needs an "index" of the connector: CREATE INDEX one on the view');
  if (schema.fields.some((field) => field.name.toLowerCase() === name.toLowerCase())) {
    throw invalid(`"cdc_field" is "${name}", which is a column of "${schema.name}": choose another name`);
  }
}

function indexForm(index: OutputIndex, schema: TableSchema, namespace: string | undefined) {
  const columns = index.columns.map((name) => schema.fields.findIndex((field) => field.name === name));
  const fields = columns.flatMap((column) => schema.fields[column] ?? []);
  const text = JSON.stringify(deriveAvroSchema({ name: index.name, namespace, fields }));
  const parsed = parseAvroSchema(text);
  return { columns, fields, text, schema: parsed, name: parsed.kind === "record" ? parsed.name : index.name };
}

const cdcColumn = (name: string): Field => ({ name, caseSensitive: true, columnType: { type: "VARCHAR", nullable: false }, unused: false });

function addField(text: string, name: string): string {
  const json = JSON.parse(text) as { readonly fields?: readonly unknown[] };
  if (!Array.isArray(json.fields)) throw new AvroSchemaError("expected a record");
  return JSON.stringify({ ...json, fields: [...(json.fields as readonly unknown[]), { name, type: "string" }] });
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AvroSchemaError || error instanceof SyntaxError) throw invalid(error.message);
    throw error;
  }
}

const invalid = (message: string): ConnectorError => new ConnectorError("invalid_config", `format "avro": ${message}`);
const notSupported = (message: string): ConnectorError =>
  new ConnectorError("not_supported", `output format not supported: format "avro": ${message}`);
