import type { Handlers, OperationId, operationTable, Schemas } from "@headgate/contract";
import type { Manager } from "@headgate/manager";
import type { Serialiser } from "../http/serialise.ts";
import type { Metric } from "../domain.ts";

/** What handlers call; each takes the parts that it needs. */
export interface Services {
  readonly manager: Manager;
  readonly configuration: Schemas["Configuration"];
  readonly demos: readonly Schemas["Demo"][];
  readonly share: Serialiser["shared"];
  /** True once a shutdown has begun. */
  readonly draining: () => boolean;
  /** What the server counts about itself. */
  readonly ownMetrics: () => readonly Metric[];
}

/** The handlers of one tag: a missing one and one too many are compile errors in the tag's own file. */
export type HandlersOf<Tag extends (typeof operationTable)[OperationId]["tag"]> = Pick<
  Handlers,
  { [Id in OperationId]: (typeof operationTable)[Id]["tag"] extends Tag ? Id : never }[OperationId]
>;
