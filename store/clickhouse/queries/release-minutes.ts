import { z } from "zod";
import { and, int64, moment, type Sql, sql, string, strings } from "#lib/sql.ts";
import type { Outcomes } from "#sagas/releases/compare-releases.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { ownVersions, type ReleasePair, sideOf } from "./release-sagas.ts";
import { startedWithin } from "./time-window.ts";

const Row = z.object({
  minute: Count,
  side: z.enum(["baseline", "canary", "mixed", "unsettled"]),
  sagas: Count,
  failed: Count,
  compensated: Count,
  slower: z.array(Count),
});

/** What the sagas of one side did that started in the same minute. */
export interface ReleaseMinute extends Outcomes {
  /** Since `sinceMs`; negative before it. From a day on it is the first of ten. */
  readonly minute: number;
  readonly side: z.infer<typeof Row>["side"];
}

export interface ReleaseSpan {
  readonly sinceMs: number;
  readonly nowMs: number;
  /** Each saga is judged by what it was this long after its start; `unsettled` are those of minutes with younger ones. */
  readonly settleMs: number;
  readonly durationsMs: readonly number[];
  /** Before the beginning, of the baseline; or since then, of both. */
  readonly part: "before" | "since";
}

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/**
 * Until when sagas have come of age, in whole minutes since the beginning, and from a day on in whole tens: a minute that is
 * compared has all its sagas, so that a later look finds it as it was.
 */
export function settledUntil({ sinceMs, nowMs, settleMs }: Omit<ReleaseSpan, "durationsMs" | "part">): number {
  const elapsedMs = nowMs - settleMs - sinceMs;
  const wholeMs = elapsedMs < dayMs ? minuteMs : 10 * minuteMs;
  return sinceMs + Math.floor(elapsedMs / wholeMs) * wholeMs;
}

/**
 * Outcomes by minute of the start, of the two sides and of those that were left out since `sinceMs`; or of the baseline in
 * every other minute of the day before, which `baselineDurations` has left out.
 */
export async function releaseMinutes(asker: Asker, pair: ReleasePair, span: ReleaseSpan): Promise<ReleaseMinute[]> {
  const { sinceMs, nowMs, settleMs, durationsMs } = span;
  const since = moment(sinceMs);
  const isBefore = span.part === "before";
  const clauses = [
    startedWithin(isBefore ? { fromMs: sinceMs - dayMs, toMs: sinceMs } : { fromMs: sinceMs, toMs: nowMs }),
    sql`saga_type = ${string(pair.type)}`,
    sql`(started >= ${since} OR intDiv(toUnixTimestamp64Milli(${since}) - 1 - toUnixTimestamp64Milli(started), 60000) % 2 = 1)`,
  ];
  return await asker.ask(
    sql`SELECT if(exact < 1440, exact, intDiv(exact, 10) * 10) AS minute,
        if(side != 'mixed' AND began >= ${moment(settledUntil(span))}, 'unsettled', side) AS side,
        count() AS sagas, countIf(bitAnd(bits, 8) != 0 AND took <= ${int64(settleMs)}) AS failed,
        countIf(bitAnd(bits, 14) != 0 AND bitAnd(bits, 36) != 0 AND took <= ${int64(settleMs)}) AS compensated,
        sumForEach(arrayMap(most -> toUInt64(bitAnd(bits, 14) = 0 OR took > most), ${wholeMs(durationsMs)})) AS slower
      FROM (
        SELECT toInt64(floor((toUnixTimestamp64Milli(started) - toUnixTimestamp64Milli(${since})) / 60000)) AS exact,
          started AS began, flags AS bits, toUnixTimestamp64Milli(ended_at) - toUnixTimestamp64Milli(started) + early_ms AS took,
          ${ownVersions(pair.service)} AS own, ${sideOf(pair)} AS side
        FROM ${asker.sagas} WHERE ${and(clauses)})
      WHERE side != '' AND (exact >= 0 OR side = 'baseline')
      GROUP BY minute, side ORDER BY minute, side LIMIT 50000`,
    Row,
  );
}

const wholeMs = (durations: readonly number[]): Sql =>
  sql`CAST(${strings(durations.map((ms) => String(Math.round(ms))))}, 'Array(Int64)')`;
