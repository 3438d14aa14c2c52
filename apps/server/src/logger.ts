import { pino, type Logger } from "pino";
import pretty from "pino-pretty";
import type { ServerOptions } from "./options.ts";

/** Logs go to stderr, so that stdout stays for people: JSON lines, or readable ones on a terminal. Secrets never reach a log line (Invariant 7). */
export function createLogger(level: ServerOptions["logLevel"]): Logger {
  const options = { level, base: null, redact: ["headers.authorization", "req.headers.authorization", "apiKey", "secret"] };
  if (!process.stderr.isTTY) return pino(options, pino.destination({ dest: 2, sync: true }));
  const colorize = process.env["NO_COLOR"] === undefined || process.env["NO_COLOR"] === "";
  return pino(
    options,
    pretty({ destination: 2, sync: true, colorize, singleLine: true, translateTime: "SYS:HH:MM:ss.l", ignore: "pid,hostname" }),
  );
}
