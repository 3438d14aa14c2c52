import { describeDataflow } from "../dataflow/describe-dataflow.ts";
import type { Dataflow } from "../engine.ts";
import type { Program } from "../types.ts";
import { planProgram } from "./plan-program.ts";

/** How an engine is going to compute a program, without starting one. */
export async function describeProgram(program: Program): Promise<Dataflow> {
  return describeDataflow(await planProgram(program));
}
