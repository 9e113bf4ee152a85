import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signal } from "#contracts/otlp/json.ts";
import { message, neverAborted } from "#ingest/testing.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { otlpEncoder } from "./encode-otlp.ts";
import { rowsByColumn } from "./rows-by-column.ts";

const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const dayMs = 86_400_000;

const requests: Record<Signal, (nanos: readonly string[]) => object> = {
  traces: (nanos) => {
    const spans = nanos.map((at) => ({ ...ids, name: "s", kind: 2, startTimeUnixNano: at, endTimeUnixNano: at }));
    return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
  },
  logs: (nanos) => ({
    resourceLogs: [{ scopeLogs: [{ logRecords: nanos.map((timeUnixNano) => ({ timeUnixNano })) }] }],
  }),
  metrics: (nanos) => {
    const dataPoints = nanos.map((timeUnixNano) => ({ timeUnixNano, asInt: "1" }));
    return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", gauge: { dataPoints } }] }] }] };
  },
};

/** Each a nanosecond before or after a day's end, in no order. */
const timesOn = (days: number) =>
  Array.from({ length: 2 * days }, (_, index) => {
    const endMs = Date.UTC(2021, 0, 1) + ((index * 7) % days) * dayMs;
    return `${BigInt(endMs) * 1_000_000n + (index % 2 === 0 ? 1_000n : BigInt(dayMs) * 1_000_000n - 1_000n)}`;
  });

for (const signal of ["traces", "logs", "metrics"] as const)
  for (const { days, shares } of [
    { days: daysAnInsert, shares: [daysAnInsert] },
    { days: daysAnInsert + 1, shares: [daysAnInsert, 1] },
    { days: 250, shares: [100, 100, 50] },
  ])
    test(`${signal} of ${days} days go in by ${shares.length} inserts, the same on every try`, async () => {
      const messages = [message(JSON.stringify(requests[signal](timesOn(days))))];
      const encode = otlpEncoder(signal);
      const attempt = async () => {
        const { rows, dead } = await encode(messages, neverAborted);
        assert.deepEqual(dead, []);
        return rows.map((each) => ({ share: each.share, rows: rowsByColumn([each]) }));
      };
      const [one, two] = [await attempt(), await attempt()];
      assert.deepEqual(one, two);
      assert.deepEqual(
        one.map(({ rows }) => rows.length),
        shares.map((count) => 2 * count),
      );
      assert.equal(new Set(one.map(({ share }) => share)).size, shares.length);
    });
