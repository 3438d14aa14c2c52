import type { Row, Value } from "@headgate/engine";
import { clock, insert, type Step, type TableChange } from "../oracle/changes.ts";
import type { Dice } from "./dice.ts";
import { randomValue } from "./fuzz-types.ts";
import type { FuzzTable } from "./scenario.ts";

const hour = 3_600_000_000n;
/** About the usual values of a TIMESTAMP, so that rows come into and fall out of what NOW() bounds. */
const times: readonly bigint[] = [0n, 1_700_000_000_000_001n, 1_709_164_800_000_000n].flatMap((time) =>
  [0n, 1n, hour, 24n * hour, 25n * hour, 800n * hour].map((later) => time + later),
);

/** Steps with the time of most of them, which never goes back. */
export function withClock(dice: Dice, steps: readonly Step[]): Step[] {
  const moments = steps.map(() => dice.pick(times)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return steps.map((step, i) => (dice.chance(0.75) ? new Map(step).set(clock, [insert(0, moments[i]!)]) : step));
}

/** Some steps, each with some changes of some tables. */
export function randomSteps(dice: Dice, tables: readonly FuzzTable[]): Step[] {
  const extremes = dice.chance(0.3);
  const seen = new Map<string, Row[]>(tables.map(({ name }) => [name, []]));
  return dice.times(dice.between(2, 6), (step) => {
    const most = step === 0 ? 10 : 5;
    const changes = tables.map((table) => {
      const rows = seen.get(table.name)!;
      return [table.name, dice.times(dice.between(0, most), () => randomChange(dice, table, rows, extremes))] as const;
    });
    return new Map(changes.filter(([, list]) => list.length > 0));
  });
}

/** Mostly inserts; deletes and updates of what was there, and now and then of what was not. */
function randomChange(dice: Dice, table: FuzzTable, seen: Row[], extremes: boolean): TableChange {
  const { columns, keyLength } = table;
  const row = (): Row => columns.map(({ type, notNull }) => randomValue(dice, type, extremes, notNull ? 0 : 0.15));
  const earlier = (): Row => (seen.length > 0 && dice.chance(0.85) ? dice.pick(seen) : row());
  const kind = dice.weighted([[6, "insert"], [1, "again"], [3, "delete"], [keyLength > 0 && keyLength < columns.length ? 2 : 0, "update"]]); // prettier-ignore
  if (kind === "delete") {
    const gone = earlier();
    return { op: "delete", row: keyLength > 0 ? gone.map((value, i) => (i < keyLength ? value : undefined)) : gone };
  }
  if (kind === "update") {
    const key = earlier();
    const next = row();
    const cell = (i: number): Value | undefined => (i < keyLength ? key[i] : dice.chance(0.5) ? next[i] : undefined);
    return { op: "update", row: columns.map((_, i) => cell(i)) };
  }
  const added = kind === "again" ? earlier() : row();
  seen.push(added);
  return { op: "insert", row: added };
}
