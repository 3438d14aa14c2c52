const dayMs = 86_400_000;

/** Milliseconds since 1970 of an RFC 3339 time ("2024-08-28T00:00:00Z"; a missing zone is UTC), or undefined. */
export function parseTimestampMs(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(text);
  if (match === null) return undefined;
  const [, date = "", time = "00:00:00", zone = "Z"] = match;
  if (parseDateDays(date) === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Days since 1970 of "YYYY-MM-DD", or undefined; there is no 30 February. */
export function parseDateDays(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text)) return undefined;
  return ms / dayMs;
}

/** Milliseconds since midnight of "HH:MM:SS" (fractions allowed), or undefined. "24:00:00" can end a range. */
export function parseTimeMs(text: string): number | undefined {
  const match = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds = "0", fraction = "0"] = match;
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
  return Number(minutes) < 60 && Number(seconds) < 60 && ms <= dayMs ? ms : undefined;
}
