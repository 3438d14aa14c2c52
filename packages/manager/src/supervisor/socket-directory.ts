import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** Room for a socket's path in the kernel's address structure is 104 bytes on macOS and 108 on Linux, end mark included. */
const longestPath = 103;
const fileNameLength = "/0123456789abcdef.sock".length;

/** Makes an empty directory for sockets, private to this user, with a path short enough for socket addresses. */
export function makeSocketDirectory(dataDirectory: string): string {
  const beside = resolve(dataDirectory, "sockets");
  const directory = Buffer.byteLength(beside) + fileNameLength <= longestPath ? beside : shortDirectory(dataDirectory);
  // The catalogue's lock makes us the only server here, so whatever is left belongs to nobody.
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

function shortDirectory(dataDirectory: string): string {
  const hash = createHash("sha256")
    .update(`${String(userInfo().uid)}:${resolve(dataDirectory)}`)
    .digest("hex")
    .slice(0, 16);
  return join(tmpdir(), `headgate-${hash}`);
}

/** A socket path for one incarnation. */
export function socketPathFor(directory: string, incarnation: string): string {
  return join(directory, `${incarnation.replaceAll("-", "").slice(0, 16)}.sock`);
}
