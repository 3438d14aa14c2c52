import { crashPoints, type CrashPoint } from "@headgate/pipeline";
import type { Random } from "./random.ts";

/** Who dies, and when. */
export type Kill =
  | { readonly victim: "pipeline" | "server" | "both"; readonly afterMs: number; readonly starting: boolean }
  | { readonly victim: "point"; readonly point: CrashPoint; readonly times: number };

/** How often a process comes to a point within a second or so, where that is rare. */
const rare: Partial<Record<CrashPoint, number>> = {
  "journal.rotated": 2,
  "outbox.written": 2,
  "outbox.synced": 2,
  "commit.begun": 4,
  "commit.running": 4,
  "commit.done": 4,
  "checkpoint.begun": 2,
  "checkpoint.done": 2,
  "recovery.begun": 1,
  "recovery.replayed": 4,
  "recovery.done": 1,
  "reset.requested": 2,
  "reset.begun": 2,
  "reset.sending": 2,
  "reset.committed": 2,
};
const often = 30;

export function chooseKill(random: Random): Kill {
  const dice = random.below(100);
  if (dice < 50) {
    const point = random.pick(crashPoints);
    return { victim: "point", point, times: 1 + random.below(rare[point] ?? often) };
  }
  const victim = dice < 82 ? "pipeline" : dice < 94 ? "server" : "both";
  const starting = random.below(3) === 0;
  return { victim, afterMs: random.below(starting ? 400 : 500), starting };
}

export const nameOf = (kill: Kill): string => {
  if (kill.victim === "point") return kill.point;
  return `${kill.victim}, ${kill.starting ? "while it starts" : "while it runs"}`;
};
