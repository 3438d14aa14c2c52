import { expect, test } from "@jest/globals";
import { createPluginClasses } from "../../../src/connect/core/plugin-classes.ts";

test("Cloud's names stand for Java classes both ways, and what is neither is left as it is", () => {
  const { toJava, toCloud } = createPluginClasses({ Shop: "org.shop.Source" });
  expect(toJava("DatagenSource")).toBe("io.confluent.kafka.connect.datagen.DatagenConnector");
  expect(toCloud("io.confluent.kafka.connect.datagen.DatagenConnector")).toBe("DatagenSource");
  expect([toJava("Shop"), toCloud("org.shop.Source")]).toEqual(["org.shop.Source", "Shop"]);
  expect([toJava("org.x.Y"), toCloud("org.x.Y"), toJava("constructor")]).toEqual(["org.x.Y", "org.x.Y", "constructor"]);
});
