import { expect, test } from "@jest/globals";
import { connectorId, freeConnectorId } from "../../../src/connect/core/connector-id.ts";

test("an id is the same for the same connector and another for its next life", () => {
  expect(connectorId(["env/cluster", "orders", "1"])).toBe(connectorId(["env/cluster", "orders", "1"]));
  expect(connectorId(["env/cluster", "orders", "1"])).not.toBe(connectorId(["env/cluster", "orders", "2"]));
  expect(connectorId(["env/cluster", "orders", "1"])).toMatch(/^lcc-[a-z2-7]{6}$/);
});

test("names that run into each other have ids of their own", () => {
  expect(connectorId(["a", "bc"])).not.toBe(connectorId(["ab", "c"]));
});

test("an id that is in use is passed over", () => {
  const first = connectorId(["x"]);
  const second = freeConnectorId(["x"], (id) => id === first);
  expect(second).not.toBe(first);
  expect(freeConnectorId(["x"], (id) => id === first)).toBe(second);
});
