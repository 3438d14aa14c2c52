import { builtinConnectors } from "@headgate/connectors";
import { createEngine, inspectStore } from "@headgate/engine";
import { systemClock } from "../async/clock.ts";
import { createLog } from "../log.ts";
import { PipelineProcess } from "./pipeline-process-host.ts";

/** The host of this process: real engine, built-in connectors, the machine's clock, log lines on stdout, the parent's IPC channel. */
export function createPipelineProcess(): PipelineProcess {
  return new PipelineProcess({
    createEngine,
    inspectStore,
    registry: builtinConnectors,
    clock: systemClock,
    createLog: (scrub) => createLog((line) => process.stdout.write(line), scrub),
    send: (message, sent) => {
      process.send?.(message, undefined, undefined, sent);
    },
    exit: (code) => process.exit(code),
  });
}
