import { Unsupported } from "../../plan/unsupported.ts";
import type { BoundCall, Overload, ScalarFunction } from "../types.ts";
import { bound, constantArgument, constantText, scalar } from "../overload.ts";
import { parsePattern, type Pattern } from "./regexp.ts";

/** Regular expressions, for patterns and options that are constants. */
export const regexpFunctions: readonly ScalarFunction[] = [
  scalar("regexp_matches", ...withOptions("regexp_matches(VARCHAR, VARCHAR)", (call) => createTest(prepare(call, 2).source))),
  scalar(
    "regexp_full_match",
    ...withOptions("regexp_full_match(VARCHAR, VARCHAR)", (call) => createTest(`^(?:${prepare(call, 2).source})$`)),
  ),
  scalar(
    "regexp_extract",
    bound("regexp_extract(VARCHAR, VARCHAR)", (call) => createExtract(prepare(call, 3), 0)),
    ...withOptions("regexp_extract(VARCHAR, VARCHAR, INTEGER)", createGroupExtract),
  ),
  scalar(
    "regexp_extract_all",
    bound("regexp_extract_all(VARCHAR, VARCHAR)", (call) => createExtractAll(prepare(call, 3), 0)),
    ...withOptions("regexp_extract_all(VARCHAR, VARCHAR, INTEGER)", (call) => createExtractAll(prepare(call, 3), groupOf(call))),
  ),
  scalar("regexp_replace", ...withOptions("regexp_replace(VARCHAR, VARCHAR, VARCHAR)", createReplace)),
];

type Bind = (call: BoundCall) => (text: string) => string | boolean | readonly (string | null)[];

function withOptions(signature: string, bind: Bind): readonly Overload[] {
  return [bound(signature, bind), bound(`${signature.slice(0, -1)}, VARCHAR)`, bind)];
}

function prepare(call: BoundCall, optionsAt: number): Pattern & { readonly global: boolean } {
  const options = call.args.length > optionsAt ? constantText(call, optionsAt) : "";
  if (/[^csg]/.test(options)) throw new Unsupported(`regular expression options '${options}'`);
  const global = options.includes("g");
  if (global && !(call.args.length === 4 && optionsAt === 3)) throw new Unsupported("regular expression option g here");
  return { ...parsePattern(constantText(call, 1), options.includes("s")), global };
}

const compile = (source: string, flags = ""): RegExp => new RegExp(source, `u${flags}`);

function createTest(source: string): (text: string) => boolean {
  const pattern = compile(source);
  return (text) => pattern.test(text);
}

function groupOf(call: BoundCall): number {
  const group = constantArgument(call, 2);
  if (typeof group !== "number" || group < 0 || group > 9) throw new Unsupported("regular expression group that is not 0 to 9");
  return group;
}

function createGroupExtract(call: BoundCall): (text: string) => string {
  return createExtract(prepare(call, 3), groupOf(call));
}

function createExtract({ source, groups, global }: Pattern & { global: boolean }, group: number): (text: string) => string {
  if (global || group > groups) throw new Unsupported("such a regexp_extract");
  const pattern = compile(source);
  return (text) => pattern.exec(text)?.[group] ?? "";
}

function createExtractAll(
  { source, groups, nullable, global }: Pattern & { global: boolean },
  group: number,
): (text: string) => (string | null)[] {
  if (global || group > groups) throw new Unsupported("such a regexp_extract_all");
  if (nullable) throw new Unsupported("regexp_extract_all of a pattern that can be empty");
  const pattern = compile(source, "g");
  return (text) => Array.from(text.matchAll(pattern), (match) => match[group] ?? null);
}

function createReplace(call: BoundCall): (text: string) => string {
  const { source, groups, nullable, global } = prepare(call, 3);
  // After an empty match the engines go on differently.
  if (global && nullable) throw new Unsupported("regexp_replace of all matches of a pattern that can be empty");
  const rewrite = parseRewrite(constantText(call, 2), groups);
  const pattern = compile(source, global ? "g" : "");
  return (text) =>
    text.replace(pattern, (...match: unknown[]) => {
      let result = "";
      for (const piece of rewrite) result += typeof piece === "number" ? ((match[piece] as string | undefined) ?? "") : piece;
      return result;
    });
}

/** A replacement: text, and `\1` for a group. */
function parseRewrite(text: string, groups: number): (string | number)[] {
  return text.split(/(\\.?)/su).map((piece) => {
    if (!piece.startsWith("\\")) return piece;
    if (piece === "\\\\") return "\\";
    const group = Number(piece[1] ?? NaN);
    if (!/^\\[0-9]$/.test(piece) || group > groups) throw new Unsupported("such a replacement in regexp_replace");
    return group;
  });
}
