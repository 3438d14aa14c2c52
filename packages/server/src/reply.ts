import type { StreamChunk } from "@headgate/contract";

/** What a handler answers, with the types of its operation erased. */
export interface AnyReply {
  readonly status: number;
  /** JSON, unless `contentType` says otherwise: then text, sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly stream?: AsyncIterable<StreamChunk>;
  readonly headers?: Readonly<Record<string, string>>;
}
