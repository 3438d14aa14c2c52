import { ConnectorError, type ConnectorRegistry } from "@headgate/connector-kit";
import type { Row } from "@headgate/engine";
import { ManualSource } from "./manual-source.ts";
import { testEncoder, TestSink } from "./test-sink.ts";

const parseConfig = (config: unknown): unknown => {
  const unknown = Object.keys(config as object).filter((key) => key !== "path" && key !== "array");
  if (unknown.length > 0) throw new ConnectorError("invalid_config", `unknown field '${unknown.join()}'`);
  return config;
};

/** One transport of each kind and one line format, with configurations that know the fields `path` and `array`. */
export const testRegistry: ConnectorRegistry = {
  inputTransports: new Map([
    ["bytes_input", { name: "bytes_input", format: "required", parseConfig, create: () => new ManualSource() }],
    ["rows_input", { name: "rows_input", format: "none", parseConfig, create: () => new ManualSource() }],
  ]),
  outputTransports: new Map([
    ["bytes_output", { name: "bytes_output", format: "required", parseConfig, create: () => new TestSink() }],
    ["count_output", { name: "count_output", format: "optional", parseConfig, create: () => new TestSink() }],
  ]),
  inputFormats: new Map([["json", { name: "json", parseConfig, createParser: createLineParser }]]),
  outputFormats: new Map([["json", { name: "json", parseConfig, createEncoder: () => testEncoder }]]),
};

/** Reads one JSON array a line as a row; anything else is a bad record. */
function createLineParser() {
  let rest = "";
  let eventNumber = 0;
  const read = (lines: readonly string[], bytes: number) => {
    const rows: Row[] = [];
    const errors: {
      description: string;
      eventNumber: number;
      field: undefined;
      invalidText: string;
      invalidBytes: undefined;
      suggestion: undefined;
      tag: undefined;
    }[] = [];
    for (const line of lines) {
      if (line === "") continue;
      eventNumber += 1;
      try {
        rows.push(JSON.parse(line) as Row);
      } catch {
        errors.push({
          description: "not a JSON array",
          eventNumber,
          field: undefined,
          invalidText: line,
          invalidBytes: undefined,
          suggestion: undefined,
          tag: undefined,
        });
      }
    }
    return [{ batch: { rows, ops: undefined }, bytes, errors }];
  };
  return {
    push(bytes: Uint8Array) {
      const lines = (rest + Buffer.from(bytes).toString()).split("\n");
      rest = lines.pop() ?? "";
      return read(lines, bytes.length);
    },
    finish() {
      const last = rest;
      rest = "";
      return read([last], 0);
    },
  };
}
