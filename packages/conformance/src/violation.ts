/** One way in which a server broke the contract. */
export interface Violation {
  readonly operation: string;
  readonly status: number;
  /** What is wrong, and where in the reply. */
  readonly message: string;
}

/** Violations as a person reads them. */
export const describeViolations = (violations: readonly Violation[]): string =>
  violations.map(({ operation, status, message }) => `${operation} → ${status}: ${message}`).join("\n");
