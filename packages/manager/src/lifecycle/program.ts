import type { CompilePipelineResult } from "@headgate/pipeline";
import type { Pipeline } from "../api.ts";
import { change } from "./change.ts";

/** What compiling a program came to; a string when the compiler itself failed. */
export type CompileOutcome = CompilePipelineResult | { readonly systemError: string };

/** The compiler has been given the program. */
export function compileBegan(p: Pipeline, now: string): Pipeline {
  return change(p, { programStatus: "CompilingSql" }, now);
}

/**
 * The published states that a compilation runs through to its end, in order. SQL is all there is to compile, so the states
 * of the second compiler pass at once.
 */
export function compileEnded(p: Pipeline, outcome: CompileOutcome, platformVersion: string, now: () => string): readonly Pipeline[] {
  const refreshVersion = p.refreshVersion + 1;
  if ("systemError" in outcome) {
    const programError = { sqlCompilation: null, systemError: outcome.systemError };
    return [change(p, { programStatus: "SystemError", programError, refreshVersion }, now())];
  }
  if (!outcome.ok) {
    const programError = { sqlCompilation: { exitCode: 1, messages: outcome.messages }, systemError: null };
    return [change(p, { programStatus: "SqlError", programError, refreshVersion }, now())];
  }
  const programError = { sqlCompilation: { exitCode: 0, messages: outcome.warnings }, systemError: null };
  const compiled = change(
    p,
    { programStatus: "SqlCompiled", compiled: outcome.compiled, programError, platformVersion, refreshVersion },
    now(),
  );
  const second = change(compiled, { programStatus: "CompilingRust" }, now());
  return [compiled, second, change(second, { programStatus: "Success", refreshVersion: refreshVersion + 1 }, now())];
}
