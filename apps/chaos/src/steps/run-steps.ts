import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Epoch } from "./epoch.ts";
import { createRandom } from "./random.ts";
import { createSmallDisk } from "./small-disk.ts";

const usage = `Usage: npm run chaos -- steps [--kills 50] [--seed N] [--keep]

Kills a pipeline's process and the server with SIGKILL while rows flow, again and again, and compares what is left with what was
acknowledged. --kills: how often. --seed: repeats a run's choices. --keep: leaves the data folder and says where it is.`;

/** Kills before a fresh pipeline is taken: its restarts take longer as it grows, and first starts want killing too. */
const killsPerEpoch = 50;
const smallDiskMegabytes = 16;

/** @throws Error when something was lost, came twice or differs from its recomputation. */
export async function runSteps(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: "string", default: "50" },
      seed: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const kills = positive("--kills", values.kills);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : positive("--seed", values.seed);
  const folder = mkdtempSync(join(tmpdir(), "headgate-chaos-"));
  console.log(`${String(kills)} kills, seed ${String(seed)}, data in ${folder}`);
  await runEpochs(folder, kills, seed, values.keep);
}

function positive(option: string, text: string): number {
  if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`${option} must be a whole number from 1, but is '${text}'.\n\n${usage}`);
  return Number(text);
}

async function runEpochs(folder: string, kills: number, seed: number, keep: boolean): Promise<void> {
  const random = createRandom(seed);
  const counts = new Map<string, number>();
  const startedAt = performance.now();
  let done = 0;
  while (done < kills) {
    const place = join(folder, `epoch-${String(Math.floor(done / killsPerEpoch) + 1)}`);
    mkdirSync(place);
    const disk = createSmallDisk(place, smallDiskMegabytes);
    if (disk === undefined) console.log("skipped: a sink on a full disk, since this process may not mount one");
    const epoch = new Epoch({
      folder: place,
      random,
      disk,
      onKill: (name) => {
        done += 1;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      },
      onChecked: (words) => {
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
        console.log(`${String(done)}/${String(kills)} kills, ${seconds} s: ${words}`);
      },
    });
    try {
      await epoch.run(Math.min(killsPerEpoch, kills - done));
    } catch (error) {
      disk?.save(join(place, "saved"));
      console.error(`Failed; the data is kept in ${place}. The server's last words:\n${epoch.log().slice(-4000)}`);
      throw error;
    } finally {
      disk?.remove();
    }
    if (!keep) rmSync(place, { recursive: true, force: true });
  }
  if (!keep) rmSync(folder, { recursive: true, force: true });
  for (const [name, count] of [...counts].sort()) console.log(`  ${name}: ${String(count)}`);
  console.log(`survived ${String(kills)} kills`);
}
