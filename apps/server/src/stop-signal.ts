/** Calls `stop` on the first SIGINT or SIGTERM and resolves when it has ended; a second signal ends the process at once. */
export function onStopSignal(stop: (signal: NodeJS.Signals) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const handle = (signal: NodeJS.Signals): void => {
      if (stopping) process.exit(130);
      stopping = true;
      stop(signal).then(resolve, reject);
    };
    process.on("SIGINT", handle);
    process.on("SIGTERM", handle);
  });
}
