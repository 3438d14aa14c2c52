/** A fault of a query on its data: overflow, a failing cast. The step cannot be done. */
export class EvaluationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EvaluationError";
  }
}
