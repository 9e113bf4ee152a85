import type { Fields } from "#contracts/otlp/json.ts";
import { object, objects } from "#contracts/otlp/walk.ts";
import { attributes, doubleText } from "./any-text.ts";
import { BadRecord, count, dayOf, double, enumNumber, id, integer, small, text, time } from "./fields.ts";

export const metricTables = [
  "otel_metrics_gauge",
  "otel_metrics_sum",
  "otel_metrics_histogram",
  "otel_metrics_exponential_histogram",
  "otel_metrics_summary",
] as const;
export type MetricTable = (typeof metricTables)[number];

export interface MetricRow {
  readonly table: MetricTable;
  readonly line: string;
  /** The day of its time, since the epoch. */
  readonly day: number;
}

/** A metric's points as rows of the table of its kind, after their scope's `head`. Throws `BadRecord`. */
export function metricRows(head: string, metric: Fields): MetricRow[] {
  const kind = kindOf(metric);
  if (!kind) throw new BadRecord("bad_otlp", "The metric has no data of a known kind");
  const name = JSON.stringify([text(metric, "name"), text(metric, "description"), text(metric, "unit")]).slice(1, -1);
  const data = object(metric, kind.field);
  return objects(data, "dataPoints").map((point) => {
    const at = timeOf(point);
    const line = `${head},${name},${pointHead(point, at)},${kind.values(point, data)}]\n`;
    return { table: kind.table, line, day: dayOf(at) };
  });
}

/** The field that a metric's points are in; undefined where there is none that is known. */
export const dataField = (metric: Fields): string | undefined => kindOf(metric)?.field;

const kindOf = (metric: Fields): Kind | undefined =>
  kinds.find(({ field }) => metric[field] !== undefined && metric[field] !== null);

function timeOf(point: Fields): string {
  const at = time(point, "timeUnixNano");
  if (at === undefined) throw new BadRecord("bad_time", "timeUnixNano is absent");
  return at;
}

/** Attributes, Flags, StartTimeUnix, TimeUnix. */
function pointHead(point: Fields, at: string): string {
  const start = time(point, "startTimeUnixNano") ?? "0";
  return `${attributes(point)},${small(point, "flags") >>> 0},${start},${at}`;
}

interface Kind {
  readonly field: string;
  readonly table: MetricTable;
  /** What follows the point's head, in the table's order of columns. */
  readonly values: (point: Fields, data: Fields) => string;
}

const kinds: readonly Kind[] = [
  { field: "gauge", table: "otel_metrics_gauge", values: (point) => `${numberOf(point)},${exemplars(point)}` },
  {
    field: "sum",
    table: "otel_metrics_sum",
    values: (point, data) => `${numberOf(point)},${exemplars(point)},${temporality(data)},${data.isMonotonic === true}`,
  },
  {
    field: "histogram",
    table: "otel_metrics_histogram",
    values: (point, data) =>
      [
        count(point.count, "count"),
        quotedDouble(point, "sum"),
        counts(point, "bucketCounts"),
        doubles(point, "explicitBounds"),
        quotedDouble(point, "min"),
        quotedDouble(point, "max"),
        temporality(data),
        exemplars(point),
      ].join(","),
  },
  {
    field: "exponentialHistogram",
    table: "otel_metrics_exponential_histogram",
    values: (point, data) => {
      const positive = object(point, "positive");
      const negative = object(point, "negative");
      return [
        count(point.count, "count"),
        quotedDouble(point, "sum"),
        small(point, "scale"),
        count(point.zeroCount, "zeroCount"),
        small(positive, "offset"),
        counts(positive, "bucketCounts"),
        small(negative, "offset"),
        counts(negative, "bucketCounts"),
        quotedDouble(point, "min"),
        quotedDouble(point, "max"),
        temporality(data),
        exemplars(point),
      ].join(",");
    },
  },
  {
    field: "summary",
    table: "otel_metrics_summary",
    values: (point) => {
      const quantiles = objects(point, "quantileValues");
      return [
        count(point.count, "count"),
        quotedDouble(point, "sum"),
        `[${quantiles.map((each) => quotedDouble(each, "quantile")).join(",")}]`,
        `[${quantiles.map((each) => quotedDouble(each, "value")).join(",")}]`,
      ].join(",");
    },
  },
];

/** As a double in either case: it has to be rounded here, the store's reader of digits is not exact. */
function numberOf(point: Fields): string {
  if (!Object.hasOwn(point, "asInt")) return quotedDouble(point, "asDouble");
  return doubleText(Number(integer(point.asInt, "asInt")));
}

/** A double as the store reads it: what JSON has no word for, between quotes. */
function quotedDouble(fields: Fields, name: string): string {
  const number = double(fields, name);
  return Number.isFinite(number) ? doubleText(number) : `"${number}"`;
}

const temporalities = { prefix: "AGGREGATION_TEMPORALITY_", names: ["UNSPECIFIED", "DELTA", "CUMULATIVE"] };
const temporality = (data: Fields) => enumNumber(data, "aggregationTemporality", temporalities);

/** Attributes, values, span ids, trace ids, times; absent ids are all zeros, as the exporter writes them here. */
function exemplars(point: Fields): string {
  const list = objects(point, "exemplars");
  const texts = [
    `[${list.map((each) => attributes(each, "filteredAttributes")).join(",")}]`,
    `[${list.map(numberOf).join(",")}]`,
    JSON.stringify(list.map((each) => id(each, "spanId", 8).padStart(16, "0"))),
    JSON.stringify(list.map((each) => id(each, "traceId", 16).padStart(32, "0"))),
    `[${list.map((each) => time(each, "timeUnixNano") ?? "0").join(",")}]`,
  ];
  return texts.join(",");
}

function listOf(fields: Fields, name: string): readonly unknown[] {
  const list = fields[name] ?? [];
  if (!Array.isArray(list)) throw new BadRecord("bad_otlp", `${name} is not a list`);
  return list;
}

function counts(fields: Fields, name: string): string {
  return `[${listOf(fields, name)
    .map((value) => count(value, name))
    .join(",")}]`;
}

function doubles(fields: Fields, name: string): string {
  return `[${listOf(fields, name)
    .map((value) => quotedDouble({ [name]: value }, name))
    .join(",")}]`;
}
