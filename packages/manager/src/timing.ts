/** Deadlines and periods of the control plane, in ms. */
export interface Timing {
  readonly compileMs: number;
  /** The compiler process is let go when it had nothing to do for so long. */
  readonly compilerIdleMs: number;
  readonly provisioningMs: number;
  /** How long a pipeline process may take to end at a step boundary before it is killed. */
  readonly stopGraceMs: number;
  /** How long a pipeline may take to write its last checkpoint before the wish to suspend it is given up. */
  readonly suspendMs: number;
  readonly statusPollMs: number;
  readonly statusDeadlineMs: number;
  readonly callMs: number;
  /** An ad-hoc query: to its first row, which a large aggregate may take long to find. The caller ends it sooner by leaving. */
  readonly queryMs: number;
  /** Ingress: without any byte taken or answer given. */
  readonly ingressMs: number;
  readonly allMetricsMs: number;
  readonly closeMs: number;
}

/** What is used outside of tests. */
export const standardTiming: Timing = {
  compileMs: 30_000,
  compilerIdleMs: 60_000,
  provisioningMs: 60_000,
  stopGraceMs: 3000,
  suspendMs: 120_000,
  statusPollMs: 1000,
  statusDeadlineMs: 2000,
  callMs: 10_000,
  queryMs: 120_000,
  ingressMs: 30_000,
  allMetricsMs: 2000,
  closeMs: 10_000,
};
