import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createRouter } from "../../src/http/router.ts";

const paths = ["/a", "/a/{x}", "/a/{x}/stats", "/a/{x}/{action}", "/a/lit/c", "/{p}/b/{q}/d", "/a/{x}/y/z"];
const route = createRouter(paths.map((path) => ({ method: "GET", path })));
const found = (path: string): unknown => {
  const match = route(path);
  return match === undefined ? undefined : [match.endpoint.routes.get("GET")?.path, ...match.values];
};

test.each([
  ["/a", ["/a"]],
  ["/a/lit", ["/a/{x}", "lit"]],
  ["/a/lit/c", ["/a/lit/c"]],
  ["/a/lit/stats", ["/a/{x}/stats", "lit"]],
  ["/a/lit/y/z", ["/a/{x}/y/z", "lit"]],
  ["/a/b/q/d", ["/{p}/b/{q}/d", "a", "q"]],
  ["/a/%2F%22/start", ["/a/{x}/{action}", '/"', "start"]],
  ["/a/%zz", undefined],
  ["/a/", undefined],
  ["/a//stats", undefined],
  ["a", undefined],
  ["", undefined],
])("%s leads to %j", (path, expected) => {
  expect(found(path)).toEqual(expected);
});

test("the router finds just what trying every template finds", () => {
  const matches = (template: string, path: string): boolean => {
    const [t, p] = [template.split("/"), path.split("/")];
    return t.length === p.length && t.every((segment, i) => (segment.startsWith("{") ? p[i] !== "" : segment === p[i]));
  };
  const segments = fc.array(fc.constantFrom("a", "b", "lit", "stats", "c", "d", "y", "z", "", "%41"), { maxLength: 5 });
  fc.assert(
    fc.property(segments, (parts) => {
      const path = `/${parts.join("/")}`;
      expect(route(path) !== undefined).toBe(paths.some((template) => matches(template, path)));
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test("two operations on one method and path do not start", () => {
  expect(() =>
    createRouter([
      { method: "GET", path: "/{a}" },
      { method: "GET", path: "/{b}" },
    ]),
  ).toThrow("Two operations answer GET /{b}");
});
