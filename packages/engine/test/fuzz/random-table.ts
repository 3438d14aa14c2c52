import type { Dice } from "./dice.ts";
import { columnKinds, type FuzzType } from "./fuzz-types.ts";
import type { FuzzColumn, FuzzTable } from "./scenario.ts";

const keyTypes: readonly FuzzType[] = ["INTEGER", "INTEGER", "BIGINT", "VARCHAR", "DATE", "UUID", "TIMESTAMP"];

/** Distances that leave some of a type's usual values behind others. */
const latenesses: Readonly<Partial<Record<FuzzType, readonly string[]>>> = {
  "SMALLINT": ["2", "6"],
  "INTEGER": ["0", "2", "6"],
  "BIGINT": ["1", "6"],
  "DECIMAL(9,2)": ["0.5", "2"],
  "DOUBLE!": ["0.5", "2.25"],
  "DATE": ["INTERVAL 1 DAY", "INTERVAL '20000' DAYS"],
  "TIME": ["INTERVAL 1 HOUR"],
  "TIMESTAMP": ["INTERVAL 1 DAY", "INTERVAL 200 DAYS"],
  "TIMESTAMPTZ": ["INTERVAL '1' MINUTE"],
}; // prettier-ignore

/** A table of any shape; one in five lets late rows go. */
export function randomTable(dice: Dice, name: string): FuzzTable {
  const kinds = [...columnKinds].map(([type, kind]) => [kind.weight, type] as const);
  const keyLength = dice.weighted([[5, 0], [5, 1], [1, 2]]); // prettier-ignore
  const columns = dice.times(keyLength + dice.between(1, 4), (i) => ({
    name: `${"pqrstuvw"[i]!}`,
    type: i < keyLength ? dice.pick(keyTypes) : dice.weighted(kinds),
    notNull: i < keyLength || dice.chance(0.15),
  }));
  return { name, columns: dice.chance(0.2) ? withLateness(dice, columns) : columns, keyLength };
}

function withLateness(dice: Dice, columns: readonly FuzzColumn[]): readonly FuzzColumn[] {
  const fitting = dice.shuffle(columns.filter(({ type }) => latenesses[type] !== undefined));
  const late = new Set(fitting.slice(0, dice.chance(0.2) ? 2 : 1));
  return columns.map((column) => (late.has(column) ? { ...column, lateness: dice.pick(latenesses[column.type]!) } : column));
}
