import { z } from "zod";
import { and, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { ownVersions, type ReleasePair } from "./release-sagas.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

/** When the first saga started, within the window, that met the canary; undefined where none did. ISO 8601 UTC. */
export async function canaryFirstSeen(
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
