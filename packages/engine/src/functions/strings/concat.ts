import type { PlanType } from "../../plan/types.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { matching, pure, scalar } from "../overload.ts";

const allText = (args: readonly PlanType[]): boolean => args.every((type) => type.id === "VARCHAR" || type.id === "NULL");

const concat: Overload = matching(
  "concat(VARCHAR...)",
  (args, result) => args.length > 0 && result.id === "VARCHAR" && allText(args),
  () =>
    (...texts: (string | null)[]) => {
      let result = "";
      for (const text of texts) if (text !== null) result += text;
      return result;
    },
  "called",
);

const concatWs: Overload = matching(
  "concat_ws(VARCHAR, VARCHAR...)",
  (args, result) => args.length > 1 && result.id === "VARCHAR" && allText(args),
  () =>
    (separator: string | null, ...texts: (string | null)[]) =>
      separator === null ? null : texts.filter((text) => text !== null).join(separator),
  "called",
);

/** Putting texts one after the other: `||` is NULL with a NULL, the others leave it out. */
export const concatFunctions: readonly ScalarFunction[] = [
  scalar(
    "||",
    pure(
      "||(VARCHAR, VARCHAR)",
      (a: string, b: string) => a + b,
      (a, b) => `(${a} + ${b})`,
    ),
    pure("||(BLOB, BLOB)", (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b])),
  ),
  scalar("concat", concat),
  scalar("concat_ws", concatWs),
];
