import { z } from "zod";
import type { ErrorFingerprint } from "#contracts/api/errors.ts";
import { and, type Sql, sql, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { serviceIn } from "./service-sources.ts";
import { bucketOf, bucketStarts, fillBuckets, startedWithin, type TimeWindow } from "./time-window.ts";

export interface ErrorFilter {
  readonly window: TimeWindow;
  /** Of several values of one kind any; none is all. */
  readonly types: readonly string[];
  readonly steps: readonly string[];
  readonly codes: readonly string[];
}

const Row = z.object({
  id: z.string(),
  code: z.string(),
  step: z.string(),
  kind: z.string(),
  message: z.string(),
  events: Count,
  sagas: Count,
  last_seen: Time,
  types: z.array(z.string()),
  services: z.array(z.string()),
  versions: z.array(z.string()),
  examples: z.array(z.string()),
  buckets: z.record(z.string(), Count),
});

/**
 * What went wrong in the sagas that started within the window, a row a fingerprint, those that most sagas met first.
 * An event that came twice counts once. Reads the errors of the window, and of each listed one when it was seen first.
 */
export async function errorFingerprints(
  asker: Asker,
  filter: ErrorFilter,
  { bucketSeconds, limit }: { bucketSeconds: number; limit: number },
): Promise<ErrorFingerprint[]> {
  const slot = bucketOf(sql`started`, bucketSeconds);
  const found = sql`SELECT own, any(code) AS code, any(step) AS step, any(kind) AS kind,
      argMax(message, (time, event_id)) AS message, count() AS events, uniqExact(saga_id) AS sagas,
      max(time) AS last_seen, arraySort(groupUniqArray(toString(saga_type))) AS types,
      arraySort(groupUniqArray(${serviceIn(sql`toString(service)`)})) AS services,
      arraySort(groupUniqArrayIf(toString(service_version), service_version != '')) AS versions,
      groupUniqArray(5)(saga_id) AS examples, sumMap(map(slot, toUInt64(1))) AS buckets
    FROM (SELECT fingerprint AS own, code, step, kind, message, time, event_id, saga_id, saga_type, service, service_version, ${slot} AS slot
      FROM saga_errors WHERE ${errorClauses(filter)} LIMIT 1 BY event_id)
    GROUP BY own ORDER BY sagas DESC, events DESC, own LIMIT ${uint32(limit)}`;
  const rows = await asker.ask(
    sql`SELECT ${hexOf(sql`own`)} AS id, * FROM (${found}) ORDER BY sagas DESC, events DESC, own LIMIT ${uint32(limit)}`,
    Row,
  );
  const first = await firstSeen(
    asker,
    rows.map(({ id }) => id),
  );
  const starts = bucketStarts(filter.window, bucketSeconds);
  return rows.map(({ id, last_seen: lastSeenAt, examples, buckets, ...row }) => ({
    ...row,
    fingerprint: id,
    firstSeenAt: first.get(id) ?? lastSeenAt,
    isNew: Date.parse(first.get(id) ?? lastSeenAt) >= filter.window.fromMs,
    lastSeenAt,
    exampleSagas: examples,
    sparkline: fillBuckets(
      Object.entries(buckets).map(([bucket, count]) => ({ bucket: Number(bucket), count })),
      starts,
      { from: ({ count }) => count, empty: 0 },
    ),
  }));
}

const hexOf = (fingerprint: Sql): Sql => sql`leftPad(lower(hex(${fingerprint})), 16, '0')`;

/** When each of these was seen first of all, ISO 8601 UTC. The store keeps it beside each part's rows, and reads none of them. */
async function firstSeen(asker: Asker, fingerprints: readonly string[]): Promise<Map<string, string>> {
  if (fingerprints.length === 0) return new Map();
  const rows = await asker.ask(
    sql`SELECT ${hexOf(sql`fingerprint`)} AS id, min(time) AS first FROM saga_errors
      WHERE ${isFingerprint(fingerprints)} GROUP BY fingerprint LIMIT ${uint32(fingerprints.length)}`,
    z.object({ id: z.string(), first: Time }),
  );
  return new Map(rows.map(({ id, first }) => [id, first]));
}

/** Rows of `saga_errors` of any of these fingerprints, each as 16 hex digits. */
export function isFingerprint(fingerprints: readonly string[]): Sql {
  return sql`has(arrayMap(one -> reinterpretAsUInt64(reverse(unhex(one))), ${strings(fingerprints)}), fingerprint)`;
}

function errorClauses({ window, types, steps, codes }: ErrorFilter): Sql {
  const clauses = [startedWithin(window)];
  if (types.length > 0) clauses.push(sql`has(${strings(types)}, saga_type)`);
  if (steps.length > 0) clauses.push(sql`has(${strings(steps)}, step)`);
  if (codes.length > 0) clauses.push(sql`has(${strings(codes)}, code)`);
  return and(clauses);
}
