import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { feed, nothingSent, type Sent } from "./feeds.ts";
import { chooseKill, nameOf, type Kill } from "./kills.ts";
import { startPagesServer, type PagesServer } from "./pages-server.ts";
import { chaosPipeline, filesIn, type Files } from "./program.ts";
import type { Random } from "./random.ts";
import type { SmallDisk } from "./small-disk.ts";
import { Subject } from "./subject.ts";
import { verifyFiles } from "./verify-files.ts";
import { verifySources, verifyTables } from "./verify-tables.ts";

/** What an epoch is run with. */
export interface EpochOptions {
  /** An empty folder of its own. */
  readonly folder: string;
  readonly random: Random;
  /** A disk that one sink writes to. */
  readonly disk: SmallDisk | undefined;
  /** Told of each kill, and of each comparison that found nothing. */
  readonly onKill: (name: string) => void;
  readonly onChecked: (words: string) => void;
}

const killsBetweenChecks = 10;
/** A process that runs so long without coming to its point is killed where it is. */
const pointMs = 2000;

/** A pipeline's life from its creation on, with kills, until everything that it was given is compared. */
export class Epoch {
  readonly #options: EpochOptions;
  readonly #sent: Sent = nothingSent();
  readonly #files: Files;
  readonly #subject: Subject;

  constructor(options: EpochOptions) {
    this.#options = options;
    this.#files = filesIn(options.folder, options.disk?.path);
    const dataDir = join(options.folder, "data");
    mkdirSync(dataDir);
    writeFileSync(this.#files.source, "");
    this.#subject = new Subject(dataDir, options.random);
  }

  log(): string {
    return this.#subject.log();
  }

  /** @throws Error when something was lost, came twice or differs from its recomputation */
  async run(kills: number): Promise<void> {
    const { random } = this.#options;
    const pages = await startPagesServer(random);
    try {
      const { client } = await this.#subject.server();
      await client.pipelines.create(chaosPipeline(this.#files, pages.url));
      for (let i = 1; i <= kills; i++) {
        await this.#round(chooseKill(random));
        if (i % killsBetweenChecks === 0 && i < kills) await this.#check(undefined);
      }
      await this.#check(pages);
    } finally {
      pages.close();
      await this.#subject.stop();
    }
  }

  async #round(kill: Kill): Promise<void> {
    const { disk, onKill, random } = this.#options;
    const begun = kill.victim === "point" || kill.starting;
    const point = kill.victim === "point" ? `${kill.point}:${String(kill.times)}` : undefined;
    const { client } = begun ? await this.#subject.started(point) : await this.#subject.running();
    const stop = new AbortController();
    const feeding = feed({ client, sourceFile: this.#files.source, disk, sent: this.#sent, random }, stop.signal);
    try {
      onKill((await this.#kill(kill)) ? nameOf(kill) : `${nameOf(kill)}, not reached in time`);
    } finally {
      stop.abort();
      await feeding;
    }
  }

  /** False when the process was killed elsewhere than was meant. */
  async #kill(kill: Kill): Promise<boolean> {
    const { random } = this.#options;
    const server = await this.#subject.server();
    if (kill.victim === "point") {
      await this.#subject.up();
      const reached = await this.#subject.died(pointMs);
      if (random.below(8) === 0) {
        server.killPipeline();
        await this.#subject.killServer();
      } else await this.#subject.killPipeline();
      return reached;
    }
    await sleep(kill.afterMs);
    if (kill.victim === "pipeline") await this.#subject.killPipeline();
    else {
      if (kill.victim === "both") server.killPipeline();
      await this.#subject.killServer();
    }
    return true;
  }

  /** `pages` at the end: what is left of all sources comes first. */
  async #check(pages: PagesServer | undefined): Promise<void> {
    const { disk, onChecked } = this.#options;
    disk?.free();
    pages?.hurry();
    const { client } = await this.#subject.running();
    await verifyTables(client, this.#sent);
    if (pages !== undefined) await verifySources(client);
    await verifyFiles(client, this.#files);
    onChecked(`${String(this.#sent.entries.size)} entries, ${String(this.#sent.lines)} lines: nothing lost, nothing twice`);
  }
}
