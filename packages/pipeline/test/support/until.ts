import { setTimeout as delay } from "node:timers/promises";

/** Waits until a condition holds; fails with its name after a deadline. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, milliseconds = 10_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within ${String(milliseconds)} ms: ${what}`);
    await delay(1);
  }
}

/** A door that a test opens. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
