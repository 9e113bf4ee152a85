import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { signals } from "#contracts/otlp/json.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { message, neverAborted } from "#ingest/testing.ts";
import { insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { otlpEncoder } from "./encode-otlp.ts";

const encodings = ["otlp_proto", "otlp_json"];
const read = (name: string) => readFileSync(`${import.meta.dirname}/as-exported/${name}`);

let database: OwnDatabase;

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  for (const signal of signals)
    for (const topic of encodings) {
      const { rows } = await otlpEncoder(signal)([message(read(`${signal}.${topic}`), { topic })], neverAborted);
      for (const each of rows)
        await insertBlock(database.client, {
          table: each.table,
          format: each.format,
          body: each.body(),
          token: `${topic} ${signal}`,
        });
    }
});
after(() => database?.drop());

async function ask(query: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>[]> {
  const answer = await database.client.query({
    query,
    query_params: params,
    format: "JSONEachRow",
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1, output_format_json_quote_denormals: 1 },
  });
  return await answer.json();
}

const tables = { otel_metrics_exp_histogram: "otel_metrics_exponential_histogram" } as const;
const words = new Map(Object.entries({ NaN: "nan", Infinity: "inf", "-Infinity": "-inf" }));
const isDouble = (column: string) => /(Value|Sum|Min|Max|Bounds|Quantile)$/.test(column);
const isTime = (column: string) => /Time(stamp|Unix)$/.test(column);

/** What the exporter stored, in the spelling of an answer. */
function stored(column: string, value: unknown): unknown {
  if (Array.isArray(value)) {
    const isMap =
      /Attributes$/.test(column) && value.every((pair) => Array.isArray(pair) && typeof pair[0] === "string");
    return isMap && !column.includes(".")
      ? Object.fromEntries(value)
      : value.map((item) => stored(column.replace(".", ""), item));
  }
  return isDouble(column) ? (words.get(String(value)) ?? value) : value;
}

for (const signal of signals)
  test(`the store holds of ${signal} what the OpenTelemetry exporter would have put there, from both encodings`, async () => {
    const expected = String(read(`${signal}.rows`))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const table of new Set(expected.map((row) => row.table))) {
      const rows = expected.filter((row) => row.table === table);
      const columns = Object.keys(rows[0]).filter((column) => column !== "table");
      const list = columns.map((column) => {
        if (!isTime(column)) return `\`${column}\``;
        const nanos = column.includes(".")
          ? `arrayMap(at -> toUnixTimestamp64Nano(at), \`${column}\`)`
          : `toUnixTimestamp64Nano(${column})`;
        return `${nanos} AS \`${column} \``;
      });
      const name = tables[table as keyof typeof tables] ?? table;
      for (const encoding of encodings) {
        const answer = await ask(`SELECT ${list.join(", ")} FROM ${name} WHERE _topic = {encoding:String}`, {
          encoding,
        });
        const inOrder = (lines: Record<string, unknown>[]) => lines.map((line) => JSON.stringify(line)).sort();
        const ours = answer.map((row) =>
          Object.fromEntries(columns.map((column) => [column, row[column] ?? row[`${column} `]])),
        );
        const theirs = rows.map((row) =>
          Object.fromEntries(columns.map((column) => [column, stored(column, row[column])])),
        );
        assert.deepEqual(inOrder(ours), inOrder(theirs), `${table} from ${encoding}`);
      }
    }
  });

const trace = "0af7651916cd43dd8448eb211c803101";
const within = "fromUnixTimestamp64Milli(1763990000000) AND TimeUnix <= fromUnixTimestamp64Milli(1764010000000)";

