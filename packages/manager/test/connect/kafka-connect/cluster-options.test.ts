import { expect, test } from "@jest/globals";
import { parseConnectCluster, parseConnectClusters } from "../../../src/connect/kafka-connect/cluster-options.ts";

const sources = {
  env: { CONNECT_PASSWORD: "hunter2" },
  readFile: (path: string): string => {
    if (path === "ca.pem") return "PEM";
    throw new Error(`ENOENT: ${path}`);
  },
};
const parse = (...clusters: readonly unknown[]) => parseConnectClusters({ clusters }, sources);
const least = { environment: "env-1", cluster: "lkc-1", urls: ["http://a:8083"] } as const;

test("a cluster needs an address and URLs, and takes credentials, certificates, names and what is read back", () => {
  expect(parse(least)).toEqual([{ ...least, urls: ["http://a:8083/"] }]);
  const full = {
    ...least,
    urls: ["https://a:8083/base", " https://b "],
    username: "me",
    password_env: "CONNECT_PASSWORD",
    ca_file: "ca.pem",
    classes: { Shop: "org.Shop" },
    read_back: { "cloud.provider": "aws" },
  };
  expect(parse(full)).toEqual([
    {
      environment: "env-1",
      cluster: "lkc-1",
      urls: ["https://a:8083/base", "https://b/"],
      username: "me",
      password: "hunter2",
      ca: "PEM",
      classes: { Shop: "org.Shop" },
      readBack: { "cloud.provider": "aws" },
    },
  ]);
});

test.each<[string, unknown, RegExp]>([
  ["no list", "x", /"clusters" must be a list of clusters/],
  ["no object", ["x"], /"clusters\[0\]" must be an object/],
  ["an unknown field", [{ ...least, url: "http://a" }], /"clusters\[0\]\.url" is unknown; the fields are environment, cluster, urls/],
  ["no environment", [{ ...least, environment: undefined }], /environment" must be 1 to 255 letters.*is missing/],
  ["the environment of the pipelines", [{ ...least, environment: "default" }], /must not be 'default'/],
  ["a name that no URL carries", [{ ...least, cluster: "a/b" }], /cluster" must be .*but is "a\/b"/],
  ["no URLs", [{ ...least, urls: [] }], /urls" must be a list of URLs/],
  ["an address that is no URL", [{ ...least, urls: ["a:8083"] }], /urls\[0\]" must be an http or https URL/],
  ["credentials in a URL", [{ ...least, urls: ["http://me:hunter2@a"] }], /holds credentials/],
  ["a variable that is not set", [{ ...least, password_env: "NOPE" }], /NOPE is not set/],
  ["two passwords", [{ ...least, password: "x", password_env: "CONNECT_PASSWORD" }], /a password is given too/],
  ["a password that is no text", [{ ...least, password: 12345 }], /password" must be a non-empty string, but is "number"/],
  ["a certificate that is not there", [{ ...least, ca_file: "no.pem" }], /ca_file" cannot be read: ENOENT/],
  ["classes that are no names", [{ ...least, classes: { a: 1 } }], /classes" must be an object of strings/],
  ["one address twice", [least, least], /env-1\/lkc-1 is given twice/],
])("%s is refused in words", (_, clusters, message) => {
  const attempt = (): unknown => parseConnectClusters({ clusters }, sources);
  expect(attempt).toThrow(expect.objectContaining({ code: "InvalidConnectConfig", message: expect.stringMatching(message) }));
  expect(attempt).not.toThrow(/hunter2|12345/);
});

test("the short form is an address and its URLs", () => {
  expect(parseConnectCluster("dev/lkc-2=http://b:8083,http://c:8083")).toEqual({
    environment: "dev",
    cluster: "lkc-2",
    urls: ["http://b:8083/", "http://c:8083/"],
  });
  for (const wrong of ["dev=http://b", "dev/lkc-2", "a/b=", "a/b=ftp://x", "default/x=http://b"]) {
    expect(() => parseConnectCluster(wrong)).toThrow(expect.objectContaining({ code: "InvalidConnectConfig" }));
  }
});
