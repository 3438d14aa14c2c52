import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openCatalogue } from "../../src/catalogue/catalogue.ts";
import { migrations } from "../../src/catalogue/migrations.ts";
import { freshDirectory } from "../fixtures/world.ts";

let directory = "";
beforeEach(() => {
  directory = freshDirectory();
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test("connectors and their last requests outlive the server, and a deleted one takes its request along", () => {
  let catalogue = openCatalogue(directory);
  catalogue.saveConnectors("e/c", [{ name: "a", id: "lcc-aaaaaa", record: { createdAt: 1 } }]);
  catalogue.saveConnectors("e/c", [{ name: "b", id: "lcc-bbbbbb", record: {} }]);
  catalogue.saveConnectors("e/other", [{ name: "a", id: "lcc-cccccc", record: {} }]);
  catalogue.saveConnectors("e/c", [{ name: "a", id: "lcc-aaaaaa", record: { createdAt: 2 } }]);
  catalogue.saveOffsetsRequest("e/c", "a", { step: "look" });
  catalogue.saveOffsetsRequest("e/c", "a", { step: "stop" });
  catalogue.close();
  catalogue = openCatalogue(directory);
  expect(catalogue.connectors("e/c")).toEqual([
    { name: "a", id: "lcc-aaaaaa", record: { createdAt: 2 } },
    { name: "b", id: "lcc-bbbbbb", record: {} },
  ]);
  expect(catalogue.offsetsRequests()).toEqual([{ scope: "e/c", name: "a", record: { step: "stop" } }]);
  catalogue.deleteConnector("e/c", "a");
  expect([catalogue.isConnectorId("lcc-aaaaaa"), catalogue.isConnectorId("lcc-cccccc")]).toEqual([false, true]);
  expect(catalogue.offsetsRequest("e/c", "a")).toBeUndefined();
  catalogue.close();
});

test("a catalogue of the version before gets the tables, and keeps what it has", () => {
  const old = new DatabaseSync(join(directory, "catalogue.sqlite"));
  old.exec(`${migrations[0] ?? ""}; PRAGMA application_id = ${String(0x48444754)}; PRAGMA user_version = 1;`);
  old.exec("INSERT INTO api_keys (id, name, role, digest) VALUES ('1', 'mine', 'read', x'00')");
  old.close();
  const catalogue = openCatalogue(directory);
  expect(catalogue.keys()).toMatchObject([{ name: "mine" }]);
  expect(catalogue.connectors("e/c")).toEqual([]);
  catalogue.close();
});
