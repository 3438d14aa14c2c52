import type { ScalarFunction } from "../types.ts";
import { age } from "./age.ts";
import { dateDiff } from "./date-diff.ts";
import { dateTrunc } from "./date-trunc.ts";
import { epochFunctions } from "./epoch.ts";
import { makeFunctions } from "./make.ts";
import { partFunctionTable } from "./part-functions.ts";
import { strftime } from "./strftime.ts";
import { timeBucket } from "./time-bucket.ts";

/** Functions of dates, times, timestamps and intervals. */
export const temporalFunctions: readonly ScalarFunction[] = [
  ...partFunctionTable,
  dateTrunc,
  ...epochFunctions,
  dateDiff,
  ...makeFunctions,
  strftime,
  timeBucket,
  age,
];
