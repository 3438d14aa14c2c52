import type { DeltaEntry, Row } from "@headgate/engine";
import type { Runner } from "../runner.ts";
import type { Workload } from "../workloads.ts";
import type { Entries } from "./operators.ts";

/** The workload's operators as a person would wire them, without an engine around them. */
export function handWiredRunner({ name, handWired }: Workload): Runner {
  if (handWired === undefined) throw new Error(`Nobody wired ${name} by hand`);
  const step = handWired();
  const gone = new Uint8Array(1);
  return {
    maintenance: "by hand",
    prepare(events) {
      return () => {
        const changes = (table: string): Entries => {
          const { added = [], removed = [] } = events.get(table) ?? {};
          return [...weighted(added, 1), ...weighted(removed, -1)];
        };
        // Keeps the result in use, so that nothing is optimised away.
        gone[0] = step(changes).length & 255;
      };
    },
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

const weighted = (rows: readonly Row[], weight: number): DeltaEntry[] => rows.map((row) => [row, weight]);
