import { Unsupported } from "../../plan/unsupported.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { bound, constantText, pure, scalar } from "../overload.ts";
import { intervalParts, ofDate, ofTime, ofTimestamp } from "./date-parts.ts";
import { ofTimestampTz } from "./timestamp-tz.ts";
import { partFunctions, partName } from "./part-names.ts";

type Field = (value: never) => bigint | null;
const fields: readonly (readonly [type: string, field: (part: string) => Field | undefined])[] = [
  ["DATE", ofDate],
  ["TIMESTAMP", ofTimestamp],
  ["TIMESTAMP_TZ", ofTimestampTz],
  ["TIME", ofTime],
  ["INTERVAL", (part) => intervalParts[part]],
];

/** year(x) and its like, and date_part() of a constant part. Engine sessions are in UTC. */
export const partFunctionTable: readonly ScalarFunction[] = [
  ...partFunctions.map(([part, names]) =>
    scalar(
      names,
      fields.flatMap(([type, field]): Overload[] => {
        const evaluate = field(part);
        return evaluate === undefined ? [] : [pure(`${part}(${type})`, evaluate)];
      }),
    ),
  ),
  scalar(
    ["date_part", "datepart"],
    fields.map(([type, field]) =>
      bound(`date_part(VARCHAR, ${type})`, (call: BoundCall) => {
        const part = partName(constantText(call, 0));
        const evaluate = field(part);
        if (evaluate === undefined) throw new Unsupported(`date part '${part}' of ${type}`);
        return (_: string, value: never) => evaluate(value);
      }),
    ),
  ),
];
