const contentTypes = ["text/plain", "application/json", "application/vnd.apache.parquet", "application/octet-stream"] as const;

/** The content type of a query's result, without parameters: clients compare it to the bare type. Others count as bytes. */
export function parseQueryContentType(given: string): (typeof contentTypes)[number] {
  const bare = given.split(";", 1)[0]?.trim();
  return contentTypes.find((type) => type === bare) ?? "application/octet-stream";
}
