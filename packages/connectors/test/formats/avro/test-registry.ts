import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A schema registry over HTTP that keeps what is registered, one id for each text, and answers as Confluent's does: paths, bodies, error
 * codes. Written here because no registry that runs from Maven Central alone was found; it checks no compatibility by itself.
 */
export class TestRegistry {
  readonly subjects = new Map<string, string[]>();
  readonly schemas: string[] = [];
  readonly #server: Server;
  #authorization: string | undefined;
  #failure: { readonly status: number; readonly message: string } | undefined;
  requests = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<TestRegistry> {
    const server = createServer();
    const registry = new TestRegistry(server);
    server.on("request", (request, response) => void registry.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo | null)?.port ?? this.#port)}`;
  }
  #port = 0;

  expectAuthorization(value: string): void {
    this.#authorization = value;
  }
  failNext(status: number, message = "try again"): void {
    this.#failure = { status, message };
  }
  /** Adds a schema as another producer would, and gives its id. */
  add(schema: object | string): number {
    const text = typeof schema === "string" ? schema : JSON.stringify(schema);
    const known = this.schemas.indexOf(text);
    return known >= 0 ? known + 1 : this.schemas.push(text);
  }
  async stop(): Promise<void> {
    this.#port = (this.#server.address() as AddressInfo | null)?.port ?? this.#port;
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/vnd.schemaregistry.v1+json" }).end(JSON.stringify(body));
    };
    let body = "";
    for await (const piece of request) body += String(piece);
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) return reply(failure.status, { error_code: failure.status, message: failure.message });
    if (this.#authorization !== undefined && request.headers.authorization !== this.#authorization) {
      return reply(401, { error_code: 401, message: "Unauthorized" });
    }
    const { method, url = "" } = request;
    const id = /^\/schemas\/ids\/(\d+)$/.exec(url)?.[1];
    if (method === "GET" && id !== undefined) {
      const schema = this.schemas[Number(id) - 1];
      return schema === undefined ? reply(404, { error_code: 40403, message: "Schema not found" }) : reply(200, { schema });
    }
    const subject = /^\/subjects\/([^/]+)\/versions$/.exec(url)?.[1];
    if (method === "POST" && subject !== undefined) {
      const { schema } = JSON.parse(body) as { schema: string };
      const name = decodeURIComponent(subject);
      this.subjects.set(name, [...(this.subjects.get(name) ?? []), schema]);
      return reply(200, { id: this.add(schema) });
    }
    return reply(404, { error_code: 404, message: "HTTP 404 Not Found" });
  }
}
