import { watch, type FSWatcher } from "node:fs";
import type { Clock } from "@headgate/connector-kit";

/**
 * Tells when a file may have changed. The system's notifications only make it quicker: they can be missing (network file
 * systems, too many watchers) and they follow the file rather than its path, so waiting also ends after `pollMs`.
 */
export class FileWatch {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #pollMs: number;
  #watcher: FSWatcher | undefined;
  #version = 0;
  #wake: (() => void) | undefined;

  constructor(path: string, ports: { readonly clock: Clock; readonly pollMs: number }) {
    this.#path = path;
    this.#clock = ports.clock;
    this.#pollMs = ports.pollMs;
  }

  /** Rises with every notification. Read it before looking at the file, and nothing that happens in between is missed. */
  get version(): number {
    return this.#version;
  }

  start(): void {
    try {
      this.#watcher = watch(this.#path, { persistent: false }, () => this.#notify());
      this.#watcher.on("error", () => this.stop());
    } catch {
      // Without notifications the poll alone finds the change.
      this.#watcher = undefined;
    }
  }

  stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Watches the file that now stands at the path. */
  restart(): void {
    this.stop();
    this.start();
  }

  /** Resolves when the file may have changed since `version` was `seen`, or when it is time to look anyway. */
  async changed(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== seen) return;
    signal.throwIfAborted();
    const awake = new AbortController();
    const wake = (): void => awake.abort();
    this.#wake = wake;
    signal.addEventListener("abort", wake, { once: true });
    try {
      await this.#clock.sleep(this.#pollMs, awake.signal);
    } catch {
      signal.throwIfAborted();
    } finally {
      this.#wake = undefined;
      signal.removeEventListener("abort", wake);
    }
  }

  #notify(): void {
    this.#version += 1;
    this.#wake?.();
  }
}
