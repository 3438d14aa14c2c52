import type { Key } from "../dataflow/operator.ts";
import type { ColumnType, Interval, Value } from "../types.ts";

type Cells = readonly (Value | undefined)[];
/** Text of a value that no other value of its type has, and that tells where it ends. */
type Encode = (value: Value) => string;

/**
 * Identity of some of a row's cells: equal keys exactly when DuckDB finds the cells not distinct. NULL equals NULL, 0 equals -0,
 * NaN equals NaN.
 */
export function cellsKey(types: readonly ColumnType[], columns: readonly number[]): (cells: Cells) => Key {
  const encoders = columns.map((column) => createEncoder(types[column]!));
  const only = columns[0];
  if (columns.length === 1 && only !== undefined) {
    // A Map compares numbers, bigints, strings and booleans by value (0 and -0 alike).
    if (standsForItself(types[only]!)) return (cells) => cells[only] ?? null;
    return (cells) => encode(encoders[0]!, cells[only]);
  }
  return (cells) => {
    let key = "";
    for (let i = 0; i < columns.length; i++) key += encode(encoders[i]!, cells[columns[i]!]);
    return key;
  };
}

/** Identity of whole rows. */
export function rowIdentity(types: readonly ColumnType[]): (row: Cells) => Key {
  return cellsKey(
    types,
    types.map((_, i) => i),
  );
}

/** Whether two rows have the same identity. */
export function rowEquality(types: readonly ColumnType[]): (a: readonly Value[], b: readonly Value[]) => boolean {
  const keys = types.map((type, column) => (standsForItself(type) ? undefined : cellsKey(types, [column])));
  return (a, b) => {
    for (let i = 0; i < keys.length; i++) {
      const left = a[i]!;
      const right = b[i]!;
      if (left === right || (Number.isNaN(left) && Number.isNaN(right))) continue;
      const key = keys[i];
      if (key === undefined || key(a) !== key(b)) return false;
    }
    return true;
  };
}

const encode = (encoder: Encode, value: Value | undefined): string => (value === null || value === undefined ? "~" : encoder(value));

function standsForItself(type: ColumnType): boolean {
  switch (type.type) {
    case "BINARY":
    case "VARBINARY":
    case "ARRAY":
    case "STRUCT":
    case "MAP":
      return false;
    default:
      return !type.type.startsWith("INTERVAL_");
  }
}

const textOf = (text: string): string => `${text.length}:${text}`;

function createEncoder(type: ColumnType): Encode {
  switch (type.type) {
    case "CHAR":
    case "VARCHAR":
    case "VARIANT":
    case "UUID":
      return (value) => textOf(value as string);
    case "BINARY":
    case "VARBINARY":
      return (value) => textOf(Buffer.from(value as Uint8Array).toString("latin1"));
    case "ARRAY": {
      const item = createEncoder(type.component!);
      return (value) => listOf(value as readonly Value[], () => item);
    }
    case "STRUCT": {
      const fields = (type.fields ?? []).map((field) => createEncoder(field.columnType));
      return (value) => listOf(value as readonly Value[], (i) => fields[i]!);
    }
    case "MAP": {
      const parts = [createEncoder(type.key!), createEncoder(type.value!)];
      const pair: Encode = (value) => listOf(value as readonly Value[], (i) => parts[i]!);
      return (value) => listOf(value as readonly Value[], () => pair);
    }
    default:
      return type.type.startsWith("INTERVAL_") ? (value) => intervalText(value as Interval) : (value) => `${String(value)};`;
  }
}

function listOf(values: readonly Value[], encoderAt: (index: number) => Encode): string {
  let text = `${values.length}[`;
  for (let i = 0; i < values.length; i++) text += encode(encoderAt(i), values[i]);
  return text;
}

const microsPerDay = 86_400_000_000n;

/** DuckDB carries whole days of 24 hours and whole months of 30 days, and then compares the parts. */
function intervalText({ months, days, micros }: Interval): string {
  const carried = BigInt(days) + micros / microsPerDay;
  return `${BigInt(months) + carried / 30n}/${carried % 30n}/${micros % microsPerDay};`;
}
