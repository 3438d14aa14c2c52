/**
 * Process entry: compiles programs for the control plane. Takes `{ id, program }` on the IPC channel, answers
 * `{ id, result }`, one at a time in order, and ends with its parent.
 */
import { builtinConnectors } from "@headgate/connectors";
import { compileProgram } from "@headgate/engine";
import { compilePipeline } from "./compile/compile-pipeline.ts";
import { messageOf } from "./errors.ts";
import type { CompilePipelineResult } from "./socket/protocol.ts";

interface Request {
  readonly id: number | string;
  readonly program: string;
}

const nowhere = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };

async function answer({ id, program }: Request): Promise<void> {
  let result: CompilePipelineResult;
  try {
    result = await compilePipeline(program, { compileProgram, registry: builtinConnectors });
  } catch (error) {
    const message = `The compiler failed on this program: ${messageOf(error)}`;
    result = {
      ok: false,
      messages: [{ warning: false, errorType: "Compilation error", message, position: nowhere, snippet: undefined }],
    };
  }
  process.send?.({ id, result });
}

let last: Promise<void> = Promise.resolve();
process.on("message", (request: Request) => {
  last = last.then(() => answer(request));
});
process.on("disconnect", () => {
  process.exit(0);
});
if (process.send === undefined) {
  process.stderr.write("This is a process entry of Headgate's control plane; it is not meant to be run by hand.\n");
  process.exitCode = 1;
}
