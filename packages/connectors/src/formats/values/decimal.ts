import { ValueError } from "./value-error.ts";

const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
const general = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?\s*$/;

/**
 * Reads decimal text ("1.50", "-2e3") as an unscaled DECIMAL(precision, scale). Digits past the scale are rounded, half away
 * from zero, as an SQL assignment does; a value with too many digits before the point is an error.
 */
export function parseDecimal(text: string, precision: number, scale: number): bigint {
  const small = parseSmallDecimal(text, precision, scale);
  return small === undefined ? parseAnyDecimal(text, precision, scale) : BigInt(small);
}

/** Plain digits that fit a double exactly after scaling; undefined hands over to the general reader. */
function parseSmallDecimal(text: string, precision: number, scale: number): number | undefined {
  const length = text.length;
  if (length > 17) return undefined;
  const first = text.charCodeAt(0);
  let at = first === 45 || first === 43 ? 1 : 0;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  for (; at < length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (fraction >= 0) fraction++;
    } else if (digit === -2 && fraction < 0) fraction = 0;
    else return undefined;
  }
  const shift = scale - (fraction < 0 ? 0 : fraction);
  if (digits === 0 || shift < 0 || digits + shift > 15) return undefined;
  value *= powers[shift] ?? 1;
  if (precision <= 15 && value >= (powers[precision] ?? 0)) return undefined;
  return first === 45 ? -value : value;
}

function parseAnyDecimal(text: string, precision: number, scale: number): bigint {
  const match = general.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole.length + fraction.length === 0) {
    throw new ValueError(`expected a decimal number, found ${JSON.stringify(text.slice(0, 80))}`);
  }
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0n;
  // The value is digits × 10^exponent; `kept` of the digits stand before the last place of the scale.
  const exponent = Number(match[4] ?? 0) - fraction.length + scale;
  const kept = digits.length + exponent;
  if (kept > precision) throw tooLarge(text, precision, scale);
  if (kept < 0) return 0n;
  let unscaled = BigInt(digits.slice(0, kept) || "0");
  if (exponent > 0) unscaled *= 10n ** BigInt(exponent);
  else if (digits.charCodeAt(kept) >= 53) unscaled += 1n;
  if (unscaled >= 10n ** BigInt(precision)) throw tooLarge(text, precision, scale);
  return match[1] === "-" ? -unscaled : unscaled;
}

function tooLarge(text: string, precision: number, scale: number): ValueError {
  return new ValueError(`${text.trim().slice(0, 80)} does not fit DECIMAL(${precision}, ${scale})`);
}

/** Writes an unscaled DECIMAL with exactly `scale` digits after the point. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  const text = unscaled.toString();
  if (scale === 0) return text;
  const negative = text.charCodeAt(0) === 45;
  const digits = (negative ? text.slice(1) : text).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${negative ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
}
