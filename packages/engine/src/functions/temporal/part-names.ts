import { Unsupported } from "../../plan/unsupported.ts";

const aliases: Readonly<Record<string, readonly string[]>> = {
  year: ["years", "y", "yr", "yrs"],
  month: ["months", "mon", "mons"],
  day: ["days", "d", "dayofmonth"],
  decade: ["decades", "dec", "decs"],
  century: ["centuries", "cent", "c"],
  millennium: ["millennia", "mil", "mils", "millenium"],
  quarter: ["quarters"],
  week: ["weeks", "w", "weekofyear"],
  hour: ["hours", "h", "hr", "hrs"],
  minute: ["minutes", "m", "min", "mins"],
  second: ["seconds", "s", "sec", "secs"],
  millisecond: ["milliseconds", "ms", "msec", "msecs"],
  microsecond: ["microseconds", "us", "usec", "usecs"],
  dayofweek: ["dow", "weekday"],
  dayofyear: ["doy"],
  isodow: [],
  isoyear: [],
  yearweek: [],
  era: [],
};
const canonical = new Map(Object.entries(aliases).flatMap(([name, others]) => [name, ...others].map((alias) => [alias, name])));

/** The one name of a part of a date or time. @throws Unsupported for a part that is not proven. */
export function partName(text: string): string {
  const found = canonical.get(text.toLowerCase());
  if (found === undefined) throw new Unsupported(`date part '${text}'`);
  return found;
}

/** DuckDB's functions that are named like the part they give. */
export const partFunctions: readonly (readonly [part: string, names: readonly string[]])[] = [
  ["year", ["year"]],
  ["month", ["month"]],
  ["day", ["day", "dayofmonth"]],
  ["decade", ["decade"]],
  ["century", ["century"]],
  ["millennium", ["millennium"]],
  ["quarter", ["quarter"]],
  ["week", ["week", "weekofyear"]],
  ["hour", ["hour"]],
  ["minute", ["minute"]],
  ["second", ["second"]],
  ["millisecond", ["millisecond"]],
  ["microsecond", ["microsecond"]],
  ["dayofweek", ["dayofweek", "weekday"]],
  ["dayofyear", ["dayofyear"]],
  ["isodow", ["isodow"]],
  ["isoyear", ["isoyear"]],
  ["yearweek", ["yearweek"]],
  ["era", ["era"]],
];
