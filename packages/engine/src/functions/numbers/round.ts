import type { PlanType } from "../../plan/types.ts";
import { Unsupported } from "../../plan/unsupported.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { bound, constantArgument, pure, scalar } from "../overload.ts";
import { integerTypes, type IntegerType } from "./integer-types.ts";

/** round(), trunc(), floor() and ceil(): halves go away from zero. */
export const roundFunctions: readonly ScalarFunction[] = [
  scalar(
    "round",
    pure("round(DOUBLE)", roundDouble),
    pure("round(FLOAT)", roundDouble),
    bound("round(DOUBLE, INTEGER)", createRoundPlaces),
    bound("round(FLOAT, INTEGER)", (call) => {
      const round = createRoundPlaces(call);
      return (x: number) => Math.fround(round(x));
    }),
    decimal("round(DECIMAL)", divideRounded),
    decimal("round(DECIMAL, INTEGER)", divideRounded),
    integerTypes.filter((type) => type.signed).map((type) => pure(`round(${type.id})`, (x: number | bigint) => x)),
    integerTypes.filter((type) => type.signed && type.bits <= 32).map(roundInteger),
  ),
  scalar(
    "trunc",
    pure("trunc(DOUBLE)", Math.trunc, (x) => `Math.trunc(${x})`),
    pure("trunc(FLOAT)", Math.trunc, (x) => `Math.trunc(${x})`),
    decimal("trunc(DECIMAL)", (x, power) => x / power),
    integerTypes.map(({ id }) => pure(`trunc(${id})`, (x: number | bigint) => x)),
  ),
  scalar(
    "floor",
    pure("floor(DOUBLE)", Math.floor, (x) => `Math.floor(${x})`),
    pure("floor(FLOAT)", Math.floor, (x) => `Math.floor(${x})`),
    decimal("floor(DECIMAL)", (x, power) => (x < 0n ? (x + 1n) / power - 1n : x / power)),
  ),
  scalar(
    ["ceil", "ceiling"],
    pure("ceil(DOUBLE)", Math.ceil, (x) => `Math.ceil(${x})`),
    pure("ceil(FLOAT)", Math.ceil, (x) => `Math.ceil(${x})`),
    decimal("ceil(DECIMAL)", (x, power) => (x > 0n ? (x - 1n) / power + 1n : x / power)),
  ),
];

function roundDouble(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/** Powers of ten above this are not exact, and depend on the C library. */
const exactPower = 22;

function createRoundPlaces(call: BoundCall): (x: number) => number {
  const places = Number(constantArgument(call, 1));
  if (Math.abs(places) > exactPower) throw new Unsupported(`rounding to ${places} places`);
  const power = Number(`1e${Math.abs(places)}`);
  if (places < 0)
    return (x) => {
      const rounded = roundDouble(x / power) * power;
      return Number.isFinite(rounded) ? rounded : 0;
    };
  return (x) => {
    const rounded = roundDouble(x * power) / power;
    return Number.isFinite(rounded) ? rounded : x;
  };
}

function divideRounded(x: bigint, power: bigint): bigint {
  const half = power / 2n;
  return (x < 0n ? x - half : x + half) / power;
}

type Divide = (x: bigint, power: bigint) => bigint;

/** On unscaled values; the result's scale is that of the places asked for, or 0. */
function decimal(signature: string, divide: Divide): Overload {
  return bound(signature, (call) => {
    const { scale = 0, width = 38 } = call.types[0]!;
    const places = call.args.length < 2 ? 0 : Number(constantArgument(call, 1));
    checkScale(call, Math.max(0, Math.min(places, scale)));
    if (places >= scale) return (x: bigint) => x;
    // There DuckDB gives 0 even for NULL.
    if (places < 0 && places <= -(width - scale)) throw new Unsupported(`rounding to ${places} places`);
    const power = 10n ** BigInt(scale - places);
    const back = 10n ** BigInt(Math.max(0, -places));
    return (x: bigint) => divide(x, power) * back;
  });
}

function checkScale({ result }: BoundCall, scale: number): void {
  if (result.id !== "DECIMAL" || (result.scale ?? 0) !== scale) throw new Unsupported(`rounding to ${typeName(result)}`);
}
const typeName = ({ id, width, scale }: PlanType): string => (id === "DECIMAL" ? `DECIMAL(${width}, ${scale})` : id);

function roundInteger({ id, bits }: IntegerType): Overload {
  return pure(`round(${id}, INTEGER)`, (x: number, places: number) => {
    if (places >= 0) return x;
    if (places < -18) return 0;
    const rounded = divideRounded(BigInt(x), 10n ** BigInt(-places)) * 10n ** BigInt(-places);
    // As DuckDB: what does not fit wraps around.
    return Number(BigInt.asIntN(bits, rounded));
  });
}
