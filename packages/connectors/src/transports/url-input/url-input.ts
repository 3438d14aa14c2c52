import {
  abortable,
  configError,
  expected,
  integer,
  object,
  parseConfig,
  systemClock,
  withDefault,
  type Check,
  type Checked,
  type Clock,
  type InputChunk,
  type InputPosition,
  type InputTransport,
  type InputTransportDefinition,
} from "@headgate/connector-kit";
import { Download, type DownloadPorts, type DownloadPosition } from "./download.ts";

const httpUrl: Check<string> = (value, path) => {
  const url = typeof value === "string" ? URL.parse(value) : null;
  // The value is not shown: signed addresses and passwords stand in URLs.
  if (url === null) throw expected(path, "an http: or https: URL", value, { hidden: true });
  if (url.protocol === "file:") throw configError(path, "is a file: URL, which url_input does not read; use file_input with a path");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw configError(path, `must be an http: or https: URL, but its scheme is ${JSON.stringify(url.protocol)}`);
  }
  return url.href;
};

const check = object({ path: httpUrl, pause_timeout: withDefault(integer({ min: 0 }), 60) });
type UrlInputConfig = Checked<typeof check>;

/** A pause of 0 s would drop the connection between any two reads. */
const minPauseMs = 100;

export interface UrlInputPorts extends DownloadPorts {
  readonly clock: Clock;
}

/** Makes the `url_input` definition: GETs a URL once and ends with it. */
export function createUrlInput(
  ports: UrlInputPorts = { fetch: globalThis.fetch, clock: systemClock },
): InputTransportDefinition<UrlInputConfig> {
  return {
    name: "url_input",
    format: "required",
    parseConfig: (config) => parseConfig("url_input", check, config),
    create: (config, { resumeAt }) => new UrlInput(config, ports, resumeAt as DownloadPosition | undefined),
  };
}

interface Pull {
  readonly piece: Promise<Uint8Array | undefined>;
  settled: boolean;
}

/**
 * Connects with the first read, so a connector that is never started makes no request. When it is not read for
 * `pause_timeout` seconds it lets the connection go, and later goes on where it stopped.
 */
class UrlInput implements InputTransport {
  readonly #download: Download;
  readonly #clock: Clock;
  readonly #pauseMs: number;
  /** The next piece, which outlives an aborted read. */
  #pull: Pull | undefined;
  #idle: AbortController | undefined;

  constructor(config: UrlInputConfig, ports: UrlInputPorts, resumeAt: DownloadPosition | undefined) {
    this.#download = new Download(config.path, ports, resumeAt);
    this.#clock = ports.clock;
    this.#pauseMs = Math.max(config.pause_timeout * 1000, minPauseMs);
  }

  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
  }

  async read(signal: AbortSignal): Promise<InputChunk | undefined> {
    signal.throwIfAborted();
    this.#idle?.abort();
    const pull = (this.#pull ??= this.#startPull());
    try {
      const bytes = await abortable(pull.piece, signal);
      this.#pull = undefined;
      if (bytes === undefined) return undefined;
      this.#download.taken(bytes);
      this.#startIdling();
      return { kind: "bytes", bytes };
    } catch (error) {
      if (signal.aborted) this.#startIdling();
      else this.#pull = undefined;
      throw error;
    }
  }

  position(held: number): InputPosition | undefined {
    return this.#download.position(held);
  }

  async close(): Promise<void> {
    this.#idle?.abort();
    this.#pull = undefined;
    await this.#download.disconnect();
  }

  #startPull(): Pull {
    const pull: Pull = { piece: this.#download.next(), settled: false };
    const settle = (): void => void (pull.settled = true);
    pull.piece.then(settle, settle);
    return pull;
  }

  #startIdling(): void {
    const idle = new AbortController();
    this.#idle = idle;
    this.#clock.sleep(this.#pauseMs, idle.signal).then(
      () => this.#letGo(),
      () => undefined,
    );
  }

  /** A piece that has arrived stays for the next read; one under way is asked for again later. */
  #letGo(): void {
    if (this.#pull?.settled === false) this.#pull = undefined;
    void this.#download.disconnect();
  }
}

/**
 * Reads a URL: `{"path", "pause_timeout"?}`. After a restart it goes on behind what was read, if the server still tells the same version of the
 * content (ETag, length, date); content that changed is refused.
 */
export const urlInput: InputTransportDefinition<UrlInputConfig> = createUrlInput();
