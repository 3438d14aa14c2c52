/**
 * Process entry: one deployed pipeline. It waits for `deploy` on the IPC channel, serves its socket, reports its state, and
 * never outlives its parent.
 */
import { builtinConnectors } from "@headgate/connectors";
import { createEngine } from "@headgate/engine";
import { systemClock } from "./async/clock.ts";
import { createLog } from "./log.ts";
import { PipelineProcess } from "./runtime/pipeline-process-host.ts";
import type { ParentMessage } from "./socket/protocol.ts";

const write = (line: string): void => {
  process.stdout.write(line);
};

if (process.send === undefined) {
  process.stderr.write("This is a process entry of Headgate's control plane; it is not meant to be run by hand.\n");
  process.exitCode = 1;
} else {
  const host = new PipelineProcess({
    createEngine,
    registry: builtinConnectors,
    clock: systemClock,
    createLog: (scrub) => createLog(write, scrub),
    send: (message, sent) => {
      process.send?.(message, undefined, undefined, sent);
    },
    exit: (code) => process.exit(code),
  });
  // A pipeline whose control plane is gone has nobody to answer to: it ends at once, so that none ever lingers.
  process.on("disconnect", () => process.exit(1));
  process.on("uncaughtException", (error) => {
    host.panic(error);
  });
  process.on("unhandledRejection", (error) => {
    host.panic(error);
  });
  process.on("SIGTERM", () => {
    host.terminate();
  });
  // An interrupt from the terminal reaches the whole process group; the parent decides what it means.
  process.on("SIGINT", () => undefined);
  process.on("message", (message: ParentMessage) => {
    host.deploy(message.deployment);
  });
}
