/**
 * An RFC 3339 date-time as nanoseconds since the epoch, decimal digits. It must be valid and not before 1970.
 * Date keeps milliseconds only, so the fraction is taken from the text.
 */
export function nanosOf(time: string): string {
  const seconds = Math.floor(Date.parse(time) / 1000);
  const from = time.indexOf(".") + 1;
  let end = from;
  if (from > 0) while (end < time.length && isDigit(time.charCodeAt(end))) end += 1;
  const nanos = time.slice(from, end).padEnd(9, "0");
  return seconds === 0 ? String(Number(nanos)) : `${seconds}${nanos}`;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Of an RFC 3339 date-time, since the epoch: cut, not rounded. */
export const millisOf = (time: string): number => Math.floor(Date.parse(time));
