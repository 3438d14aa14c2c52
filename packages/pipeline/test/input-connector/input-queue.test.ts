import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { InputQueue } from "../../src/input-connector/input-queue.ts";

test("whatever is taken in whatever pieces, every record comes once, in order, with its operation and its bytes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 30 })),
      (sizes, limits) => {
        const queue = new InputQueue();
        let id = 0;
        let bytes = 0;
        for (const size of sizes) {
          const rows = Array.from({ length: size }, () => [id++]);
          bytes += size * 7;
          queue.push({ rows, ops: Uint8Array.from(rows, ([n]) => (n ?? 0) % 3) }, size * 7, id);
        }
        const seen: number[] = [];
        let takenBytes = 0;
        for (const limit of [...limits, Infinity]) {
          const taken = queue.take(limit);
          if (taken === undefined) break;
          expect(taken.records).toBeLessThanOrEqual(limit);
          takenBytes += taken.bytes;
          for (const { ops, rows } of taken.batches) {
            rows.forEach(([n], i) => {
              expect(ops?.[i]).toBe((n as number) % 3);
              seen.push(n as number);
            });
          }
        }
        expect(seen).toEqual(Array.from({ length: id }, (_, i) => i));
        expect(takenBytes).toBe(bytes);
        expect([queue.records, queue.bytes, queue.oldestAt]).toEqual([0, 0, undefined]);
      },
    ),
    { seed: 3 },
  );
});
