/**
 * Process entry: one deployed pipeline. It waits for `deploy` on the IPC channel, serves its socket, reports its state, and
 * never outlives its parent.
 */
import type { ParentMessage } from "./socket/protocol.ts";
import { startQuickly } from "./start-quickly.ts";

if (process.send === undefined) {
  process.stderr.write("This is a process entry of Headgate's control plane; it is not meant to be run by hand.\n");
  process.exit(1);
}
// A pipeline whose control plane is gone has nobody to answer to: it ends at once, so that none ever lingers.
process.on("disconnect", () => process.exit(1));
// An interrupt from the terminal reaches the whole process group; the parent decides what it means.
process.on("SIGINT", () => undefined);

const loaded = startQuickly(async () => (await import("./runtime/serve-pipeline.ts")).createPipelineProcess());
const withHost = (use: (host: Awaited<typeof loaded>) => void) => {
  loaded.then(use, (error: unknown) => {
    process.stderr.write(`The pipeline process could not load its modules: ${String(error)}\n`);
    process.exit(1);
  });
};
process.on("uncaughtException", (error) => {
  withHost((host) => {
    host.panic(error);
  });
});
process.on("unhandledRejection", (error) => {
  withHost((host) => {
    host.panic(error);
  });
});
process.on("SIGTERM", () => {
  withHost((host) => {
    host.terminate();
  });
});
process.on("message", ({ deployment }: ParentMessage) => {
  withHost((host) => {
    host.deploy(deployment);
  });
});
