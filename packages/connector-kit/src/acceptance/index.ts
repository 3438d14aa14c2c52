/**
 * The acceptance suites: what a connector must do, whatever it connects to. A connector's tests hand a suite a test runner's
 * hooks and a way to prepare a source or sink.
 */
export { inputSuite, contentOf, type InputSubject, type PreparedInput } from "./input-suite.ts";
export { outputSuite, type OutputSubject, type PreparedOutput } from "./output-suite.ts";
export type { BadConfig } from "./config-cases.ts";
export { choices, forSeeds, within, type Choices, type TestHooks } from "./hooks.ts";
export { ManualClock } from "./manual-clock.ts";
