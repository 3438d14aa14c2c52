/** The pipeline's log: one line per entry, `<time> <LEVEL> <message>`; the control plane captures it. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Writes lines; `scrub` removes secret values first (Law 7). */
export function createLog(write: (line: string) => void, scrub: (text: string) => string): Log {
  const at = (level: string) => (message: string) => {
    write(`${new Date().toISOString()} ${level} ${scrub(message).replaceAll("\n", "\n  ")}\n`);
  };
  return { info: at("INFO "), warn: at("WARN "), error: at("ERROR") };
}
