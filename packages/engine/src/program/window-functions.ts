import { quoteIdentifier } from "../duckdb/quote.ts";
import { createCursor, type Cursor } from "./cursor.ts";
import { parseError, unsupported } from "./source-text.ts";
import type { Token } from "./tokenize.ts";

/** Part of a query that DuckDB is given in other words. */
export interface WrittenOut {
  readonly text: string;
  /** Tokens of the query that it stands for. */
  readonly tokens: number;
}

/**
 * The dialect's table functions: TUMBLE gives each row its window, HOP one row for each window that covers it, both as two more
 * columns `window_start` and `window_end`. Windows begin at 1970-01-01 plus the offset.
 *
 * ```sql
 * TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE [, offset]))
 * TABLE(HOP(TABLE t, DESCRIPTOR(ts), slide, size [, offset]))
 * ```
 *
 * @see https://docs.feldera.com/sql/table
 * @returns undefined when none begins at the token. @throws ProgramError with offsets in `sql`
 */
export function writeOutWindow(sql: string, tokens: readonly Token[], at: number): WrittenOut | undefined {
  const head = headAt(tokens, at);
  if (head === undefined) return undefined;
  const cursor = createCursor(sql, tokens.slice(head.inner));
  const call = readCall(cursor, head.name, sql);
  if (head.wrapped) cursor.expectPunctuation(")");
  const next = cursor.peek();
  const end = tokens.findIndex((token) => token.start === next.start && token.kind === next.kind);
  return { text: head.name === "TUMBLE" ? tumble(call) : hop(call), tokens: end - at };
}

interface Head {
  readonly name: "TUMBLE" | "HOP";
  /** Index of the token after the function's opening parenthesis. */
  readonly inner: number;
  /** Written inside TABLE(…). */
  readonly wrapped: boolean;
}

function headAt(tokens: readonly Token[], i: number): Head | undefined {
  const is = (at: number, text: string): boolean => tokens[at]?.kind !== "quoted" && tokens[at]?.value === text;
  const wrapped = is(i, "TABLE") && is(i + 1, "(");
  const at = wrapped ? i + 2 : i;
  const name = is(at, "TUMBLE") ? "TUMBLE" : is(at, "HOP") ? "HOP" : undefined;
  if (name === undefined || !is(at + 1, "(")) return undefined;
  const begins = is(at + 2, "TABLE") || is(at + 2, "(") || is(at + 2, "DATA");
  return wrapped || begins ? { name, inner: at + 2, wrapped } : undefined;
}

interface Call {
  /** A table's name or a parenthesised query, as written. */
  readonly data: string;
  readonly time: string;
  /** HOP only: from one window to the next. */
  readonly slide: number;
  /** Microseconds, like slide and offset. */
  readonly size: number;
  readonly offset: number;
}

/** Reads the arguments and the closing parenthesis. */
function readCall(cursor: Cursor, name: Head["name"], sql: string): Call {
  acceptName(cursor, "DATA");
  const data = readData(cursor, sql);
  cursor.expectPunctuation(",");
  acceptName(cursor, "TIMECOL");
  cursor.expect("DESCRIPTOR");
  cursor.expectPunctuation("(");
  const time = quoteIdentifier(cursor.identifier("a column").name);
  cursor.expectPunctuation(")");
  cursor.expectPunctuation(",");
  const slide = name === "HOP" ? readInterval(cursor, "SLIDE") : 0;
  if (name === "HOP") cursor.expectPunctuation(",");
  const size = readInterval(cursor, "SIZE");
  const offset = cursor.acceptPunctuation(",") ? readInterval(cursor, "OFFSET", true) : 0;
  cursor.expectPunctuation(")");
  return { data, time, slide, size, offset };
}

function acceptName(cursor: Cursor, name: string): void {
  if (!cursor.accept(name)) return;
  cursor.expectPunctuation("=");
  cursor.expectPunctuation(">");
}

function readData(cursor: Cursor, sql: string): string {
  if (cursor.accept("TABLE")) return quoteIdentifier(cursor.identifier("a table or view").name);
  const open = cursor.expectPunctuation("(");
  let depth = 1;
  for (;;) {
    const token = cursor.next();
    if (token.kind === "end") throw parseError("Expected ')'", open);
    if (token.kind !== "punctuation") continue;
    if (token.text === "(") depth++;
    if (token.text === ")" && --depth === 0) return sql.slice(open.start, token.end);
  }
}

const microseconds: Readonly<Record<string, number>> = {
  MICROSECOND: 1,
  MILLISECOND: 1e3,
  SECOND: 1e6,
  MINUTE: 60e6,
  HOUR: 3600e6,
  DAY: 86400e6,
  WEEK: 604800e6,
};

/** `INTERVAL '1' MINUTE`, in microseconds: months and years have no fixed length, so a window cannot be of them. */
function readInterval(cursor: Cursor, argument: string, zeroAllowed = false): number {
  acceptName(cursor, argument);
  const first = cursor.expect("INTERVAL");
  const amount = cursor.peek();
  if (amount.kind !== "string" && amount.kind !== "number") throw cursor.fail("a length such as '1'");
  cursor.next();
  const unit = cursor.peek();
  const length = microseconds[unit.value.replace(/S$/, "")];
  if (unit.kind !== "word" || length === undefined)
    throw unsupported("A window's length is an INTERVAL '…' of WEEK, DAY, HOUR, MINUTE, SECOND or MILLISECOND", {
      start: first.start,
      end: unit.end,
    });
  cursor.next();
  const total = Number(amount.value) * length;
  if (!/^[0-9]+(\.[0-9]+)?$/.test(amount.value) || !Number.isSafeInteger(total) || (total <= 0 && !zeroAllowed))
    throw parseError(`Expected a positive number but found '${amount.value}'`, amount);
  return total;
}

const interval = (micros: number): string => `to_microseconds(${String(micros)})`;
const bucket = (length: number, { time, offset }: Call): string =>
  `time_bucket(${interval(length)}, ${time}, make_timestamp(${String(offset)}))`;

function tumble(call: Call): string {
  const start = bucket(call.size, call);
  return `(SELECT *, ${start} AS window_start, ${start} + ${interval(call.size)} AS window_end FROM ${call.data})`;
}

/** As many windows cover a row as slides fit into a window; where they do not fit exactly, the oldest may end before the row. */
function hop(call: Call): string {
  const last = bucket(call.slide, call);
  const count = Math.ceil(call.size / call.slide);
  if (count > 1000) throw unsupported(`HOP would put each row into ${String(count)} windows: the limit is 1000`, { start: 0, end: 0 });
  const starts = Array.from({ length: count }, (_, i) => (i === 0 ? last : `${last} - ${interval(i * call.slide)}`));
  const inner = `SELECT *, unnest([${starts.join(", ")}]) AS window_start FROM ${call.data}`;
  const end = `window_start + ${interval(call.size)}`;
  return `(SELECT *, ${end} AS window_end FROM (${inner}) WHERE ${end} > ${call.time})`;
}
