/**
 * Crash tests by name: `npm run chaos -- steps [--kills 500] [--seed 1] [--keep]`. Exit code 1 when something was lost or came twice.
 */
import { runSteps } from "./steps/run-steps.ts";

const suites: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = { steps: runSteps };

const [name = "", ...args] = process.argv.slice(2);
const suite = suites[name];
if (suite === undefined) {
  console.error(`There is no crash test '${name}'. Known ones: ${Object.keys(suites).join(", ")}.`);
  process.exitCode = 1;
} else {
  try {
    await suite(args);
  } catch (error) {
    for (let cause = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined)
      console.error(cause instanceof Error ? (cause.stack ?? cause.message) : cause);
    process.exitCode = 1;
  }
}
