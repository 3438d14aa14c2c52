const pad = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, "0"));
const dayMicros = 86_400_000_000n;

/** The last day that was written: rows of a stream are mostly of one. */
const recent = { days: Number.NaN, text: "" };

/** Writes days since 1970-01-01 as YYYY-MM-DD; years past four digits carry a sign. */
export function formatDate(days: number): string {
  if (days !== recent.days) {
    recent.text = dateText(days);
    recent.days = days;
  }
  return recent.text;
}

function dateText(days: number): string {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${formatYear(year)}-${pad[month]}-${pad[day]}`;
}

function formatYear(year: number): string {
  if (year >= 1000 && year <= 9999) return String(year);
  const text = String(Math.abs(year)).padStart(4, "0");
  return year < 0 ? `-${text}` : year > 9999 ? `+${text}` : text;
}

/** Microseconds since midnight as HH:MM:SS, with 3 or 6 digits of fraction when there is one. */
function formatMicrosOfDay(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const fraction = micros - seconds * 1e6;
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor((seconds - hour * 3600) / 60);
  const text = `${pad[hour]}:${pad[minute]}:${pad[seconds - hour * 3600 - minute * 60]}`;
  if (fraction === 0) return text;
  if (fraction % 1000 === 0) return `${text}.${String(fraction / 1000).padStart(3, "0")}`;
  return `${text}.${String(fraction).padStart(6, "0")}`;
}

/** Writes a TIME as HH:MM:SS[.fff[fff]]. */
export function formatTime(micros: bigint): string {
  return formatMicrosOfDay(Number(micros));
}

/** Writes a TIMESTAMP as YYYY-MM-DD HH:MM:SS[.fff[fff]]; `separator` stands between date and time. */
export function formatTimestamp(micros: bigint, separator = " "): string {
  const near = Number(micros);
  if (Number.isSafeInteger(near)) {
    const days = Math.floor(near / 86_400e6);
    return formatDate(days) + separator + formatMicrosOfDay(near - days * 86_400e6);
  }
  const rest = ((micros % dayMicros) + dayMicros) % dayMicros;
  return formatDate(Number((micros - rest) / dayMicros)) + separator + formatMicrosOfDay(Number(rest));
}
