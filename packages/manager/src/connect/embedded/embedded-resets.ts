import type { InteractionService, Pipeline } from "../../api.ts";
import type { ConnectTables } from "../../catalogue/connect-tables.ts";
import { hasStorage } from "../../config/runtime-options.ts";
import { ManagerError } from "../../errors.ts";
import { ConnectError, type ConnectOffset, type OffsetsRequest, type OffsetsRequestStatus } from "../api.ts";
import { sinkOffset } from "./embedded-offsets.ts";
import type { Endpoint } from "./endpoints.ts";

interface ResetRecord {
  readonly requestedAt: number;
  readonly token: string;
  readonly previousOffsets: readonly ConnectOffset[];
  readonly outcome?: { readonly phase: "APPLIED" | "FAILED"; readonly message: string; readonly at: number };
}

// An environment is never named so: it has no colon.
const prefix = "pipeline:";
const scopeOf = (pipeline: Pipeline): string => `${prefix}${pipeline.id}`;

/** The id of the pipeline that a scope is of; undefined for another kind of cluster. */
export function pipelineOfScope(scope: string): string | undefined {
  return scope.startsWith(prefix) ? scope.slice(prefix.length) : undefined;
}
const applied =
  "The offsets for this connector have been reset successfully: its sink was emptied and has been given the view's content anew, and follows it.";

/**
 * Deleting a sink's offsets: an output reset of the Pipelines dialect, kept as the connector's last request. With storage a reset survives a
 * crash of its pipeline; the request then goes by what the pipeline says of its reset, since tokens do not survive.
 */
export class EmbeddedResets {
  readonly #interaction: InteractionService;
  readonly #tables: ConnectTables;
  readonly #now: () => number;

  constructor(interaction: InteractionService, tables: ConnectTables, now: () => number) {
    this.#interaction = interaction;
    this.#tables = tables;
    this.#now = now;
  }

  async begin(pipeline: Pipeline, { relation, connector, id, name }: Endpoint): Promise<OffsetsRequest> {
    const earlier = this.#tables.offsetsRequest(scopeOf(pipeline), name) as ResetRecord | undefined;
    if (earlier !== undefined && (await this.#advance(pipeline, { relation, connector, name }, earlier)).outcome === undefined) {
      throw new ConnectError(
        "OffsetsRequestPending",
        `An earlier request to reset the offsets of '${name}' is under way; wait for its end`,
      );
    }
    const stats = await this.#interaction.outputStats(pipeline.name, relation, connector);
    const { token } = await this.#interaction.resetOutput(pipeline.name, relation, connector);
    const record: ResetRecord = { requestedAt: this.#now(), token, previousOffsets: [sinkOffset(stats)] };
    this.#tables.saveOffsetsRequest(scopeOf(pipeline), name, record);
    return { id, name, change: { type: "DELETE" }, requestedAt: record.requestedAt };
  }

  async status(pipeline: Pipeline, endpoint: Endpoint): Promise<OffsetsRequestStatus> {
    const { id, name } = endpoint;
    const record = this.#tables.offsetsRequest(scopeOf(pipeline), name) as ResetRecord | undefined;
    if (record === undefined) throw new ConnectError("NoOffsetsRequest", `The offsets of connector '${name}' were never asked to change`);
    const { outcome, requestedAt, previousOffsets } = await this.#advance(pipeline, endpoint, record);
    return {
      request: { id, name, change: { type: "DELETE" }, requestedAt },
      phase: outcome?.phase ?? "PENDING",
      message: outcome?.message ?? "",
      previousOffsets,
      appliedAt: outcome?.phase === "APPLIED" ? outcome.at : null,
    };
  }

  async #advance(pipeline: Pipeline, at: Pick<Endpoint, "relation" | "connector" | "name">, record: ResetRecord): Promise<ResetRecord> {
    if (record.outcome !== undefined) return record;
    const outcome = await this.#outcome(pipeline, at, record.token);
    if (outcome === undefined) return record;
    const ended = { ...record, outcome: { ...outcome, at: this.#now() } };
    this.#tables.saveOffsetsRequest(scopeOf(pipeline), at.name, ended);
    return ended;
  }

  async #outcome(
    pipeline: Pipeline,
    { relation, connector }: Pick<Endpoint, "relation" | "connector">,
    token: string,
  ): Promise<{ readonly phase: "APPLIED" | "FAILED"; readonly message: string } | undefined> {
    try {
      const { status } = await this.#interaction.resetStatus(pipeline.name, token);
      return status === "complete" ? { phase: "APPLIED", message: applied } : await this.#failed(pipeline, relation, connector);
    } catch (error) {
      // Not deployed, or not answering: whoever asks again later learns more.
      if (!(error instanceof ManagerError) || error.code !== "PipelineRestarted") return undefined;
    }
    if (!hasStorage(pipeline.runtimeConfig)) {
      return { phase: "FAILED", message: "The pipeline was started anew before the reset was complete, and without storage it forgot it." };
    }
    const stats = await this.#interaction.outputStats(pipeline.name, relation, connector).catch(() => undefined);
    if (stats === undefined) return undefined;
    if (stats.fatalError !== null) return { phase: "FAILED", message: stats.fatalError };
    return stats.reset === null ? { phase: "APPLIED", message: applied } : undefined;
  }

  /** A connector that has stopped for good never completes its reset. */
  async #failed(
    pipeline: Pipeline,
    relation: string,
    connector: string,
  ): Promise<{ readonly phase: "FAILED"; readonly message: string } | undefined> {
    const stats = await this.#interaction.outputStats(pipeline.name, relation, connector);
    return stats.fatalError === null ? undefined : { phase: "FAILED", message: stats.fatalError };
  }
}
