"use client";

import { useClock } from "#components/clock.tsx";
import { formatAge, formatTime } from "#components/format.ts";

/** A moment, absolute and relative: `12:04:09.123 · 3 min ago`. `at` is ISO 8601. */
export function Time({ at, age = true, precise = true }: { at: string; age?: boolean; precise?: boolean }) {
  const { nowMs, zone } = useClock();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={at} style={{ whiteSpace: "nowrap" }}>
      {formatTime(ms, zone, { nowMs, precise })}
      {age && <span className="faint"> · {formatAge(ms, nowMs)}</span>}
    </time>
  );
}

/** Only how long ago; the absolute time on hover. */
export function Age({ at }: { at: string }) {
  const { nowMs } = useClock();
  return (
    <time dateTime={at} title={at} style={{ whiteSpace: "nowrap" }}>
      {formatAge(Date.parse(at), nowMs)}
    </time>
  );
}
