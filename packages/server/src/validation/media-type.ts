import type { IncomingMessage } from "node:http";
import type { Operation } from "../operation.ts";

/** The media type of a request without its parameters, lower case; undefined when there is none. */
export function mediaTypeOf(request: IncomingMessage): string | undefined {
  const header = request.headers["content-type"];
  if (header === undefined) return undefined;
  const semicolon = header.indexOf(";");
  return (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase();
}

/** True when the request brings a body, be it empty in the end. */
export function announcesBody(request: IncomingMessage): boolean {
  const { headers } = request;
  if (headers["transfer-encoding"] !== undefined) return true;
  const length = headers["content-length"];
  return length !== undefined && length !== "0";
}

/** Whether the operation's request body takes this media type. */
export function acceptsMediaType(operation: Operation, given: string | undefined): boolean {
  if (operation.mediaTypes.includes("*/*")) return true;
  if (given === undefined) return !operation.bodyRequired;
  return operation.mediaTypes.some((type) => type === given || (type.endsWith("/*") && given.startsWith(type.slice(0, -1))));
}
