import {
  ChangeOp,
  EngineError,
  type Delta,
  type Engine,
  type Program,
  type Row,
  type Snapshot,
  type StepInput,
  type StepResult,
} from "@headgate/engine";
import { rowKey } from "../../src/output-connector/row-key.ts";

const at = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };
const fields = [
  { name: "id", caseSensitive: false, columnType: { type: "INTEGER" as const, nullable: false }, unused: false },
  { name: "name", caseSensitive: false, columnType: { type: "VARCHAR" as const, nullable: true, precision: -1 }, unused: false },
];
const relation = { caseSensitive: false, fields, properties: {}, position: at };

/** Table `t`; `v` is a materialised view of all its rows, `w` one that is not materialised. */
export const program: Program = {
  tables: [{ ...relation, kind: "table", name: "t", materialized: true, primaryKey: undefined, appendOnly: false }],
  views: [
    { ...relation, kind: "view", name: "v", materialized: true, local: false, query: "SELECT * FROM t" },
    { ...relation, kind: "view", name: "w", materialized: false, local: false, query: "SELECT * FROM t" },
  ],
  indexes: [],
};

/** An engine whose every relation is table `t`, with hooks where a test wants to stand in the way. */
export class FakeEngine implements Engine {
  readonly program = program;
  readonly dataflow = { views: new Map(), nodes: [] };
  readonly restored = undefined;
  readonly pendingRecords = 0;
  readonly content = new Map<string, { readonly row: Row; weight: number }>();
  stepSizes: number[] = [];
  beforeStep: () => Promise<void> = () => Promise.resolve();
  beforeSnapshot: () => Promise<void> = () => Promise.resolve();
  #step = 0;

  commit(): Promise<{ step: number }> {
    return Promise.resolve({ step: this.#step });
  }

  async step({ changes, watch }: StepInput): Promise<StepResult> {
    await this.beforeStep();
    const delta = new Map<string, { readonly row: Row; weight: number }>();
    let records = 0;
    for (const { rows, ops } of changes.get("t") ?? []) {
      records += rows.length;
      rows.forEach((row, i) => {
        const weight = ops?.[i] === ChangeOp.delete ? -1 : 1;
        add(this.content, row as Row, weight);
        add(delta, row as Row, weight);
      });
    }
    this.stepSizes.push(records);
    this.#step += 1;
    const entries: Delta = [...delta.values()].map(({ row, weight }) => [row, weight] as const);
    const deltas = new Map<string, Delta>();
    if (entries.length > 0) for (const name of watch) deltas.set(name, entries);
    return { step: this.#step, deltas };
  }

  async snapshot(name: string): Promise<Snapshot> {
    if (name === "w") throw new EngineError("not_materialized", "w");
    const rows = [...this.content.values()].flatMap(({ row, weight }) => new Array<Row>(weight).fill(row));
    const step = this.#step;
    await this.beforeSnapshot();
    return {
      step,
      records: rows.length,
      async *chunks() {
        for (let i = 0; i < rows.length; i += 4) yield rows.slice(i, i + 4);
      },
      close: () => Promise.resolve(),
    };
  }

  query(): Promise<never> {
    return Promise.reject(new EngineError("ad_hoc_query", "no queries here"));
  }
  queryToParquet(): Promise<never> {
    return Promise.reject(new EngineError("ad_hoc_query", "no queries here"));
  }
  storageBytes(): Promise<number> {
    return Promise.resolve(0);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function add(map: Map<string, { readonly row: Row; weight: number }>, row: Row, weight: number): void {
  const key = rowKey(row);
  const entry = map.get(key);
  if (entry === undefined) map.set(key, { row, weight });
  else {
    entry.weight += weight;
    if (entry.weight === 0) map.delete(key);
  }
}
