import { samples } from "./samples.ts";

const more: Readonly<Record<string, readonly string[]>> = {
  DOUBLE: [..."1.005 -1.005 2.675 0.125 999.95 -999.95 123456789.123456789 1e-7 1e21 1e22 1e23 4.35 100 1e5 12345678901234567 255.5 -0.4 65535.5 -129 3.9999999999".split(" "),
    "4294967295.5", "9999999999999999999999999999", "1e28", "-32768.4", "0.49999999999999994", "2.2250738585072014e-308"].map((text) => `'${text}'`),
  FLOAT: [..."0.3 1e10 1e16 123456.79 1e-5 0.00012345 16777216 3.14159274 255.5 1e38 -1e-38 8388609.5 1.17549435e-38 9.999999e15 33554436 -999.95".split(" ")].map((text) => `'${text}'`),
  "DECIMAL(18,3)": ["123456789012345.678", "9007199254740.993", "-9007199254740.993", "0.001", "-0.001", "900719925474099.3"],
  "DECIMAL(38,10)": ["'1234567890123456789012345678.0123456789'", "'-1234567890123456789.5'", "'0.0000000001'", "'900719925474099.3123'", "'-18446744073709551616.5'"],
}; // prettier-ignore

/** Values whose casts are compared, as SQL literals by type: those of every test, and what is hard to write. */
export const castSamples: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(samples).map(([type, values]) => [type, [...values, ...(more[type] ?? [])]])),
  "DECIMAL(2,2)": ["0.5", "-0.05", "0", "0.99", "NULL"],
};
