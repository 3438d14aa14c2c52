import { describe, expect, test } from "@jest/globals";
import { readEgressRequest } from "../../src/http-egress/egress-request.ts";

const read = (query: string, body = "") => readEgressRequest(new URLSearchParams(query), body);

describe("an egress request", () => {
  test("is csv without back-pressure and without a snapshot by default", () => {
    expect(read("")).toMatchObject({
      format: "csv",
      backpressure: false,
      config: { send_snapshot: false, format: { name: "csv", config: {} } },
    });
  });
  test("with query parameters always gets arrays, and hands encoder options on", () => {
    expect(read("format=json&array=false&backpressure=true&send_snapshot=true&update_format=insert_delete")).toMatchObject({
      format: "json",
      backpressure: true,
      config: { send_snapshot: true, format: { name: "json", config: { array: true, update_format: "insert_delete" } } },
    });
  });
  test("with a body is configured by it", () => {
    const body = { format: { name: "json", config: { array: true } }, send_snapshot: true, max_queued_records: 5 };
    expect(read("", JSON.stringify(body))).toMatchObject({ format: "json", config: { send_snapshot: true, max_queued_records: 5 } });
  });
  const jsonBody = JSON.stringify({ format: { name: "json", config: { array: true } } });
  test.each([
    ["format=json", jsonBody, "Can't mix configuration between JSON body and query parameters"],
    ["backpressure=true", jsonBody, "Can't mix configuration between JSON body and query parameters"],
    ["", JSON.stringify({ format: { name: "json" } }), '"array": true'],
    ["", JSON.stringify({ format: { name: "avro" } }), "Format must be configured as `csv` or `json`"],
    ["", JSON.stringify({}), "Format must be configured as `csv` or `json`"],
    ["format=parquet", "", "Format must be configured as `csv` or `json`"],
    ["", JSON.stringify({ transport: { name: "file_output" }, format: { name: "csv" } }), "must be 'http_output'"],
    ["", "{oops", "not valid JSON"],
    ["", "[]", "must be a JSON object"],
    ["send_snapshot=yes", "", "'send_snapshot' must be true or false"],
    ["", JSON.stringify({ format: { name: "csv" }, max_queued_records: "many" }), "'max_queued_records' must be a whole number"],
  ])("%s %s is refused", (query, body, message) => {
    expect(() => read(query, body)).toThrow(
      expect.objectContaining({ code: "InvalidParam", message: expect.stringContaining(message) }) as unknown as Error,
    );
  });
});
