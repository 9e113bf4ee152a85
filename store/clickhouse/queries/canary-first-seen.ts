import { z } from "zod";
import { and, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { ownVersions, type ReleasePair } from "./release-sagas.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const hourMs = 3_600_000;

/**
 * When the first saga started, within the window, that met the canary; undefined where none did. ISO 8601 UTC. Looks back in
 * stretches that double, and stops at one without the canary: what it reads grows with the rollout, not with the window. A
 * canary that was away for as long as it has been there, and an hour at least, began when it came back.
 */
export async function canaryFirstSeen(
  asker: Asker,
  pair: ReleasePair,
  { fromMs, toMs }: TimeWindow,
): Promise<string | undefined> {
  let first: string | undefined;
  for (let [untilMs, spanMs] = [toMs, hourMs]; untilMs > fromMs; spanMs *= 2) {
    const stretch = { fromMs: Math.max(fromMs, untilMs - spanMs), toMs: untilMs };
    const seen = await firstWithin(asker, pair, stretch);
    if (seen === undefined && first !== undefined) return first;
    first = seen ?? first;
    untilMs = stretch.fromMs;
  }
  return first;
}

async function firstWithin(
  asker: Asker,
  { type, service, canary }: ReleasePair,
  window: TimeWindow,
): Promise<string | undefined> {
  const clauses = [startedWithin(window), sql`saga_type = ${string(type)}`];
  const [row] = await asker.ask(
    sql`SELECT count() AS sagas, min(started) AS first FROM sagas
      WHERE ${and(clauses)} AND has(${ownVersions(service)}, ${string(canary)}) LIMIT 1`,
    z.object({ sagas: Count, first: Time }),
  );
  return row && row.sagas > 0 ? row.first : undefined;
}
