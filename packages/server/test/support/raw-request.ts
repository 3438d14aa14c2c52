import { request, type Agent, type IncomingHttpHeaders } from "node:http";

export interface RawRequest {
  readonly method: string;
  /** Sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}
export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request without the niceties of `fetch`. A stream that does not end is read up to its first chunk. */
export function send(
  port: number,
  raw: RawRequest,
  options: { readonly agent?: Agent; readonly endless?: boolean } = {},
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const { method, path, headers = {}, body } = raw;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, headers: { ...length, ...headers }, ...(options.agent ? { agent: options.agent } : {}) },
      (response) => {
        let text = "";
        const done = (): void => resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          if (options.endless === true && response.statusCode === 200) {
            done();
            response.destroy();
          }
        });
        response.on("end", done);
        response.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
