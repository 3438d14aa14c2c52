import { Unsupported } from "../../plan/unsupported.ts";
import type { Overload, ScalarFunction } from "../types.ts";
import { bound, constantText, isConstant, pure, scalar } from "../overload.ts";
import { lower } from "./case.ts";
import { createLike } from "./like.ts";

/** LIKE and its kin, and the plain searches that DuckDB's optimiser makes of them. */
export const patternFunctions: readonly ScalarFunction[] = [
  scalar(
    ["prefix", "starts_with", "^@"],
    pure(
      "prefix(VARCHAR, VARCHAR)",
      (text: string, part: string) => text.startsWith(part),
      (text, part) => `${text}.startsWith(${part})`,
    ),
  ),
  scalar(
    ["suffix", "ends_with"],
    pure(
      "suffix(VARCHAR, VARCHAR)",
      (text: string, part: string) => text.endsWith(part),
      (text, part) => `${text}.endsWith(${part})`,
    ),
  ),
  scalar(
    "contains",
    pure(
      "contains(VARCHAR, VARCHAR)",
      (text: string, part: string) => text.includes(part),
      (text, part) => `${text}.includes(${part})`,
    ),
  ),
  scalar("~~", like("~~(VARCHAR, VARCHAR)", false)),
  scalar("!~~", like("!~~(VARCHAR, VARCHAR)", true)),
  scalar("~~*", like("~~*(VARCHAR, VARCHAR)", false, lower)),
  scalar("!~~*", like("!~~*(VARCHAR, VARCHAR)", true, lower)),
  scalar("like_escape", like("like_escape(VARCHAR, VARCHAR, VARCHAR)", false)),
  scalar("not_like_escape", like("not_like_escape(VARCHAR, VARCHAR, VARCHAR)", true)),
];

function like(signature: string, negated: boolean, fold = (text: string): string => text): Overload {
  return bound(signature, (call) => {
    // Whether a wrong escape is a fault depends in DuckDB on how far the text matches: it has to be known beforehand.
    const escape = call.args.length < 3 ? undefined : constantText(call, 2);
    if (escape !== undefined && Buffer.byteLength(escape) > 1) throw new Unsupported("LIKE escape of more than one character");
    if (escape === undefined && !isConstant(call, 1))
      return (text: string, pattern: string) => createLike(fold(pattern))(fold(text)) !== negated;
    const matches = createLike(fold(constantText(call, 1)), escape);
    return (text: string) => matches(fold(text)) !== negated;
  });
}
