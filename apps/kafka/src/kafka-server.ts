import { JavaProcess, type JavaProgram } from "./java-process.ts";
import { waitUntil } from "./wait-until.ts";

/** How a server is started, and how one knows that it is up. */
export interface Launch {
  /** For the error when it does not come up. */
  readonly what: string;
  readonly program: JavaProgram;
  readonly isServing: () => Promise<true | undefined>;
  /** Milliseconds it may take. */
  readonly within: number;
  readonly signal: AbortSignal | undefined;
}

/** A Java server that can be hung, stopped, killed, and started again on its data. */
export abstract class KafkaServer {
  #process: JavaProcess | undefined;

  /** Writes what the server reads at its start. */
  protected abstract prepare(): Promise<Launch>;

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  /** Starts it, on the data of earlier starts, and waits until it serves. */
  async start(): Promise<void> {
    const { what, program, isServing, within, signal } = await this.prepare();
    const process = new JavaProcess(program);
    this.#process = process;
    const hopeless = (): boolean => process.ended;
    const explain = (): string => process.tail();
    await waitUntil(what, isServing, { within, hopeless, explain, signal });
  }
  async stop(): Promise<void> {
    await this.#process?.stop();
  }
  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
  /** Keeps its connections, and answers nothing until it is resumed. */
  suspend(): void {
    this.#process?.suspend();
  }
  resume(): void {
    this.#process?.resume();
  }
  tail(): string {
    return this.#process?.tail() ?? "";
  }
}
