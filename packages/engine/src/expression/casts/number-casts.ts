import type { PlanType } from "../../plan/types.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { decimalMax, formatDecimal, integerType, type IntegerType } from "../number-types.ts";
import type { Cast } from "./find-cast.ts";

/** Casts among BOOLEAN, integers, DECIMAL, FLOAT and DOUBLE. */
export function numberCast(from: PlanType, to: PlanType): Cast | undefined {
  const source = integerType(from);
  const target = integerType(to);
  if (source !== undefined && target !== undefined) return integerToInteger(source, target);
  if (source !== undefined && to.id === "DECIMAL") return integerToDecimal(source, from, to);
  if (source !== undefined && to.id === "DOUBLE") return toDouble(source);
  if (source !== undefined && to.id === "FLOAT") return toFloat(source);
  if (source !== undefined && to.id === "BOOLEAN") return always((x) => `${x} !== ${source.big ? "0n" : "0"}`);
  if (from.id === "BOOLEAN" && target !== undefined) return always((x) => (target.big ? `(${x} ? 1n : 0n)` : `(${x} ? 1 : 0)`));
  if (from.id === "BOOLEAN" && (to.id === "DOUBLE" || to.id === "FLOAT")) return always((x) => `(${x} ? 1 : 0)`);
  if (from.id === "DECIMAL" && to.id === "DECIMAL") return decimalToDecimal(from, to);
  if (from.id === "DECIMAL" && target !== undefined) return decimalToInteger(from, target, to);
  if (from.id === "FLOAT" && to.id === "DOUBLE") return always((x) => x);
  if (from.id === "DOUBLE" && to.id === "FLOAT") return doubleToFloat;
  if (from.id === "DECIMAL" && to.id === "DOUBLE") return decimalToDouble(from.scale!);
  if (from.id === "DECIMAL" && to.id === "BOOLEAN") return always((x) => `${x} !== 0n`);
  if (from.id !== "DOUBLE" && from.id !== "FLOAT") return undefined;
  if (target !== undefined) return floatToInteger(from, target, to);
  if (to.id === "BOOLEAN") return always((x) => `${x} !== 0`);
  return to.id === "DECIMAL" ? floatToDecimal(from, to) : undefined;
}

/** A cast that cannot fail, given by its source alone. */
const always = (inline: (value: string) => string): Cast => ({
  inline,
  convert: () => {
    throw new TypeError("this cast is always inlined");
  },
});

/** DuckDB's words for a value that does not fit. */
export const outOfRange = (from: string, value: unknown, to: string): EvaluationError =>
  new EvaluationError(
    `Type ${from} with value ${String(value)} can't be cast because the value is out of range for the destination type ${to}`,
  );

function integerToInteger(source: IntegerType, target: IntegerType): Cast {
  if (target.min <= source.min && target.max >= source.max) return always((x) => (source.big === target.big ? x : `BigInt(${x})`));
  const [min, max] = source.big ? [target.min, target.max] : [Number(target.min), Number(target.max)];
  const check = (value: number | bigint): void => {
    if (value < min || value > max) throw outOfRange(source.physical, value, target.physical);
  };
  if (source.big === target.big)
    return {
      convert: (value: number | bigint) => {
        check(value);
        return value;
      },
    };
  return {
    convert: (value: number | bigint) => {
      check(value);
      return target.big ? BigInt(value) : Number(value);
    },
  };
}

function integerToDecimal(source: IntegerType, from: PlanType, to: PlanType): Cast {
  const factor = 10n ** BigInt(to.scale!);
  const limit = decimalMax(to.width!) / factor;
  if (source.max <= limit && source.min >= -limit) return always((x) => `BigInt(${x}) * ${factor}n`);
  return {
    convert: (value: number | bigint) => {
      const big = BigInt(value);
      if (big > limit || big < -limit) throw new EvaluationError(`Could not cast value ${big} to DECIMAL(${to.width},${to.scale})`);
      return big * factor;
    },
  };
}

function toDouble(source: IntegerType): Cast | undefined {
  if (source.physical === "INT128") return { convert: hugeToDouble };
  if (source.physical === "UINT128") return undefined;
  return always((x) => (source.big ? `Number(${x})` : x));
}

