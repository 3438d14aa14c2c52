import { ConnectorError } from "@headgate/connector-kit";
import { configFields } from "../config-fields.ts";
import { jsonFlavors, type JsonStyle } from "../values/json-style.ts";

export const jsonInputUpdates = ["insert_delete", "raw", "weighted", "debezium"] as const;
export type JsonInputUpdate = (typeof jsonInputUpdates)[number];

export interface JsonInputConfig {
  readonly update: JsonInputUpdate;
  readonly style: JsonStyle;
  readonly array: boolean;
  readonly singleLine: boolean;
}

const outputOnly = ["snowflake", "redis"];

/** Reads the configuration of the JSON input format. @throws ConnectorError `invalid_config` */
export function parseJsonInputConfig(config: unknown): JsonInputConfig {
  const fields = configFields("json", config);
  const asked = fields.text("update_format");
  if (asked !== undefined && outputOnly.includes(asked)) {
    const message = `format "json": update_format "${asked}" is not supported for input; use one of ${jsonInputUpdates.join(", ")}`;
    throw new ConnectorError("invalid_config", message);
  }
  const parsed: JsonInputConfig = {
    update: fields.choice("update_format", jsonInputUpdates, "insert_delete"),
    style: jsonFlavors.get(fields.choice("json_flavor", [...jsonFlavors.keys()], "default")) as JsonStyle,
    array: fields.flag("array", false),
    singleLine: fields.choice("lines", ["multiple", "single"], "multiple") === "single",
  };
  fields.end();
  return parsed;
}
