/**
 * Suites that hold any server to the contract. They know the contract and the client, and of the server only its address:
 * a runner gives them `test`, assertions and a target, and asks at the end for violations and coverage.
 */
export { suites } from "./all-suites.ts";
export type { Coverage } from "./coverage.ts";
export { reportCoverage, type CoverageReport } from "./coverage-report.ts";
export type { ClusterKind } from "./beds/connect-bed.ts";
export { exceptions, type Capability, type Exception } from "./exceptions.ts";
export type { Assert, Faults, Suite, SuiteKit, Target } from "./kit/suite-kit.ts";
export { createRecorder, type Recorder } from "./recording-fetch.ts";
export { describeViolations, type Violation } from "./violation.ts";
