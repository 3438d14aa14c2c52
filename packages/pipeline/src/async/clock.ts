import { systemClock as connectorClock, type Clock as ConnectorClock } from "@headgate/connector-kit";

/** Time as this package sees it, so that tests can hold it: that of connectors, but counted from the epoch. */
export interface Clock extends ConnectorClock {
  /** Milliseconds since the epoch, with fractions. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: connectorClock.sleep,
};

/** RFC 3339 with microseconds and Z. */
export function timestamp(milliseconds: number): string {
  const micros = Math.floor(milliseconds * 1000);
  const fraction = String(((micros % 1000) + 1000) % 1000).padStart(3, "0");
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${fraction}Z`;
}
