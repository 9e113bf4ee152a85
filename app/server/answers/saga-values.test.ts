import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { parseParams } from "#app/server/params.ts";
import { SagaValuesParams } from "#contracts/api/params.ts";
import { sql } from "#lib/sql.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import type { Answering } from "./answering.ts";
import { answerSagaValues } from "./saga-values.ts";

/** A store with so many sagas within any time, all alike. */
const storeOf = (sagas: number): Asker => ({
  ask: async ({ text }, row) =>
    z.array(row).parse(text.includes("count() AS rows") ? [{ rows: sagas }] : [{ value: "a", sagas }]),
  rowsRead: () => 0,
  bytesRead: () => 0,
  sagas: sql`saga_list FINAL`,
});

const answering = (sagas: number): Answering => ({
  asker: storeOf(sagas),
  nowMs: Date.UTC(2026, 5, 2),
  limits: Limits.none,
  gateways: [],
  topics: { events: "saga.events", spans: "otlp_spans" },
  kafka: undefined,
});
const ask = (facet: string, sagas: number) =>
  answerSagaValues(parseParams(SagaValuesParams, { facet, range: "30d" }), answering(sagas));

test("values of more sagas than can be read at once are refused, with how far to narrow the time", async () => {
  const { values } = await ask("service", 4_000_000);
  assert.deepEqual(values, [{ value: "a", sagas: 4_000_000 }]);
  await assert.rejects(ask("service", 8_000_000), { code: "TOO_LARGE", message: /Narrow the time to about 3\d\dh/ });
  await assert.rejects(ask("label", 4_000_000), { code: "TOO_LARGE", message: /at most 1000000/ });
});
