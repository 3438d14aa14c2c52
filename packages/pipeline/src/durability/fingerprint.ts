import { createHash } from "node:crypto";
import type { Program, Relation, Table, View } from "@headgate/engine";
import type { EndpointConfig } from "../connector-config.ts";

/**
 * Equal for connectors that read or write the same thing in the same way: then a later run goes on where an earlier one stopped. Taken of the
 * configuration as written, so that no secret is in it.
 */
export function connectorFingerprint({ format, index, send_snapshot, stream, transport }: EndpointConfig, relation: Table | View): string {
  // What a view's new columns mean for its outputs is decided with the view: they may be told to go on silently.
  const columns = relation.kind === "view" ? null : relation.fields.map(({ columnType, name }) => [name, columnType]);
  return digest([transport.name, transport.config ?? null, format ?? null, index ?? null, send_snapshot, stream, columns]).toString(
    "base64url",
  );
}

/** Of a program's text, as an unsigned 53-bit number. */
export function programFingerprint({ indexes, tables, views }: Program): number {
  const relation = ({ fields, name, properties }: Relation): unknown => [
    name,
    fields.map((field) => [field.name, field.columnType, field.default ?? null, field.lateness ?? null]),
    Object.entries(properties).map(([key, { value }]) => [key, value]),
  ];
  const parts = [tables.map((t) => [relation(t), t.primaryKey ?? null]), views.map((v) => [relation(v), v.query]), indexes];
  return Number(digest(parts).readBigUInt64LE() & 0x1f_ffff_ffff_ffffn);
}

const digest = (value: unknown): Buffer => createHash("sha256").update(JSON.stringify(value)).digest();
