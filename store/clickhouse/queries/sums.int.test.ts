import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { OwnDatabase } from "#store/clickhouse/own-database.ts";
import { errorGroups } from "./error-groups.ts";
import { codesWith, errorCodes } from "./errors-by-code.ts";
import { labelsByValue } from "./labels-by-value.ts";
import { latencyOverTime } from "./latency-over-time.ts";
import { listSagas } from "./list-sagas.ts";
import {
  all,
  byQuantile,
  late,
  made,
  msOf,
  newestFirst,
  noFilter,
  nowMs,
  sagas,
  storeMadeSagas,
  tally,
  window,
} from "./made-sagas.ts";
import { outcomesOverTime } from "./outcomes-over-time.ts";
import { overviewCounts } from "./overview-counts.ts";
import { sagaLatency } from "./saga-latency.ts";
import { sagaTypes } from "./saga-types.ts";
import { stepLatency } from "./step-latency.ts";

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

describe("sums", () => {
  const bucketSeconds = 300;
  const bucketOf = (iso: string) => Math.floor(msOf(iso) / (bucketSeconds * 1000)) * bucketSeconds * 1000;

  test("counts by state and verdict", async () => {
    const counts = await overviewCounts(asker(), window, late);
    const states = tally(all.map((row) => row.state));
    const verdicts = tally(all.flatMap((row) => row.verdicts));
    assert.deepEqual(counts, {
      running: 0,
      compensating: 0,
      resolved: 0,
      ...states,
      overdue: verdicts.overdue ?? 0,
      inconsistent: verdicts.inconsistent ?? 0,
      started: all.length,
    });
  });

  test("outcomes over time", async () => {
    const series = await outcomesOverTime(asker(), window, { bucketSeconds });
    assert.equal(series.length, 24);
    for (const { at, started, ...ended } of series) {
      const inBucket = (iso: string | null) => iso !== null && msOf(iso) < nowMs && bucketOf(iso) === msOf(at);
      assert.equal(started, all.filter((row) => inBucket(row.startedAt)).length);
      for (const [state, count] of Object.entries(ended)) {
        // A resolved saga ended as it did before a person dealt with it.
        const own = all.filter((row) => inBucket(row.endedAt) && endOf(row.id) === state);
        assert.equal(count, own.length, `${at} ${state}`);
      }
    }
  });

  const endOf = (id: string) => {
    const types = new Set(sagas.find((saga) => saga.id === id)?.events.map((event) => event.type));
    return ["failed", "compensated", "completed"].find((word) => types.has(`saga.${word}`));
  };

  test("errors by code and step", async () => {
    const groups = await errorGroups(asker(), window, { bucketSeconds, limit: 100 });
    const failed = all.flatMap((row) => (row.error ? [`${row.error.code} ${row.error.step}`] : []));
    assert.deepEqual(
      Object.fromEntries(groups.map((group) => [`${group.code} ${group.step}`, group.sagas])),
      tally(failed),
    );
    for (const group of groups)
      assert.equal(
        group.sparkline.reduce((sum, count) => sum + count, 0),
        group.sagas,
      );
  });

  test("whole sagas' percentiles, in all and over time", async () => {
    const rows = await sagaLatency(asker(), window, { bucketSeconds });
    for (const type of ["order-fulfilment", "order-fulfilment-orchestrated"]) {
      const durations = all.filter((row) => row.type === type && row.endedAt !== null).map((row) => row.durationMs);
      const row = rows.find((candidate) => candidate.type === type && candidate.bucket === null);
      assert.deepEqual(
        [row?.count, row?.p50, row?.p95, row?.p99],
        [durations.length, ...[0.5, 0.95, 0.99].map((level) => byQuantile(durations, level))],
      );
    }
    const { series } = await latencyOverTime(asker(), window, { bucketSeconds, filter: {} });
    for (const bucket of series) {
      const durations = all
        .filter((row) => row.endedAt !== null && bucketOf(row.startedAt) === bucket.bucket * 1000)
        .map((row) => row.durationMs);
      assert.deepEqual([bucket.count, bucket.p95], [durations.length, byQuantile(durations, 0.95)]);
    }
  });

  for (const step of [undefined, "charge-payment", "refund-payment"]) {
    test(`the heatmap of ${step ?? "whole sagas"} counts what lists find of each of its cells`, async () => {
      const filter = { type: "order-fulfilment", step };
      const { series, heatmap } = await latencyOverTime(asker(), window, { bucketSeconds, filter });
      const { boundsMs, columns } = heatmap;
      assert.equal(columns.length, 24);
      assert.ok(columns.every((cells) => cells.length === boundsMs.length - 1));
      const sums = columns.map((cells) => cells.reduce((sum, times) => sum + times, 0));
      for (const { bucket, count } of series) assert.equal(sums[(bucket * 1000 - window.fromMs) / 300_000], count);
      const column = columns.findIndex((cells) => cells.some((times) => times > 0));
      const cell = columns[column]?.findIndex((times) => times > 0) ?? -1;
      const fromMs = window.fromMs + column * bucketSeconds * 1000;
      const found = await listSagas(
        asker(),
        {
          ...noFilter,
          types: ["order-fulfilment"],
          steps: step === undefined ? [] : [step],
          window: { fromMs, toMs: fromMs + bucketSeconds * 1000 },
          duration: { fromMs: boundsMs[cell] ?? 0, toMs: boundsMs[cell + 1] ?? 0 },
        },
        { order: newestFirst, cursor: undefined, limit: 100, late },
      );
      const times = columns[column]?.[cell] ?? 0;
      // Of a step two attempts of one saga may be in a cell.
      assert.ok(step === undefined ? found.length === times : found.length > 0 && found.length <= times);
    });
  }

  test("a step's percentiles", async () => {
    const rows = await stepLatency(asker(), window, { filter: { type: "order-fulfilment", step: "charge-payment" } });
    const nanos = (iso: string) => BigInt(msOf(`${iso.slice(0, 23)}Z`)) * 1_000_000n + BigInt(iso.slice(23, 29));
    const durations = made
      .filter((saga) => saga.type === "order-fulfilment")
      .flatMap(({ events }) =>
        [1, 2].flatMap((attempt) => {
          const own = events.filter((event) => event.step === "charge-payment" && event.attempt === attempt);
          const from = own.find((event) => event.type.endsWith(".started"));
          const to = own.findLast((event) => !event.type.endsWith(".started"));
          return from && to ? [Number(nanos(to.time) - nanos(from.time)) / 1e6] : [];
        }),
      );
    const [row] = rows;
    assert.equal(rows.length, 1);
    assert.deepEqual(
      [row?.count, row?.p50, row?.p95],
      [durations.length, byQuantile(durations, 0.5), byQuantile(durations, 0.95)],
    );
  });

  test("types, labels and errors", async () => {
    const types = await sagaTypes(asker(), window);
    assert.deepEqual(
      Object.fromEntries(types.map(({ type, sagas: count }) => [type, count])),
      tally(all.map((row) => row.type)),
    );
    const label = await labelsByValue(asker(), { text: "o-7", window, limit: 5 });
    assert.deepEqual(label, [
      { value: "orderId=o-7", sagas: all.filter((row) => row.labels.orderId === "o-7").length },
    ]);
    const [error] = codesWith(await errorCodes(asker(), window), "BANK");
    assert.equal(error?.sagas, all.filter((row) => row.error?.code === "bank_down").length);
  });
});
