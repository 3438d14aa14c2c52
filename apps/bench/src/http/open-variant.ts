import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer as createHttpServer, type Server } from "node:http";
import type { Manager } from "@headgate/manager";
import { createServer, type ServerOptions } from "@headgate/server";
import express from "express";
import { pino } from "pino";
import { benchPipeline, openBenchManager } from "../bench-manager.ts";
import type { OpenServer } from "../server-process.ts";
import { silentLogger } from "../silent-logger.ts";
import { statusPath, variants, type Variant } from "./messages.ts";

const program = `
CREATE TABLE numbers (n BIGINT) WITH ('connectors' = '[{
  "name": "c1", "transport": { "name": "datagen", "config": { "plan": [{ "limit": 1000 }] } }
}]');
CREATE MATERIALIZED VIEW totals WITH ('connectors' = '[{
  "name": "out", "transport": { "name": "null_output" }
}]') AS SELECT COUNT(*) AS c FROM numbers;
`;
const deadlineMs = 30_000;

type Common = Omit<ServerOptions, "logger" | "authentication">;

/** One variant of the server, over a pipeline with all its input worked off: `<variant>`. */
export async function openVariant([name = ""]: readonly string[]): Promise<OpenServer> {
  const variant = variants.find((known) => known === name);
  if (variant === undefined) throw new Error(`There is no variant '${name}'.`);
  const bench = await openBenchManager(program);
  const { manager } = bench;
  const deadline = Date.now() + deadlineMs;
  while (!(await manager.interaction.stats(benchPipeline, { errors: false })).global.pipelineComplete) {
    if (Date.now() > deadline) throw new Error("The bench pipeline did not work off its input.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { ...(await open(variant, { manager, version: { version: "bench" }, validation: "production" })), bench };
}

async function open(variant: Variant, common: Common): Promise<Omit<OpenServer, "bench">> {
  const logger = pino({ level: "info" }, pino.destination({ dest: "/dev/null", sync: true }));
  const headgate = (options: Partial<ServerOptions> = {}): Omit<OpenServer, "bench"> => ({
    server: createServer({ ...common, logger, authentication: { required: false }, ...options }).server,
    authorization: null,
  });
  switch (variant) {
    case "express":
    case "express again":
      return { server: await openExpress(common), authorization: null };
    case "headgate":
      return headgate();
    case "headgate, shell alone":
      return headgate({ manager: await withoutPipeline(common.manager) });
    case "headgate, log off":
      return headgate({ logger: silentLogger });
    case "headgate, auth on": {
      const { secret } = await common.manager.apiKeys.create("bench", "read");
      return { ...headgate({ authentication: { required: true } }), authorization: `Bearer ${secret}` };
    }
    case "headgate, express lane":
      return headgate({ validation: "test" });
  }
}

/** The same answers without the way to the pipeline's process: each turn of the event loop has its own, which its calls share. */
async function withoutPipeline(real: Manager): Promise<Manager> {
  const stats = await real.interaction.outputStats("bench", "totals", "out");
  let open: Promise<typeof stats> | undefined;
  const outputStats = (): Promise<typeof stats> =>
    (open ??= new Promise((resolve) => {
      setImmediate(() => {
        open = undefined;
        resolve({ ...stats });
      });
    }));
  return { ...real, interaction: { ...real.interaction, outputStats } };
}

/** Express as it comes, with one route that answers the very body that Headgate answers. */
async function openExpress(common: Common): Promise<Server> {
  const headgate = createServer({ ...common, logger: silentLogger, authentication: { required: false } });
  headgate.server.listen(0, "127.0.0.1");
  await once(headgate.server, "listening");
  const { port } = headgate.server.address() as AddressInfo;
  const body: unknown = await (await fetch(`http://127.0.0.1:${port}${statusPath}`)).json();
  await headgate.close();
  const app = express();
  app.get("/v0/pipelines/:pipeline/views/:view/connectors/:connector/stats", (_request, response) => void response.json(body));
  return createHttpServer(app);
}
