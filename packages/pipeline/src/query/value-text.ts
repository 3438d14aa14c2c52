import type { ColumnType, Interval, Value } from "@headgate/engine";

/** A value as JSON text. Numbers keep every digit: BIGINT and DECIMAL are written as number literals, never through a double. */
export function toJson(value: Value, type: ColumnType): string {
  if (value === null) return "null";
  switch (type.type) {
    case "BOOLEAN":
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
    case "BIGINT":
    case "UBIGINT":
    case "DECIMAL":
      return toText(value, type);
    case "REAL":
    case "DOUBLE":
      // JSON has no word for these.
      return Number.isFinite(value) ? String(value) : "null";
    case "VARIANT":
      return value as string;
    case "ARRAY": {
      const component = type.component ?? unknownType;
      return `[${(value as readonly Value[]).map((item) => toJson(item, component)).join(",")}]`;
    }
    case "STRUCT": {
      const fields = type.fields ?? [];
      const parts = (value as readonly Value[]).map((item, i) => {
        const field = fields[i];
        return `${JSON.stringify(field?.name ?? String(i))}:${toJson(item, field?.columnType ?? unknownType)}`;
      });
      return `{${parts.join(",")}}`;
    }
    case "MAP": {
      const parts = (value as readonly (readonly [Value, Value])[]).map(
        ([key, item]) => `${JSON.stringify(toText(key, type.key ?? unknownType))}:${toJson(item, type.value ?? unknownType)}`,
      );
      return `{${parts.join(",")}}`;
    }
    default:
      return JSON.stringify(toText(value, type));
  }
}

/** A value as plain text; NULL is the word NULL. */
export function toText(value: Value, type: ColumnType): string {
  if (value === null) return "NULL";
  switch (type.type) {
    case "DECIMAL":
      return decimal(value as bigint, type.scale ?? 0);
    case "DATE":
      return isoDate(value as number);
    case "TIME":
      return time(value as bigint);
    case "TIMESTAMP":
      return isoTimestamp(value as bigint);
    case "TIMESTAMP_TZ":
      return `${isoTimestamp(value as bigint)}Z`;
    case "BINARY":
    case "VARBINARY":
      return Buffer.from(value as Uint8Array).toString("hex");
    case "ARRAY":
    case "STRUCT":
    case "MAP":
      return toJson(value, type);
    default:
      return typeof value === "object" ? composite(value) : String(value);
  }
}

const unknownType: ColumnType = { type: "VARCHAR", nullable: true };

function composite(value: object): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if ("micros" in value) return interval(value as Interval);
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item));
}

function decimal(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const dayMilliseconds = 86_400_000;

/** Days of years beyond four digits are written as SQL does, without the sign that ISO would add. */
function isoDate(days: number): string {
  const text = new Date(days * dayMilliseconds).toISOString();
  return text.slice(0, text.indexOf("T")).replace(/^\+0?/, "");
}

function time(micros: bigint): string {
  const seconds = micros / 1_000_000n;
  const two = (n: bigint): string => String(n).padStart(2, "0");
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction(micros % 1_000_000n)}`;
}

function isoTimestamp(micros: bigint): string {
  const dayMicros = 86_400_000_000n;
  const inDay = ((micros % dayMicros) + dayMicros) % dayMicros;
  return `${isoDate(Number((micros - inDay) / dayMicros))}T${time(inDay)}`;
}

const fraction = (micros: bigint): string => (micros === 0n ? "" : `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`);

function interval({ months, days, micros }: Interval): string {
  const parts = [
    months === 0 ? "" : `${String(months)} months`,
    days === 0 ? "" : `${String(days)} days`,
    micros === 0n ? "" : `${micros < 0n ? "-" : ""}${time(micros < 0n ? -micros : micros)}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "00:00:00" : parts.join(" ");
}
