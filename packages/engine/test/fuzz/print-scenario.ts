import type { Value } from "@headgate/engine";
import type { TableChange } from "../oracle/changes.ts";
import type { Restart } from "../oracle/check-maintained.ts";
import { approximateColumns, programOf, type Scenario } from "./scenario.ts";

const words = { insert: "insert", delete: "remove", update: "update" } as const;

/** A scenario as a test to paste into `found.test.ts`. */
export function printScenario(scenario: Scenario): string {
  const steps = scenario.steps.map((step) => {
    const tables = [...step].map(([name, changes]) => `${name}: [${changes.map(printChange).join(", ")}]`);
    return `    { ${tables.join(", ")} },`;
  });
  const loose = [...approximateColumns(scenario)].map((name) => JSON.stringify(name));
  const options = [
    ...(loose.length > 0 ? [`approximate: [${loose.join(", ")}]`] : []),
    ...(scenario.restarts.length === 0 ? [] : [`restarts: [${scenario.restarts.map(printRestart).join(", ")}]`]),
  ];
  return [
    'test("…", async () => {',
    "  await expectMaintained(",
    `    ${JSON.stringify(programOf(scenario).split("\n"), null, 2).replaceAll("\n", "\n    ")}.join("\\n"),`,
    "    [",
    ...steps.map((line) => `  ${line}`),
    "    ],",
    ...(options.length > 0 ? [`    { ${options.join(", ")} },`] : []),
    "  );",
    "});",
  ].join("\n");
}

const printRestart = ({ after, lost }: Restart): string => `{ after: ${after}, lost: ${lost} }`;
const printChange = ({ op, row }: TableChange): string => `${words[op]}(${row.map(printValue).join(", ")})`;

function printValue(value: Value | undefined): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object") return JSON.stringify(value);
  if (value instanceof Uint8Array) return `Uint8Array.of(${[...value].join(", ")})`;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(printValue).join(", ")}]`;
  const { months, days, micros } = value as Extract<Value, { readonly micros: bigint }>;
  return `{ months: ${months}, days: ${days}, micros: ${micros}n }`;
}
