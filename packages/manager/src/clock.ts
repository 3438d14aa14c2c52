/** Tells the present as RFC 3339 with microseconds and Z; every answer is later than the one before. */
export type Clock = () => string;

const microsPerMilli = 1000;

/** A clock over the machine's time, which never repeats nor goes back while the process lives. */
export function createClock(nowMillis: () => number = Date.now): Clock {
  let last = 0;
  return () => {
    const wall = Math.floor(nowMillis() * microsPerMilli) + (Number(process.hrtime.bigint() / 1000n) % microsPerMilli);
    last = Math.max(last + 1, wall);
    const millis = Math.floor(last / microsPerMilli);
    const micros = String(last % microsPerMilli).padStart(3, "0");
    return `${new Date(millis).toISOString().slice(0, -1)}${micros}Z`;
  };
}
