import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { toErrorReply } from "../error-body.ts";
import { RequestError } from "../errors.ts";

/** Answers bytes that are not an HTTP request, and requests whose headers are too large or too slow, then hangs up. */
export function onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Once a reply has begun on this connection, anything written here would end up inside it.
  if (!socket.writable || error.code === "ECONNRESET" || (socket as Partial<Socket>).bytesWritten !== 0) {
    socket.destroy();
    return;
  }
  const { status, message } = refusal(error.code);
  const { body } = toErrorReply(new RequestError("InvalidRequest", message));
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "X-Content-Type-Options: nosniff",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}

function refusal(code: string | undefined): { readonly status: number; readonly message: string } {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, message: "The request headers are too large." };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, message: "The request headers did not arrive in time." };
    default:
      return { status: 400, message: "The request is not valid: this is not HTTP/1.1." };
  }
}
