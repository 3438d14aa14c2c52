/** How values without a JSON form of their own are written in JSON. */
export interface JsonStyle {
  readonly date: "text" | "days";
  readonly time: "text" | "millis" | "micros";
  readonly timestamp: "text" | "rfc3339" | "millis";
  readonly binary: "array" | "hex";
  /** VARIANT as JSON inside the record, or as a string that holds JSON text. */
  readonly variant: "inline" | "text";
}

export const defaultJsonStyle: JsonStyle = {
  date: "text",
  time: "text",
  timestamp: "text",
  binary: "array",
  variant: "inline",
};

/** The values of `json_flavor` that are supported, and what each means. */
export const jsonFlavors: ReadonlyMap<string, JsonStyle> = new Map<string, JsonStyle>([
  ["default", defaultJsonStyle],
  ["datagen", { ...defaultJsonStyle, timestamp: "rfc3339" }],
  ["debezium_mysql", { ...defaultJsonStyle, date: "days", time: "micros", timestamp: "rfc3339", variant: "text" }],
  ["debezium_postgres", { ...defaultJsonStyle, date: "days", time: "micros", timestamp: "millis", variant: "text" }],
  ["kafka_connect_json_converter", { ...defaultJsonStyle, date: "days", time: "millis", timestamp: "millis", variant: "text" }],
  ["pandas", { ...defaultJsonStyle, timestamp: "millis", variant: "text" }],
  ["snowflake", { ...defaultJsonStyle, timestamp: "rfc3339", variant: "text" }],
  ["c_hex", { ...defaultJsonStyle, binary: "hex" }],
]);
