import { NeverFinal } from "../dataflow/never-final.ts";
import { planProgram } from "../runtime/plan-program.ts";
import type { Program } from "../types.ts";
import { compileError, type ProgramError, type SourceText } from "./source-text.ts";

/** Finds a view with emit_final whose rows would never be final. Only a plan tells. */
export async function checkEmitFinal(program: Program, source: SourceText): Promise<ProgramError | undefined> {
  if (program.views.every(({ emitFinal }) => emitFinal === undefined)) return undefined;
  try {
    await planProgram(program);
    return undefined;
  } catch (error) {
    if (!(error instanceof NeverFinal)) throw error;
    return compileError(error.message, source.range(error.view.properties["emit_final"]!.valuePosition));
  }
}