/** From 64 bits the detour over a double would round twice. */
function toFloat(source: IntegerType): Cast | undefined {
  return source.big ? undefined : always((x) => `Math.fround(${x})`);
}

/** To fewer digits after the point: half away from zero. */
export function roundedDivision(value: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return (value < 0n ? value - half : value + half) / divisor;
}

function decimalToDecimal(from: PlanType, to: PlanType): Cast {
  const max = decimalMax(to.width!);
  const fail = (value: bigint): EvaluationError =>
    new EvaluationError(
      `Casting value "${formatDecimal(value, from.scale!)}" to type DECIMAL(${to.width},${to.scale}) failed: value is out of range!`,
    );
  if (to.scale! >= from.scale!) {
    const factor = 10n ** BigInt(to.scale! - from.scale!);
    if (to.width! - to.scale! >= from.width! - from.scale!) return always((x) => (factor === 1n ? x : `${x} * ${factor}n`));
    return {
      convert: (value: bigint) => {
        const scaled = value * factor;
        if (scaled > max || scaled < -max) throw fail(value);
        return scaled;
      },
    };
  }
  const divisor = 10n ** BigInt(from.scale! - to.scale!);
  return {
    convert: (value: bigint) => {
      const scaled = roundedDivision(value, divisor);
      if (scaled > max || scaled < -max) throw fail(value);
      return scaled;
    },
  };
}

function decimalToInteger(from: PlanType, target: IntegerType, to: PlanType): Cast {
  const divisor = 10n ** BigInt(from.scale!);
  return {
    convert: (value: bigint) => {
      const whole = from.scale === 0 ? value : roundedDivision(value, divisor);
      if (whole < target.min || whole > target.max)
        throw new EvaluationError(`Failed to cast decimal value ${formatDecimal(value, from.scale!)} to type ${to.id}`);
      return target.big ? whole : Number(whole);
    },
  };
}

const doubleToFloat: Cast = {
  convert: (value: number) => {
    const rounded = Math.fround(value);
    if (Number.isFinite(value) && !Number.isFinite(rounded)) throw outOfRange("DOUBLE", value, "FLOAT");
    return rounded;
  },
};

/** Half to even, as the processor rounds. */
function floatToInteger(from: PlanType, target: IntegerType, to: PlanType): Cast {
  const [min, end] = [Number(target.min), Number(target.max + 1n)];
  return {
    convert: (value: number) => {
      if (!(value >= min && value < end)) throw outOfRange(from.id, value, to.id);
      const whole = roundHalfEven(value);
      if (target.big) return BigInt(whole);
      // DuckDB looks at the bounds before it rounds: what is rounded up past the greatest value wraps around.
      return whole === end ? (min === 0 ? 0 : min) : whole + 0;
    },
  };
}

/** A number whose digits are exact in a double is divided at once; of others the whole and the fraction apart. */
function decimalToDouble(scale: number): Cast {
  const divisor = 10n ** BigInt(scale);
  const power = Number(divisor);
  const exact = 2n ** 53n;
  return {
    convert: (value: bigint) => {
      if (scale === 0 || (value <= exact && value >= -exact)) return hugeToDouble(value) / power;
      return hugeToDouble(value / divisor) + hugeToDouble(value % divisor) / power;
    },
  };
}

/** DuckDB converts the halves of 128 bits each by itself. */
function hugeToDouble(value: bigint): number {
  const upper = value >> 64n;
  const lower = BigInt.asUintN(64, value);
  if (upper === -1n) return -Number(2n ** 64n - 1n - lower) - 1 + 0;
  return Number(lower) + Number(upper) * 2 ** 64;
}

/** Half away from zero. */
function floatToDecimal(from: PlanType, to: PlanType): Cast {
  const factor = 10 ** to.scale!;
  const limit = 10 ** to.width!;
  return {
    convert: (value: number) => {
      const scaled = value * factor;
      const whole = Math.trunc(scaled);
      const rounded = Math.abs(scaled - whole) >= 0.5 ? whole + Math.sign(scaled) : whole;
      if (!(rounded > -limit && rounded < limit))
        throw new EvaluationError(`Could not cast value ${value} to DECIMAL(${to.width},${to.scale})`);
      return BigInt(from.id === "FLOAT" ? Math.fround(rounded) : rounded);
    },
  };
}

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
