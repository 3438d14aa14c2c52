import type { Schemas } from "@headgate/contract";
import type { CompilePipelineResult, CompiledPipeline, CompilerMessage } from "../domain.ts";

type Program = CompiledPipeline["program"];
type Relation = Program["tables"][number] | Program["views"][number];
type Field = Relation["fields"][number];
type Position = Relation["position"];
type Connector = CompiledPipeline["inputConnectors"][string];

export function toProgramInfo(compiled: CompiledPipeline): Schemas["PartialProgramInfo"] {
  const { program } = compiled;
  return {
    schema: {
      inputs: program.tables.filter((table) => table.internal !== true).map(toRelation),
      outputs: program.views.filter((view) => !view.local).map(toRelation),
    },
    udf_stubs: "",
    input_connectors: mapValues(compiled.inputConnectors, toEndpointConfig),
    output_connectors: mapValues(compiled.outputConnectors, toEndpointConfig),
  };
}

export function toSqlCompilation(exitCode: number, messages: readonly CompilerMessage[]): Schemas["SqlCompilationInfo"] {
  return {
    exit_code: exitCode,
    messages: messages.map((message) => ({
      ...toPosition(message.position),
      warning: message.warning,
      error_type: message.errorType,
      message: message.message,
      snippet: message.snippet ?? null,
    })),
  };
}

export function toValidateProgramResponse(result: CompilePipelineResult): Schemas["ValidateProgramResponse"] {
  return result.ok
    ? { Success: { program_info: toProgramInfo(result.compiled) } }
    : { SqlError: { info: toSqlCompilation(1, result.messages) } };
}

function toRelation(relation: Relation): Schemas["Relation"] {
  const primaryKey = relation.kind === "table" ? relation.primaryKey : undefined;
  return {
    name: relation.name,
    case_sensitive: relation.caseSensitive,
    fields: relation.fields.map(toField),
    materialized: relation.materialized,
    ...(primaryKey === undefined ? {} : { primary_key: [...primaryKey] }),
    properties: mapValues(relation.properties, (property) => ({
      value: property.value,
      key_position: toPosition(property.keyPosition),
      value_position: toPosition(property.valuePosition),
    })),
  };
}

function toField(field: Field): Schemas["Field"] {
  return {
    name: field.name,
    case_sensitive: field.caseSensitive,
    columntype: toColumnType(field.columnType),
    unused: field.unused,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.lateness === undefined ? {} : { lateness: field.lateness }),
  };
}

function toColumnType(type: Field["columnType"]): Schemas["ColumnType"] {
  return {
    type: type.type,
    nullable: type.nullable,
    ...(type.precision === undefined ? {} : { precision: type.precision }),
    ...(type.scale === undefined ? {} : { scale: type.scale }),
    ...(type.component === undefined ? {} : { component: toColumnType(type.component) }),
    ...(type.fields === undefined ? {} : { fields: type.fields.map(toField) }),
    ...(type.key === undefined ? {} : { key: toColumnType(type.key) }),
    ...(type.value === undefined ? {} : { value: toColumnType(type.value) }),
  };
}

function toPosition(position: Position): Schemas["SourcePosition"] {
  return {
    start_line_number: position.startLine,
    start_column: position.startColumn,
    end_line_number: position.endLine,
    end_column: position.endColumn,
  };
}

/** Connectors keep the published spelling inside too, since that is the program's own language. */
function toEndpointConfig(config: Connector): Schemas["EndpointConfig"] {
  const { labels, start_after: startAfter, ...rest } = config;
  return { ...rest, labels: [...labels], start_after: startAfter === null ? null : [...startAfter] };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
