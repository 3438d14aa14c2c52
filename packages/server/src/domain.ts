/** Domain types that the manager's services answer with, named after what they are; the manager is their only door. */
import type { InteractionService, Pipeline, PipelineService } from "@headgate/manager";

type Answer<Service, Method extends keyof Service> = Service[Method] extends (...args: never[]) => Promise<infer T> ? T : never;

export type PipelineStats = Answer<InteractionService, "stats">;
export type InputConnectorStats = Answer<InteractionService, "inputStats">;
export type OutputConnectorStats = Answer<InteractionService, "outputStats">;
export type SuspendError = NonNullable<PipelineStats["suspendError"]>;
export type CheckpointActivity = PipelineStats["checkpointActivity"];
export type CheckpointStatus = Answer<InteractionService, "checkpointStatus">;
export type CheckpointMetadata = Answer<InteractionService, "checkpoints">[number];
export type CompiledDataflow = Answer<PipelineService, "dataflow">;
export type ResetStatus = Answer<InteractionService, "resetStatus">;
export type Metric = Answer<InteractionService, "metrics">[number];
export type CompilePipelineResult = Answer<PipelineService, "validate">;
export type CompiledPipeline = NonNullable<Pipeline["compiled"]>;
export type CompilerMessage = Extract<CompilePipelineResult, { readonly ok: false }>["messages"][number];
