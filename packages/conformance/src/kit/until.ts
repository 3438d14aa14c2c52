import { setTimeout as sleep } from "node:timers/promises";

/** Asks until the answer is something else than undefined; fails past the deadline, saying what did not happen. */
export async function until<Answer>(what: string, ask: () => Promise<Answer | undefined>, timeoutMs = 15_000): Promise<Answer> {
  const end = performance.now() + timeoutMs;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 200)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`${what}: this did not happen within ${timeoutMs} ms.`);
    await sleep(pause);
  }
}
