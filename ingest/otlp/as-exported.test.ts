import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { signals } from "#contracts/otlp/json.ts";
import { message, neverAborted } from "#ingest/testing.ts";
import { otlpEncoder } from "./encode-otlp.ts";
import { rowsByColumn } from "./rows-by-column.ts";

/**
 * `as-exported/` holds requests as the OpenTelemetry Collector's Kafka exporter 0.161 writes them in both its encodings,
 * and the rows that its ClickHouse exporter made of them: a column each, integers of 64 bits and times as digits, maps as
 * lists of pairs.
 */
const read = (name: string) => readFileSync(`${import.meta.dirname}/as-exported/${name}`);
const tableNames: Record<string, string> = { otel_metrics_exp_histogram: "otel_metrics_exponential_histogram" };

const bits64 = [
  ...["Timestamp", "Events.Timestamp", "Duration", "TimeUnix", "StartTimeUnix", "Exemplars.TimeUnix", "Count"],
  ...["ZeroCount", "BucketCounts", "PositiveBucketCounts", "NegativeBucketCounts"],
];

/** A column's value in the spelling of those rows. */
function spelled(value: unknown, column: string): unknown {
  if (Array.isArray(value)) return value.map((item) => spelled(item, column));
  if (typeof value === "object" && value !== null) return Object.entries(value);
  if (bits64.includes(column)) return String(value);
  return typeof value === "string" && /^-?\d{16,}$/.test(value) && column.endsWith("Value") ? Number(value) : value;
}

for (const signal of signals)
  for (const encoding of ["otlp_proto", "otlp_json"])
    test(`${signal} in ${encoding} make the rows that the OpenTelemetry exporter makes`, async () => {
      const { rows, dead } = await otlpEncoder(signal)([message(read(`${signal}.${encoding}`))], neverAborted);
      assert.deepEqual(dead, []);
      const expected = String(read(`${signal}.rows`))
        .trimEnd()
        .split("\n");
      const actual = rowsByColumn(rows);
      assert.equal(actual.length, expected.length);
      for (const [index, line] of expected.entries()) {
        const { table, ...row }: Record<string, unknown> = JSON.parse(line);
        const { _topic, _partition, _offset, table: ours, ...values } = actual[index] ?? {};
        assert.equal(ours, tableNames[String(table)] ?? table);
        const ordered = Object.keys(row).map((column) => [column, spelled(values[column], column)]);
        assert.deepEqual(Object.fromEntries(ordered), row, `row ${index}`);
        assert.deepEqual(Object.keys(values).sort(), Object.keys(row).sort());
      }
    });
