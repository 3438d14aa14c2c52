import { Agent, request } from "node:http";
import { customers, regions } from "./program.ts";

/** Posts rows to one pipeline over a few connections. */
export interface Load {
  /** Gives every customer once. */
  customers(): Promise<void>;
  /** Posts batches for so long, a number per batch; `perSecond` undefined: as fast as answers come. Gives rows taken. */
  orders(milliseconds: number, perSecond: number | undefined): Promise<number>;
  /** When each batch was ready to be sent, by its number. */
  readonly sent: readonly number[];
  close(): void;
}

/** @param rows orders a request */
export function createLoad(port: number, rows: number, connections: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const sent: number[] = [];
  let nextOrder = 0;
  const orders = (batch: number): string => {
    const lines: string[] = [];
    for (let i = 0; i < rows; i++, nextOrder++) {
      // One in ten changes an order of before.
      const id = nextOrder % 10 === 9 ? (nextOrder * 7919) % nextOrder : nextOrder;
      lines.push(`{"id":${id},"customer":${(nextOrder * 31) % customers},"amount":${nextOrder % 1000},"batch":${batch}}`);
    }
    return lines.join("\n");
  };
  const post = (table: string, body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const path = `/v0/pipelines/bench/ingress/${table}?format=json&update_format=raw`;
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const call = request({ host: "127.0.0.1", port, path, method: "POST", agent, headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`ingress answered ${answer.statusCode}: ${text}`)),
        );
      });
      call.on("error", reject);
      call.end(body);
    });
  return {
    sent,
    async customers() {
      const lines = Array.from({ length: customers }, (_, id) => `{"id":${id},"region":${id % regions}}`);
      await post("customer", lines.join("\n"));
    },
    async orders(milliseconds, perSecond) {
      const start = performance.now();
      let taken = 0;
      let turns = 0;
      const worker = async (): Promise<void> => {
        for (;;) {
          const due = perSecond === undefined ? performance.now() : start + (turns * rows * 1000) / perSecond;
          turns += 1;
          if (due > start + milliseconds || performance.now() > start + milliseconds) return;
          const early = due - performance.now();
          if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
          // What should have been sent earlier has waited since then.
          const batch = sent.push(due) - 1;
          await post("orders", orders(batch));
          taken += rows;
        }
      };
      await Promise.all(Array.from({ length: connections }, worker));
      return taken;
    },
    close: () => agent.destroy(),
  };
}
