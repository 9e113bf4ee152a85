import { setTimeout as sleep } from "node:timers/promises";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { historyCases, rowsOf } from "#sagas/history-cases.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { summaryOf } from "#sagas/summary.ts";
import { breachesOf } from "#sagas/verdicts.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { type MadeSaga, makeHistory, storeHistory } from "./made-history.ts";
import { allWithin, type SagaFilter } from "./saga-filter.ts";
import { type SagaOrder, sortValues } from "./saga-order.ts";

export const nowMs = Date.UTC(2026, 5, 2, 0, 30);
/** Learned limits of an hour for one type, so that of its open sagas without a deadline some are overdue. */
export const limits = new Limits(
  ["charge-payment", "schedule-shipment", "confirm-order"].flatMap((step) =>
    ["step.started", "step.completed", "step.failed"].flatMap((kind) =>
      [1, 2].map((attempt) => ({
        type: "order-fulfilment",
        version: "3",
        position: `${kind} ${step} ${attempt}`,
        limitMs: 3_600_000,
        samples: 1_000,
      })),
    ),
  ),
);
export const late = { nowMs, limits };
export const spanMs = 2 * 3_600_000;
export const window = { fromMs: nowMs - spanMs, toMs: nowMs };
export const made = makeHistory({ count: 1200, nowMs, spanMs, seed: "questions" });
export const cases: MadeSaga[] = historyCases.map((one, index) => ({
  id: `case-${index}`,
  type: "case",
  version: "1",
  subject: "",
  startedAt: new Date(nowMs - 7_000_000).toISOString(),
  events: rowsOf(one, { id: `case-${index}`, baseMs: nowMs - 7_000_000 }),
}));
export const sagas = [...made, ...cases];

/** What a list must say of each, by id: the meaning that TypeScript gives its events. */
export const told = new Map(
  sagas.map((saga) => {
    const summary = summaryOf(
      { ...saga, id: saga.id as SagaSummary["id"] },
      { events: saga.events, breaches: breachesOf(saga.events), ...late },
    );
    return [saga.id, summary];
  }),
);
export const all = [...told.values()];

export const noFilter: SagaFilter = allWithin(window);
export const newestFirst: SagaOrder = { by: "started", direction: "desc" };
export const msOf = (iso: string) => Date.parse(iso);
export const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();
/** Rows as a list in this order shows them. */
export function inOrder(rows: readonly SagaSummary[], { by, direction }: SagaOrder): SagaSummary[] {
  const keyed = rows.map((row) => ({ row, key: [sortValues[by].of(row), row.startedAt, row.id] }));
  keyed.sort((a, b) => {
    const at = a.key.findIndex((value, index) => value !== b.key[index]);
    return (a.key[at] ?? 0) < (b.key[at] ?? 0) ? -1 : 1;
  });
  const sorted = keyed.map(({ row }) => row);
  return direction === "asc" ? sorted : sorted.reverse();
}
export const tally = (values: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};
/** As ClickHouse's `quantileExact`. */
export const byQuantile = (values: readonly number[], level: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(level * values.length)];

/**
 * How far `saga_list` has come: nowhere, through the first half of what was stored, through all; and through all with the newest
 * hours counted.
 */
export const listings = ["nothing", "half", "all", "counted"] as const;

/** A database of one's own with all of them, as they lie before the store has merged anything. */
export async function storeMadeSagas(
  endpointsPath: string | undefined,
  listed: (typeof listings)[number] = "half",
): Promise<OwnDatabase> {
  const database = await createOwnDatabase(endpointsPath);
  await database.client.command({ query: "SYSTEM STOP MERGES sagas" });
  const parts = 6;
  const last = { nothing: -1, half: parts / 2 - 1, all: parts - 1, counted: parts - 1 }[listed];
  await storeHistory(database.client, sagas, {
    parts,
    stored: async (part) => {
      if (part === last) await listAll(database.client, listed === "counted");
    },
  });
  return database;
}

/** What is listed is listed by whole seconds: those that have passed. */
async function listAll(client: StoreClient, counts: boolean): Promise<void> {
  const lister = new SagaLister(client, { settledS: 0, restMs: 0 });
  await sleep(1100);
  while ((await lister.turn()).more);
  if (counts) await lister.count();
}
