import { builtinConnectors } from "@headgate/connectors";
import { compileProgram, describeProgram } from "@headgate/engine";
import { messageOf } from "../errors.ts";
import type { CompilePipelineResult, TransportNames } from "../socket/protocol.ts";
import { compilePipeline } from "./compile-pipeline.ts";

/** What the control plane asks: to compile `program`, or what a program may name as a transport. The answer carries the same id. */
export type CompileRequest = { readonly id: number | string } & ({ readonly program: string } | { readonly transports: true });
export interface CompileAnswer {
  readonly id: number | string;
  readonly result: CompilePipelineResult | TransportNames;
}

const nowhere = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };

/** Compiles; a fault of the compiler itself becomes a message too, so that the asker always gets an answer. */
export async function answerCompile(request: CompileRequest): Promise<CompileAnswer> {
  const { id } = request;
  if ("transports" in request) return { id, result: transportNames() };
  try {
    return { id, result: await compilePipeline(request.program, { compileProgram, describeProgram, registry: builtinConnectors }) };
  } catch (error) {
    const message = `The compiler failed on this program: ${messageOf(error)}`;
    const messages = [{ warning: false, errorType: "Compilation error", message, position: nowhere, snippet: undefined }];
    return { id, result: { ok: false, messages } };
  }
}

function transportNames(): TransportNames {
  const { inputTransports, outputTransports } = builtinConnectors;
  return { inputs: [...inputTransports.keys()].sort(), outputs: [...outputTransports.keys()].sort() };
}
