import { PlanObject } from "./plan-object.ts";
import type { PlanType, PlanTypeId } from "./types.ts";
import { Unsupported } from "./unsupported.ts";

const plain: Readonly<Record<string, PlanTypeId>> = {
  BOOLEAN: "BOOLEAN",
  TINYINT: "TINYINT",
  SMALLINT: "SMALLINT",
  INTEGER: "INTEGER",
  BIGINT: "BIGINT",
  HUGEINT: "HUGEINT",
  UTINYINT: "UTINYINT",
  USMALLINT: "USMALLINT",
  UINTEGER: "UINTEGER",
  UBIGINT: "UBIGINT",
  UHUGEINT: "UHUGEINT",
  FLOAT: "FLOAT",
  DOUBLE: "DOUBLE",
  VARCHAR: "VARCHAR",
  BLOB: "BLOB",
  UUID: "UUID",
  DATE: "DATE",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMP",
  "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_TZ",
  INTERVAL: "INTERVAL",
  NULL: "NULL",
};

/** A DuckDB type of the plan's JSON. @throws Unsupported for types without a canonical value, such as ENUM, BIT and TIMESTAMP_NS. */
export function readType(json: unknown): PlanType {
  const type = new PlanObject(json, "type").only("id", "type_info");
  const name = type.text("id");
  const info = type.has("type_info") ? new PlanObject(type.raw("type_info"), `type ${name}`) : undefined;
  const alias = info?.has("alias") === true ? info.text("alias") : undefined;
  if (alias !== undefined && !(alias === "JSON" && name === "VARCHAR")) throw new Unsupported(`type ${alias}`);
  if (info?.has("extension_info") === true) throw new Unsupported(`type ${name} with modifiers`);
  if (name === "VARCHAR" && alias === "JSON") return { id: "JSON" };
  switch (name) {
    case "DECIMAL": {
      const decimal = part(info, name).only("type", "alias", "extension_info", "width", "scale");
      return { id: "DECIMAL", width: decimal.integer("width"), scale: decimal.integer("scale") };
    }
    case "LIST":
      return { id: "LIST", child: readType(part(info, name).raw("child_type")) };
    case "STRUCT":
      return { id: "STRUCT", fields: structFields(part(info, name)) };
    case "MAP": {
      const entry = readType(part(info, name).raw("child_type"));
      const [key, value, ...rest] = entry.fields ?? [];
      if (key === undefined || value === undefined || rest.length > 0) throw new Unsupported("type MAP in an unknown form");
      return { id: "MAP", key: key.type, value: value.type };
    }
    default: {
      const id = plain[name];
      // Of VARCHAR, whose order a collation changes, the info also carries the collation.
      if (id === undefined) throw new Unsupported(`type ${name}`);
      info?.only("type", "alias", "extension_info");
      return { id };
    }
  }
}

function part(info: PlanObject | undefined, name: string): PlanObject {
  if (info === undefined) throw new Unsupported(`type ${name} in an unknown form`);
  return info;
}

function structFields(info: PlanObject): NonNullable<PlanType["fields"]> {
  return info.list("child_types").map((json) => {
    const field = new PlanObject(json, "type STRUCT").only("first", "second");
    return { name: field.text("first"), type: readType(field.raw("second")) };
  });
}

/** Whether both are one type; names of STRUCT fields are not compared. */
export function sameType(a: PlanType, b: PlanType): boolean {
  if (a.id !== b.id || a.width !== b.width || a.scale !== b.scale) return false;
  const parts = (type: PlanType): readonly (PlanType | undefined)[] => [
    type.child,
    type.key,
    type.value,
    ...(type.fields ?? []).map((field) => field.type),
  ];
  const [left, right] = [parts(a), parts(b)];
  return left.length === right.length && left.every((type, i) => type === right[i] || (type && right[i] && sameType(type, right[i])));
}

/** A type as people write it, for messages. */
export function formatPlanType(type: PlanType): string {
  switch (type.id) {
    case "DECIMAL":
      return `DECIMAL(${type.width}, ${type.scale})`;
    case "LIST":
      return `${formatPlanType(type.child!)}[]`;
    case "MAP":
      return `MAP(${formatPlanType(type.key!)}, ${formatPlanType(type.value!)})`;
    case "STRUCT":
      return `STRUCT(${(type.fields ?? []).map((field) => `${field.name} ${formatPlanType(field.type)}`).join(", ")})`;
    default:
      return type.id;
  }
}