for (const { name, query, rows } of [
  {
    name: "Grafana's trace by its id",
    query: `WITH '${trace}' as trace_id,
      (SELECT min(Start) FROM "otel_traces_trace_id_ts" WHERE TraceId = trace_id) as trace_start,
      (SELECT max(End) + 1 FROM "otel_traces_trace_id_ts" WHERE TraceId = trace_id) as trace_end
      SELECT "TraceId" as traceID, "SpanId" as spanID, "ParentSpanId" as parentSpanID, "ServiceName" as serviceName,
        "SpanName" as operationName, multiply(toUnixTimestamp64Nano("Timestamp"), 0.000001) as startTime,
        multiply("Duration", 0.000001) as duration,
        arrayMap(key -> map('key', key, 'value',"SpanAttributes"[key]), mapKeys("SpanAttributes")) as tags,
        arrayMap(key -> map('key', key, 'value',"ResourceAttributes"[key]), mapKeys("ResourceAttributes")) as serviceTags,
        if("StatusCode" IN ('Error', 'STATUS_CODE_ERROR'), 2, 0) as statusCode, "StatusMessage" as statusMessage,
        "SpanKind" as kind,
        arrayMap((name, timestamp, attributes) -> tuple(name, toString(multiply(toFloat64(timestamp), 1000)),
          arrayMap(key -> map('key', key, 'value', attributes[key]), mapKeys(attributes)))
          ::Tuple(name String, timestamp String, fields Array(Map(String, String))),
          "Events.Name", "Events.Timestamp", "Events.Attributes") AS logs,
        arrayMap((traceID, spanID, attributes) -> tuple(traceID, spanID,
          arrayMap(key -> map('key', key, 'value', attributes[key]), mapKeys(attributes)))
          ::Tuple(traceID String, spanID String, tags Array(Map(String, String))),
          "Links.TraceId", "Links.SpanId", "Links.Attributes") AS references
      FROM "otel_traces" WHERE traceID = trace_id AND "Timestamp" >= trace_start AND "Timestamp" <= trace_end LIMIT 1000`,
    rows: 6,
  },
  {
    name: "Grafana's search for traces",
    query: `SELECT "TraceId" as traceID, "ServiceName" as serviceName, "SpanName" as operationName, "Timestamp" as startTime,
        multiply("Duration", 0.000001) as duration
      FROM "otel_traces" WHERE ( Timestamp >= toDateTime64(1763990000, 3) AND Timestamp <= toDateTime64(1764010000, 3) )
        AND ( ParentSpanId = '' ) AND ( Duration > 0 ) AND ( SpanKind IN ('Server', 'Client') )
      ORDER BY Timestamp DESC, Duration DESC LIMIT 1000`,
    rows: 4,
  },
  {
    name: "Grafana's logs",
    query: `SELECT Timestamp as "timestamp", Body as "body", SeverityText as "level", LogAttributes as "labels",
        TraceId as "traceID" FROM "otel_logs"
      WHERE ( TimestampTime >= toDateTime(1763990000) AND TimestampTime <= toDateTime(1764010000) )
        AND ( body ILIKE '%naïve%' ) AND ( LogAttributes['int.beyond'] = '9007199254740993' )
      ORDER BY timestamp DESC LIMIT 1000`,
    rows: 2,
  },
  {
    name: "HyperDX's search for logs",
    query: `SELECT Timestamp, ServiceName, SeverityText, Body FROM otel_logs
      WHERE (TimestampTime >= fromUnixTimestamp64Milli(1763990000000) AND TimestampTime <= fromUnixTimestamp64Milli(1764010000000))
        AND (((hasToken(lower(Body), lower('quoted')))) AND (\`ResourceAttributes\`['odd'] ILIKE '%naïve%'))
      ORDER BY TimestampTime DESC, Timestamp DESC LIMIT 200`,
    rows: 8,
  },
  {
    name: "HyperDX's count of logs by severity over time",
    query: `SELECT count(),SeverityText,toStartOfInterval(toDateTime(TimestampTime), INTERVAL 15 minute) AS \`__hdx_time_bucket\`
      FROM otel_logs
      WHERE (TimestampTime >= fromUnixTimestamp64Milli(1763990000000) AND TimestampTime <= fromUnixTimestamp64Milli(1764010000000))
      GROUP BY SeverityText,toStartOfInterval(toDateTime(TimestampTime), INTERVAL 15 minute) AS \`__hdx_time_bucket\`
      ORDER BY toStartOfInterval(toDateTime(TimestampTime), INTERVAL 15 minute) AS \`__hdx_time_bucket\` LIMIT 100000`,
    rows: 2,
  },
  {
    name: "HyperDX's gauge",
    query: `WITH Source AS (SELECT *, cityHash64(mapConcat(ScopeAttributes, ResourceAttributes, Attributes)) AS AttributesHash
        FROM otel_metrics_gauge WHERE (TimeUnix >= ${within}) AND ((MetricName = 'gauge'))),
      Bucketed AS (SELECT toStartOfInterval(toDateTime(TimeUnix), INTERVAL 1 minute) AS \`__hdx_time_bucket2\`, AttributesHash,
          last_value(Value) AS LastValue, any(ScopeAttributes) AS ScopeAttributes, any(ResourceAttributes) AS ResourceAttributes,
          any(Attributes) AS Attributes, any(ResourceSchemaUrl) AS ResourceSchemaUrl, any(ScopeName) AS ScopeName,
          any(ScopeVersion) AS ScopeVersion, any(ScopeDroppedAttrCount) AS ScopeDroppedAttrCount,
          any(ScopeSchemaUrl) AS ScopeSchemaUrl, any(ServiceName) AS ServiceName, any(MetricDescription) AS MetricDescription,
          any(MetricUnit) AS MetricUnit, any(StartTimeUnix) AS StartTimeUnix, any(Flags) AS Flags
        FROM Source GROUP BY AttributesHash, __hdx_time_bucket2 ORDER BY AttributesHash, __hdx_time_bucket2)
      SELECT quantile(0.95)(toFloat64OrDefault(toString(LastValue))),
        toStartOfInterval(toDateTime(__hdx_time_bucket2), INTERVAL 1 minute) AS \`__hdx_time_bucket\`
      FROM Bucketed GROUP BY \`__hdx_time_bucket\` ORDER BY \`__hdx_time_bucket\` LIMIT 10`,
    rows: 1,
  },
  {
    name: "HyperDX's rate of a sum",
    query: `WITH RawSum AS (SELECT *, any(Value) OVER (ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS PrevValue,
          any(AttributesHash) OVER (ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS PrevAttributesHash,
          IF(AggregationTemporality = 1, Value, IF(Value - PrevValue < 0 AND AttributesHash = PrevAttributesHash, Value,
            IF(AttributesHash != PrevAttributesHash, 0, Value - PrevValue))) as Rate
        FROM (SELECT *, cityHash64(mapConcat(ScopeAttributes, ResourceAttributes, Attributes)) AS AttributesHash
          FROM otel_metrics_sum WHERE MetricName = 'sum' ORDER BY AttributesHash, TimeUnix ASC))
      SELECT avg(toFloat64OrNull(toString(Rate))), toStartOfInterval(toDateTime(TimeUnix), INTERVAL 5 minute) AS \`__hdx_time_bucket\`
      FROM RawSum WHERE (TimeUnix >= ${within})
      GROUP BY toStartOfInterval(toDateTime(TimeUnix), INTERVAL 5 minute) AS \`__hdx_time_bucket\`
      ORDER BY toStartOfInterval(toDateTime(TimeUnix), INTERVAL 5 minute) AS \`__hdx_time_bucket\` LIMIT 10`,
    rows: 1,
  },
  {
    name: "HyperDX's count of a histogram",
    query: `WITH source AS (SELECT TimeUnix, AggregationTemporality,
          toStartOfInterval(toDateTime(TimeUnix), INTERVAL 2 minute) AS \`__hdx_time_bucket\`, [ServiceName] AS group,
          cityHash64(mapConcat(ScopeAttributes, ResourceAttributes, Attributes)) AS attr_hash,
          cityHash64(ExplicitBounds) AS bounds_hash, toInt64(Count) AS current_count,
          lagInFrame(toNullable(current_count), 1, NULL) OVER (
            PARTITION BY group, attr_hash, bounds_hash, AggregationTemporality ORDER BY TimeUnix) AS prev_count,
          CASE WHEN AggregationTemporality = 1 THEN current_count
            WHEN AggregationTemporality = 2 THEN greatest(0, current_count - coalesce(prev_count, 0)) ELSE 0 END AS delta
        FROM otel_metrics_histogram WHERE (TimeUnix >= ${within}) AND ((MetricName = 'histogram'))),
      metrics AS (SELECT \`__hdx_time_bucket\`, group, sum(delta) AS "Value" FROM source GROUP BY group, \`__hdx_time_bucket\`)
      SELECT \`__hdx_time_bucket\`, group, "Value" FROM metrics ORDER BY \`__hdx_time_bucket\` LIMIT 10`,
    rows: 1,
  },
])
  test(`${name} runs as it is`, async () => {
    assert.equal((await ask(query)).length, rows);
  });

const piecesOf = (rows: TableRows | undefined) => {
  const body = rows?.body() ?? [];
  return "packed" in body ? body.packed.length : body.length;
};

// Last, since it adds to what the queries read.
test("a chunk of several blocks is one block to the store, and counts once", async () => {
  const value = read("traces.otlp_proto");
  const messages = Array.from({ length: 500 }, (_, offset) =>
    message(value, { topic: "large", offset: BigInt(offset) }),
  );
  for (const _ of [1, 2]) {
    const { rows } = await otlpEncoder("traces")(messages, neverAborted);
    assert.deepEqual([rows.length, piecesOf(rows[0]) > 1], [1, true]);
    for (const { table, format, body } of rows)
      await insertBlock(database.client, { table, format, body: body(), token: "large" });
  }
  const stored = "SELECT count() AS rows, uniqExact(_part) AS parts FROM otel_traces WHERE _topic = 'large'";
  const of = String(read("traces.rows")).trimEnd().split("\n").length;
  assert.deepEqual(await ask(stored), [{ rows: String(of * messages.length), parts: "1" }]);
});
