import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readConnectClusters } from "../src/connect-clusters.ts";
import { UsageError } from "../src/usage-error.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "headgate-clusters-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});
const written = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

test("clusters come from a file in YAML or JSON, with the certificate that stands beside it, and from flags", () => {
  written("ca.pem", "-----BEGIN CERTIFICATE-----");
  const yaml = written(
    "clusters.yaml",
    "clusters:\n  - environment: prod\n    cluster: lkc-1\n    urls: [https://a:8083]\n    ca_file: ca.pem\n",
  );
  expect(readConnectClusters({ connectConfig: yaml, connectCluster: ["dev/lkc-2=http://b:8083,http://c:8083"] })).toEqual([
    { environment: "prod", cluster: "lkc-1", urls: ["https://a:8083/"], ca: "-----BEGIN CERTIFICATE-----" },
    { environment: "dev", cluster: "lkc-2", urls: ["http://b:8083/", "http://c:8083/"] },
  ]);
  const json = written("clusters.json", JSON.stringify({ clusters: [{ environment: "e", cluster: "c", urls: ["http://a"] }] }));
  expect(readConnectClusters({ connectConfig: json, connectCluster: [] })).toHaveLength(1);
});

test("what cannot be read, is wrong, or is given twice is one clear sentence", () => {
  const read = (connectConfig: string | undefined, ...connectCluster: readonly string[]) =>
    expect(() => readConnectClusters({ connectConfig, connectCluster }));
  read(join(directory, "none.yaml")).toThrow(UsageError);
  read(written("broken.yaml", "clusters: [")).toThrow(UsageError);
  read(undefined, "nonsense").toThrow(/environment\/cluster=http/);
  read(undefined, "a/b=http://x", "a/b=http://y").toThrow(/a\/b is given twice/);
});
