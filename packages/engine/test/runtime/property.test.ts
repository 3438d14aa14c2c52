import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ChangeOp, createEngine, type ChangeBatch, type Engine, type Program, type Row, type Value } from "@headgate/engine";
import { addDelta, addRows, compiled, rowText, snapshotOf, sorted, type Bag } from "./model.ts";

/** Few distinct values per type, the extremes among them, so that rows collide often. */
const pools: Readonly<Record<string, readonly Value[]>> = {
  "VARCHAR": [null, "", "a", "a long text beyond inlining", "é"],
  "INT": [null, 0, 1, -2147483648, 2147483647],
  "BIGINT": [null, 0n, 2n ** 63n - 1n, -(2n ** 63n)],
  "DECIMAL(20,4)": [null, 0n, 1n, 99999999999999999999n],
  "DOUBLE": [null, 0, -0, NaN, Infinity, 0.1],
  "BOOLEAN": [null, true, false],
  "DATE": [null, 0, -719162],
  "TIMESTAMP": [null, 0n, 1_700_000_000_000_001n],
  "UUID": [null, "00000000-0000-0000-0000-000000000001"],
  "VARBINARY": [null, Uint8Array.of(), Uint8Array.of(0, 1)],
  "INT ARRAY": [null, [], [1, null]],
  "ROW(p INT, q VARCHAR)": [null, [1, null], [null, "x"]],
  "MAP<VARCHAR, INT>": [null, [], [["k", 1]]],
  "VARIANT": [null, '{"a":1}', "[]"],
}; // prettier-ignore
const typeNames = Object.keys(pools);

const viewTemplates = [
  "SELECT * FROM m",
  "SELECT x, count(*) AS n, count(y) AS c FROM m GROUP BY x",
  "SELECT count(*) AS n, max(x) AS hi, min(y) AS lo FROM m",
  "SELECT DISTINCT x, y FROM m",
  "SELECT k.id, m.y FROM k JOIN m ON k.id = m.i",
  "SELECT k.id, k.x, m.y FROM k LEFT JOIN m ON k.id = m.i AND m.x IS NOT NULL",
  "SELECT x, y FROM m UNION ALL SELECT x, y FROM m",
  "SELECT i FROM m EXCEPT ALL SELECT id FROM k",
  "SELECT id, row_number() OVER (ORDER BY id) AS r, lag(x) OVER (ORDER BY id) AS p FROM k",
  "SELECT id, x FROM k ORDER BY id DESC LIMIT 2",
  "SELECT id FROM k WHERE EXISTS (SELECT 1 FROM m WHERE m.i = k.id)",
  "SELECT i, list(k.id ORDER BY k.id) AS ids FROM m JOIN k ON k.id >= m.i GROUP BY i",
  "SELECT sum(i) AS s, avg(i) AS a FROM m",
];

interface Scenario {
  readonly sql: string;
  readonly views: readonly string[];
  readonly steps: readonly { readonly k: readonly Change[]; readonly m: readonly Change[]; readonly watch: readonly boolean[] }[];
}
interface Change {
  readonly op: number;
  readonly row: readonly (Value | undefined)[];
}

const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    types: fc.tuple(...[0, 1, 2, 3].map(() => fc.constantFrom(...typeNames))),
    bodies: fc.uniqueArray(fc.constantFrom(...viewTemplates), { minLength: 2, maxLength: 4 }),
    upper: fc.boolean(),
  })
  .chain(({ types, bodies, upper }) => {
    const [kx, ky, mx, my] = types as [string, string, string, string];
    const views = bodies.map((_, i) => `v${i}`);
    const lines = [
      `CREATE TABLE k (id INT PRIMARY KEY, x ${kx}, y ${ky});`,
      `CREATE TABLE m (i INT, x ${mx}, y ${my}) WITH ('materialized' = 'true');`,
      ...bodies.map((body, i) => `CREATE ${i % 2 === 0 ? "MATERIALIZED " : ""}VIEW v${i} AS ${body};`),
    ];
    if (upper) {
      lines.push("CREATE MATERIALIZED VIEW top AS SELECT *, 1 AS one FROM v0 UNION ALL BY NAME SELECT *, 2 AS one FROM v0;");
      views.push("top");
    }
    const cell = (type: string): fc.Arbitrary<Value> => fc.constantFrom(...pools[type]!);
    const key = fc.integer({ min: 0, max: 5 });
    const op = fc.constantFrom(ChangeOp.insert, ChangeOp.insert, ChangeOp.delete);
    const mChange = fc.record({ op, row: fc.tuple(fc.option(key), cell(mx), cell(my)) });
    const sometimes = (type: string): fc.Arbitrary<Value | undefined> => fc.option(cell(type), { nil: undefined });
    const kChange = fc.oneof(
      fc.record({ op, row: fc.tuple(key, cell(kx), cell(ky)) }),
      fc.record({ op: fc.constant(ChangeOp.update), row: fc.tuple(key, sometimes(kx), sometimes(ky)) }),
    );
    const step = fc.record({
      k: fc.array(kChange, { maxLength: 6 }),
      m: fc.array(mChange, { maxLength: 8 }),
      watch: fc.array(fc.boolean(), { minLength: views.length, maxLength: views.length }),
    });
    return fc.record({
      sql: fc.constant(lines.join("\n")),
      views: fc.constant(views),
      steps: fc.array(step, { minLength: 2, maxLength: 6 }),
    });
  });

