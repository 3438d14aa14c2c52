import type { ConnectorRegistry } from "@headgate/connector-kit";
import { createSourceText, type CompileResult, type Dataflow, type Program } from "@headgate/engine";
import type { CompiledDataflow, CompilePipelineResult } from "../socket/protocol.ts";
import { readDeclarations } from "./declarations.ts";

/** What compiling needs from outside. */
export interface CompilerDependencies {
  readonly compileProgram: (sql: string) => Promise<CompileResult>;
  readonly describeProgram: (program: Program) => Promise<Dataflow>;
  readonly registry: ConnectorRegistry;
}

/** Compiles a SQL program and the connectors it declares. */
export async function compilePipeline(sql: string, dependencies: CompilerDependencies): Promise<CompilePipelineResult> {
  const result = await dependencies.compileProgram(sql);
  if (!result.ok) return result;
  const { program } = result;
  const { inputConnectors, outputConnectors, messages } = readDeclarations(program, dependencies.registry);
  const source = createSourceText(sql);
  const shown = messages.map((message) => ({ ...message, snippet: source.snippet(message.position) }));
  const all = [...shown, ...result.warnings];
  if (messages.some((message) => !message.warning)) return { ok: false, messages: all };
  const dataflow = toCompiledDataflow(await dependencies.describeProgram(program));
  return { ok: true, compiled: { program, inputConnectors, outputConnectors, dataflow }, warnings: all };
}

function toCompiledDataflow({ views, nodes }: Dataflow): CompiledDataflow {
  return { views: Array.from(views, ([name, maintenance]) => ({ name, maintenance })), nodes };
}
