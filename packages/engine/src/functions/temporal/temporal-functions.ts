import type { ScalarFunction } from "../types.ts";
import { dateTrunc } from "./date-trunc.ts";
import { epochFunctions } from "./epoch.ts";
import { partFunctionTable } from "./part-functions.ts";

/** Functions of dates, times, timestamps and intervals. */
export const temporalFunctions: readonly ScalarFunction[] = [...partFunctionTable, dateTrunc, ...epochFunctions];
