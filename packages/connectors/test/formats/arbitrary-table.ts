import fc from "fast-check";
import type { ColumnType, Row, Value } from "@headgate/engine";
import type { TableSchema } from "@headgate/connector-kit";
import { compareMapKeys } from "../../src/formats/values/map-keys.ts";
import { variantText } from "../../src/formats/values/variant.ts";
import { column, table, type } from "./support.ts";

interface TypedValues {
  readonly columnType: ColumnType;
  readonly value: fc.Arbitrary<Value>;
}

const text = fc.string({ unit: "binary" }).map((value) => value.toWellFormed());
const bigInteger = (bits: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }),
    fc.constantFrom(2n ** (bits - 1n) - 1n, 9007199254740993n),
  );
const day = 86_400_000_000n;
// From year 1 to year 9999, what timestamps are promised to take.
const timestamp = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });
const zero = (value: number): number => value + 0;

function decimal(precision: number, scale: number): TypedValues {
  const limit = 10n ** BigInt(precision) - 1n;
  return { columnType: type("DECIMAL", { precision, scale }), value: fc.bigInt({ min: -limit, max: limit }) };
}

const scalars: readonly TypedValues[] = [
  { columnType: type("BOOLEAN"), value: fc.boolean() },
  { columnType: type("TINYINT"), value: fc.integer({ min: -128, max: 127 }) },
  { columnType: type("INTEGER"), value: fc.integer() },
  { columnType: type("UINTEGER"), value: fc.integer({ min: 0, max: 4294967295 }) },
  { columnType: type("BIGINT"), value: bigInteger(64n) },
  { columnType: type("UBIGINT"), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { columnType: type("REAL"), value: fc.float({ noDefaultInfinity: false }).map(zero) },
  { columnType: type("DOUBLE"), value: fc.double().map(zero) },
  decimal(38, 10),
  decimal(18, 18),
  decimal(5, 2),
  { columnType: type("VARCHAR"), value: text },
  { columnType: type("UUID"), value: fc.uuid() },
  { columnType: type("VARBINARY"), value: fc.uint8Array({ maxLength: 8 }) },
  { columnType: type("DATE"), value: fc.integer({ min: -719162, max: 2932896 }) },
  { columnType: type("TIME"), value: fc.bigInt({ min: 0n, max: day - 1n }) },
  { columnType: type("TIMESTAMP"), value: timestamp },
  { columnType: type("TIMESTAMP_TZ"), value: timestamp },
  {
    columnType: type("INTERVAL_DAY_SECOND"),
    value: fc.record({ months: fc.integer(), days: fc.integer(), micros: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }) }),
  },
];

const jsonValue = fc
  .jsonValue()
  .filter((value) => !JSON.stringify(value).includes("e"))
  .map((value) => variantText(value))
  .filter((text) => text !== "null");

const composites: readonly TypedValues[] = [
  { columnType: type("VARIANT"), value: jsonValue },
  { columnType: type("ARRAY", { component: type("BIGINT") }), value: fc.array(fc.option(bigInteger(64n)), { maxLength: 4 }) },
  {
    columnType: type("STRUCT", { fields: [column("a", "DECIMAL"), column("b", "VARCHAR")] }),
    value: fc.tuple<Value[]>(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.option(text)),
  },
  {
    columnType: type("MAP", { key: type("VARCHAR", { nullable: false }), value: type("INTEGER") }),
    value: fc
      .uniqueArray(fc.tuple(text, fc.option(fc.integer())), { maxLength: 4, selector: (pair) => pair[0] })
      .map((pairs) => pairs.sort((a, b) => compareMapKeys(a[0], b[0]))),
  },
];

const names = ["id", "constructor", "__proto__", "Mixed Case", 'quo"te', "naïve", "x"];

/** A random table and rows of it, extremes and NULLs included. */
export function tableWithRows(): fc.Arbitrary<{ readonly schema: TableSchema; readonly rows: readonly Row[] }> {
  const typed = fc.array(fc.constantFrom(...scalars, ...composites), { minLength: 1, maxLength: names.length });
  return typed.chain((columns) => {
    const fields = columns.map(({ columnType }, index) => {
      const name = names[index] ?? "";
      return column(name, columnType, { caseSensitive: name !== name.toLowerCase() });
    });
    const row = fc.tuple(...columns.map(({ value }) => fc.option(value, { freq: 6 })));
    return fc.record({ schema: fc.constant(table(fields)), rows: fc.array(row, { maxLength: 5 }) });
  });
}
