/**
 * A DOUBLE as DuckDB writes it: the fewest digits that read back as the same number, "1.0" for whole numbers. DuckDB's digits of a FLOAT
 * follow another rule.
 */
export function formatDouble(value: number): string {
  return format(value, value.toExponential());
}

/** Exponents from -4 to 15 are written out. */
function format(value: number, exponential: string): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0.0`;
  const [mantissa, power] = exponential.replace(/^-/, "").split("e");
  const digits = mantissa!.replace(".", "").replace(/0+$/, "");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length === 1 ? "" : `.${digits.slice(1)}`;
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}
