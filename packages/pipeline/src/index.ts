/**
 * The pipeline process: step loop, connectors alive, output queues, reset, stats. This entry exports only what the control
 * plane needs: the socket's types and the paths of the process entries to fork.
 */
export type * from "./socket/protocol.ts";
export type { CompilerMessage, Program } from "@headgate/engine";
export type { ConnectorConfig, EndpointConfig } from "./connector-config.ts";

export { misplacedOn } from "./compile/attributes.ts";
export { crashPoints, type CrashPoint } from "./crash-points.ts";

const entry = (name: string): string => `${import.meta.dirname}/${name}-process.${import.meta.filename.endsWith(".ts") ? "ts" : "js"}`;
/** Module to fork for a deployed pipeline. It waits for a {@link ParentMessage} `deploy`, and exits when its parent is gone. */
export const pipelineProcessPath: string = entry("pipeline");
/** Module to fork for compiling: takes `{ id, program }`, answers `{ id, result: CompilePipelineResult }`, exits with its parent. */
export const compilerProcessPath: string = entry("compiler");
