import { createServer } from "node:http";
import { createServer as createSocketServer, type AddressInfo, type Server, type Socket } from "node:net";
import { rmSync } from "node:fs";
import { afterEach, expect, test } from "@jest/globals";
import { openCatalogue } from "../../../src/catalogue/catalogue.ts";
import { createConnectService } from "../../../src/connect/connect-service.ts";
import { createKafkaConnectClusters } from "../../../src/connect/kafka-connect/kafka-connect-clusters.ts";
import { freshDirectory } from "../../fixtures/world.ts";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  open.push(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
function serviceOf(...clusters: readonly { readonly cluster: string; readonly urls: readonly string[] }[]) {
  const directory = freshDirectory();
  const catalogue = openCatalogue(directory);
  const timing = { callMs: 1000, attemptMs: 300, probeMs: 100 };
  const all = createKafkaConnectClusters(
    clusters.map((one) => ({ environment: "e", ...one })),
    { tables: catalogue, timing },
  );
  open.push(() => {
    all.close();
    catalogue.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return createConnectService(all.find);
}

test("a cluster whose only worker hangs is unavailable at its deadline, and no other cluster waits for it", async () => {
  const sockets: Socket[] = [];
  const hung = await listening(createSocketServer((socket) => void sockets.push(socket.on("error", () => undefined))));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  const well = await listening(createServer((_, response) => void response.end("{}")));
  const connect = serviceOf({ cluster: "hung", urls: [hung] }, { cluster: "well", urls: [well] });
  const waiting = Array.from({ length: 20 }, () => connect.list({ environment: "e", cluster: "hung" }).catch((error: unknown) => error));
  const began = performance.now();
  expect(await connect.list({ environment: "e", cluster: "well" })).toEqual([]);
  expect(performance.now() - began).toBeLessThan(900);
  for (const failure of await Promise.all(waiting)) expect(failure).toMatchObject({ code: "EngineUnavailable" });
  expect(performance.now() - began).toBeLessThan(3000);
});

test("two clusters of one address are refused, and what is none of them is unknown", async () => {
  const one = { cluster: "c", urls: ["http://127.0.0.1:1"] };
  expect(() => serviceOf(one, one)).toThrow(expect.objectContaining({ code: "InvalidConnectConfig" }));
  await expect(serviceOf(one).list({ environment: "e", cluster: "other" })).rejects.toMatchObject({ code: "UnknownCluster" });
});
