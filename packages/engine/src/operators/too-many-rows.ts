import { EvaluationError } from "../expression/evaluation-error.ts";

/** The fault of a scalar subquery with more than one row, in DuckDB's words. */
export function tooManyRows(): EvaluationError {
  return new EvaluationError(
    "More than one row returned by a subquery used as an expression - scalar subqueries can only return a single row.",
  );
}
