/**
 * Process entry: compiles programs for the control plane. Takes `{ id, program }` or `{ id, transports: true }` on the IPC channel, answers
 * `{ id, result }`, one at a time in order, and ends with its parent.
 */
import type { CompileRequest } from "./compile/serve-compiler.ts";
import { startQuickly } from "./start-quickly.ts";

if (process.send === undefined) {
  process.stderr.write("This is a process entry of Headgate's control plane; it is not meant to be run by hand.\n");
  process.exit(1);
}
process.on("disconnect", () => process.exit(0));
// Requests may come while modules still load: they wait in this chain.
const loaded = startQuickly(() => import("./compile/serve-compiler.ts"));
let last: Promise<unknown> = loaded;
process.on("message", (request: CompileRequest) => {
  last = last.then(async () => {
    const { answerCompile } = await loaded;
    process.send?.(await answerCompile(request));
  });
});
