import { randomUUID } from "node:crypto";
import { createHttpOutput } from "@headgate/connectors";
import type { EndpointConfig } from "../connector-config.ts";
import { PipelineError } from "../errors.ts";
import { assertIndexUsable, assertSnapshotPossible, bindEncoder, findRelation, schemaOf } from "../runtime/bind.ts";
import type { Pipeline } from "../runtime/pipeline.ts";
import { readEgressRequest } from "./egress-request.ts";

/** A reader's stream; `close` removes its endpoint, and must be called once the reader is gone. */
export interface Egress {
  readonly frames: AsyncIterable<Uint8Array>;
  readonly close: () => void;
}

/** Connects a reader to a view or table. The endpoint lives, in stats too, as long as the reader. */
export async function openEgress(pipeline: Pipeline, relationName: string, query: URLSearchParams, body: string): Promise<Egress> {
  const { program, registry } = pipeline.parts;
  const relation = findRelation(program, relationName);
  if (relation === undefined) {
    const text = `There is no view or table '${relationName}' in this pipeline.`;
    throw new PipelineError("ConfigError.UnknownOutputStream", text, { stream_name: relationName });
  }
  const { backpressure, config, format } = readEgressRequest(query, body);
  const name = `${relation.name}.api-${randomUUID()}`;
  const endpoint: EndpointConfig = { ...config, stream: relation.name };
  assertSnapshotPossible(name, endpoint, relation);
  assertIndexUsable(name, endpoint, relation, program, registry);
  const createEncoder = bindEncoder(name, config.format ?? { name: format }, schemaOf(relation), registry);
  // The reader is connected before the endpoint is added, so that no chunk of its snapshot can be lost.
  const http = createHttpOutput({ format, backpressure, sendSnapshot: endpoint.send_snapshot });
  await http.transport.open(pipeline.stopping.signal);
  pipeline.addOutput(name, endpoint, { transport: http.transport, encoder: createEncoder() });
  pipeline.parts.log.info(`output connector ${name}: reader connected`);
  const close = (): void => {
    if (!pipeline.outputs.has(name)) return;
    http.disconnect();
    pipeline.removeOutput(name);
    const dropped = http.droppedChunks();
    const lost = dropped === 0 ? "" : `, ${String(dropped)} chunks dropped because it was slow`;
    pipeline.parts.log.info(`output connector ${name}: reader disconnected${lost}`);
  };
  return { frames: http.frames, close };
}