const toBatches = (changes: readonly Change[], split: number): ChangeBatch[] =>
  [changes.slice(0, split), changes.slice(split)]
    .filter((part) => part.length > 0)
    .map((part) => ({ rows: part.map((change) => change.row), ops: Uint8Array.from(part.map((change) => change.op)) }));

/** What the tables hold, kept in plain JavaScript. */
interface Model {
  readonly k: Map<number, Row>;
  readonly m: Map<string, { row: Row; count: number }>;
}

function applyToModel(model: Model, k: readonly Change[], m: readonly Change[]): void {
  for (const { op, row } of k) {
    const id = row[0] as number;
    const before = model.k.get(id);
    if (op === ChangeOp.insert) model.k.set(id, row as Row);
    else if (op === ChangeOp.delete) model.k.delete(id);
    else if (before !== undefined)
      model.k.set(
        id,
        before.map((value, i) => (row[i] === undefined ? value : row[i]!)),
      );
  }
  const net = new Map<string, { row: Row; count: number }>();
  for (const { op, row } of m) {
    const text = rowText(row as Row);
    const entry = net.get(text) ?? { row: row as Row, count: 0 };
    entry.count += op === ChangeOp.insert ? 1 : -1;
    net.set(text, entry);
  }
  for (const [text, { row, count }] of net) {
    const entry = model.m.get(text) ?? { row, count: 0 };
    entry.count = Math.max(0, entry.count + count);
    model.m.set(text, entry);
  }
}

const tableRows = (model: Model): { k: Row[]; m: Row[] } => ({
  k: [...model.k.values()],
  m: [...model.m.values()].flatMap(({ row, count }) => Array.from({ length: count }, () => row)),
});

/** Every relation's content when the model's rows come all at once to a new engine that recomputes. */
async function recompute(program: Program, model: Model, views: readonly string[]): Promise<Map<string, Bag>> {
  const engine = await createEngine({ program, storage: { kind: "memory" }, threads: 1, maintenance: "recompute" });
  try {
    const { k, m } = tableRows(model);
    const changes = new Map([
      ["k", [{ rows: k, ops: undefined }]],
      ["m", [{ rows: m, ops: undefined }]],
    ]);
    const { deltas } = await engine.step({ changes, watch: new Set(views) });
    return new Map(views.map((view) => [view, addDelta(new Map(), deltas.get(view) ?? [])]));
  } finally {
    await engine.close();
  }
}

async function runScenario(engine: Engine, { views, steps }: Scenario): Promise<void> {
  const { program } = engine;
  const model: Model = { k: new Map(), m: new Map() };
  const materialized = views.filter((name) => program.views.find((view) => view.name === name)!.materialized);
  const always = ["k", "m", ...materialized.slice(0, 1)];
  const followed = new Map<string, Bag>(always.map((name) => [name, new Map()]));
  // Views watched now and then: their last content is that of the recomputation, their delta must lead to the next.
  let before = new Map<string, Bag>(views.map((view) => [view, new Map()]));
  for (const { k, m, watch } of steps) {
    const early = await Promise.all(materialized.map(async (name) => ({ name, snapshot: await engine.snapshot(name) })));
    applyToModel(model, k, m);
    const wanted = new Set([...always, ...views.filter((_, i) => watch[i])]);
    const { step, deltas } = await engine.step({
      changes: new Map([
        ["k", toBatches(k, 3)],
        ["m", toBatches(m, 2)],
      ]),
      watch: wanted,
    });
    for (const [name, bag] of followed) addDelta(bag, deltas.get(name) ?? []);
    const after = await recompute(program, model, views);
    for (const view of wanted)
      if (after.has(view)) {
        const reached = addDelta(new Map(before.get(view)), deltas.get(view) ?? []);
        expect([view, sorted(reached)]).toEqual([view, sorted(after.get(view)!)]);
      }
    for (const { name, snapshot } of early) {
      expect(snapshot.step).toBe(step - 1);
      const bag: Bag = new Map();
      for await (const chunk of snapshot.chunks()) addRows(bag, chunk);
      expect([name, sorted(bag)]).toEqual([name, sorted(before.get(name)!)]);
    }
    before = after;
  }
  const rows = tableRows(model);
  expect(sorted(followed.get("k")!)).toEqual(sorted(addRows(new Map(), rows.k)));
  expect(sorted(followed.get("m")!)).toEqual(sorted(addRows(new Map(), rows.m)));
  for (const [name, bag] of followed) expect(sorted((await snapshotOf(engine, name)).bag)).toEqual(sorted(bag));
  for (const name of materialized) expect(sorted((await snapshotOf(engine, name)).bag)).toEqual(sorted(before.get(name)!));
}

/** A few by default; more with HEADGATE_PROPERTY_RUNS. */
const runs = Number(process.env["HEADGATE_PROPERTY_RUNS"] ?? 4);

test.each(["auto", "recompute"] as const)(
  "snapshot ⊕ deltas after it = view = recomputation from scratch (%s)",
  async (maintenance) => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const engine = await createEngine({ program: await compiled(scenario.sql), storage: { kind: "memory" }, threads: 1, maintenance });
        try {
          await runScenario(engine, scenario);
        } finally {
          await engine.close();
        }
      }),
      { numRuns: runs, seed: 20261122, endOnFailure: true },
    );
  },
  30_000 + runs * 5_000,
);
