import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeProtobuf } from "#contracts/otlp/codec.ts";
import { type Signal, signals } from "#contracts/otlp/json.ts";
import { tableRows } from "#ingest/table-rows.ts";
import { message, neverAborted } from "#ingest/testing.ts";
import { otlpEncoder } from "./encode-otlp.ts";
import { rowsByColumn } from "./rows-by-column.ts";

const at = "1764000000123456789";
const later = "1764000000123456889";
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const bytes = (hex: string) => Buffer.from(hex, "hex");
const resource = { attributes: [{ key: "service.name", value: { stringValue: "gateway" } }] };
const attributes = [
  { key: "text", value: { stringValue: "GET" } },
  { key: "int", value: { intValue: "202" } },
  { key: "large", value: { intValue: "9007199254740993" } },
  { key: "flag", value: { boolValue: true } },
  { key: "half", value: { doubleValue: 0.5 } },
  { key: "list", value: { arrayValue: { values: [{ intValue: "5" }, { stringValue: "a" }] } } },
  { key: "none", value: {} },
];
const attributeTexts = {
  text: "GET",
  int: "202",
  large: "9007199254740993",
  flag: "true",
  half: "0.5",
  list: '[5,"a"]',
  none: "",
};

const span = (ids: { traceId: unknown; spanId: unknown }) => ({
  ...ids,
  name: "GET /orders",
  kind: 2,
  startTimeUnixNano: at,
  endTimeUnixNano: later,
  attributes,
  events: [{ timeUnixNano: later, name: "retry", attributes: [] }],
  links: [{ ...ids, attributes: [] }],
  status: { code: 2, message: "no" },
});
const traces = (span: object) => ({
  resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "s", version: "1" }, spans: [span] }] }],
});

async function rowsOf(signal: Signal, value: string | Uint8Array, headers = {}) {
  const encoded = await otlpEncoder(signal)(
    [message(typeof value === "string" ? value : Buffer.from(value), { headers })],
    neverAborted,
  );
  return { rows: rowsByColumn(encoded.rows), dead: encoded.dead };
}

test("a span in JSON and the same in protobuf make the same row", async () => {
  const fromJson = await rowsOf("traces", JSON.stringify(traces(span({ traceId, spanId }))));
  const inBytes = traces(span({ traceId: bytes(traceId), spanId: bytes(spanId) }));
  const fromProtobuf = await rowsOf("traces", encodeProtobuf("traces", inBytes));
  assert.deepEqual(fromProtobuf, fromJson);
  assert.deepEqual(fromJson.dead, []);
  const [row] = fromJson.rows;
  assert.deepEqual(row?.SpanAttributes, attributeTexts);
  assert.equal(row?.Timestamp, at);
  assert.equal(row?.Duration, 100);
  assert.equal(row?.SpanKind, "Server");
  assert.equal(row?.StatusCode, "Error");
  assert.equal(row?.ServiceName, "gateway");
  assert.equal(row?.ParentSpanId, "");
  assert.deepEqual(row?.["Events.Timestamp"], [later]);
  assert.deepEqual(row?.["Links.TraceId"], [traceId]);
});

test("every kind of metric fills its table's columns, in JSON and in protobuf", async () => {
  const point = { startTimeUnixNano: at, timeUnixNano: at, attributes };
  const exemplars = [{ timeUnixNano: at, asDouble: 1.5, filteredAttributes: [] }];
  const buckets = { offset: -2, bucketCounts: ["1"] };
  const metrics = [
    { name: "g", gauge: { dataPoints: [{ ...point, asDouble: 1.25, exemplars }] } },
    { name: "s", sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...point, asInt: "-7" }] } },
    {
      name: "h",
      histogram: {
        aggregationTemporality: 1,
        dataPoints: [
          {
            ...point,
            count: "3",
            sum: 4.5,
            bucketCounts: ["1", "2"],
            explicitBounds: [0.5],
            min: 1,
            max: 2,
            exemplars,
          },
        ],
      },
    },
    {
      name: "e",
      exponentialHistogram: {
        dataPoints: [{ ...point, count: "3", sum: 1, scale: -1, zeroCount: "1", positive: buckets }],
      },
    },
    {
      name: "q",
      summary: { dataPoints: [{ ...point, count: "3", sum: 4, quantileValues: [{ quantile: 0.5, value: 2 }] }] },
    },
  ];
  const request = { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: "s" }, metrics }] }] };
  const fromJson = await rowsOf("metrics", JSON.stringify(request));
  assert.deepEqual(await rowsOf("metrics", encodeProtobuf("metrics", request)), fromJson);
  assert.deepEqual(
    fromJson.rows.map((row) => row.table),
    ["gauge", "sum", "histogram", "exponential_histogram", "summary"].map((kind) => `otel_metrics_${kind}`),
  );
  assert.deepEqual(
    fromJson.rows.slice(0, 2).map((row) => row.Value),
    [1.25, -7],
  );
});

test("a log record without a time takes the observed one, or the message's", async () => {
  const request = (record: object) =>
    JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] });
  const timeOf = async (record: object) => (await rowsOf("logs", request(record))).rows[0] ?? {};
  assert.equal((await timeOf({ timeUnixNano: at, observedTimeUnixNano: later })).Timestamp, at);
  assert.equal((await timeOf({ timeUnixNano: 0, observedTimeUnixNano: later })).Timestamp, later);
  assert.equal((await timeOf({ body: { stringValue: "hi" } })).Timestamp, "1770000000000000000");
  for (const timeMs of [-1, 0, Date.UTC(2100, 0)]) {
    const { dead } = await otlpEncoder("logs")([message(request({}), { timeMs })], neverAborted);
    assert.deepEqual(
      dead.map(({ death }) => death.reason),
      ["bad_time"],
    );
  }
});

for (const { name, change, reason } of [
  { name: "the year 2100", change: { startTimeUnixNano: "4102444800000000000" }, reason: "bad_time" },
  { name: "the year 9999", change: { startTimeUnixNano: "253402300799000000000" }, reason: "bad_time" },
  { name: "no time", change: { startTimeUnixNano: undefined }, reason: "bad_time" },
  { name: "a trace id of three digits", change: { traceId: "abc" }, reason: "bad_otlp" },
  { name: "no span id", change: { spanId: "" }, reason: "bad_otlp" },
  { name: "a lone surrogate", change: { name: "\ud800" }, reason: "bad_text" },
  { name: "a number for a name", change: { name: 5 }, reason: "bad_otlp" },
  { name: "attributes that are no list", change: { attributes: { a: 1 } }, reason: "bad_otlp" },
  {
    name: "bytes that are half a character",
    change: { attributes: [{ key: "a", value: { bytesValue: "\ud800" } }] },
    reason: "bad_text",
  },
])
  test(`a span with ${name} dies alone, as ${reason}`, async () => {
    const good = span({ traceId, spanId });
    const request = traces(good);
    request.resourceSpans[0]?.scopeSpans[0]?.spans.push({ ...good, ...change });
    const { rows, dead } = await rowsOf("traces", JSON.stringify(request));
    assert.equal(rows.length, 1);
    assert.deepEqual(
      dead.map(({ death }) => death.reason),
      [reason],
    );
    const kept = JSON.parse(String(dead[0]?.message.value));
    assert.deepEqual(kept, JSON.parse(JSON.stringify(traces({ ...good, ...change }))));
  });

for (const signal of ["traces", "metrics"] as const)
  test(`what dies of ${signal} in protobuf is kept as a request in JSON, that comes to the same once it is mended`, async () => {
    const idBytes = { traceId: bytes(traceId), spanId: bytes(spanId) };
    const good = { traces: traces(span(idBytes)), metrics: gauge({ timeUnixNano: at, asDouble: 0.5 }) }[signal];
    const request = { traces: traces({ ...span(idBytes), startTimeUnixNano: "5" }), metrics: gauge(badPoint) }[signal];
    const { dead } = await rowsOf(signal, encodeProtobuf(signal, request));
    assert.equal(dead.length, 1);
    const [one] = dead;
    assert.equal(one?.isPart, true);
    const mended = String(one?.message.value).replace(/"(startT|t)imeUnixNano":"5"/, `"$1imeUnixNano":"${at}"`);
    const expected = await rowsOf(signal, encodeProtobuf(signal, good));
    assert.deepEqual(await rowsOf(signal, mended), expected);
    assert.equal(expected.rows.length, 1);
  });

const badPoint = { timeUnixNano: "5", asDouble: 0.5, attributes: [] };
const gauge = (...dataPoints: object[]) => ({
  resourceMetrics: [
    { resource, scopeMetrics: [{ scope: { name: "s" }, metrics: [{ name: "g", gauge: { dataPoints } }] }] },
  ],
});

test("of a metric only the bad points die, each as a request of its own", async () => {
  const points = [1, 2, 3].map((asDouble) => ({ timeUnixNano: at, asDouble, attributes: [] }));
  const { rows, dead } = await rowsOf("metrics", JSON.stringify(gauge(...points, badPoint)));
  assert.deepEqual(
    rows.map((row) => row.Value),
    [1, 2, 3],
  );
  assert.deepEqual(
    dead.map(({ death, message: { value } }) => [death.reason, JSON.parse(String(value))]),
    [["bad_time", gauge(badPoint)]],
  );
});

test("a metric without a name that is text dies whole", async () => {
  const request = gauge(badPoint, badPoint);
  Object.assign(request.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0] ?? {}, { name: 5 });
  const { rows, dead } = await rowsOf("metrics", JSON.stringify(request));
  assert.deepEqual([rows.length, dead.length, JSON.parse(String(dead[0]?.message.value))], [0, 1, request]);
});

test("of a span only the bad events die", async () => {
  const events = [
    { name: "good", timeUnixNano: at },
    { name: "bad", timeUnixNano: "5" },
  ];
  const request = traces({ ...span({ traceId, spanId }), events });
  const { rows, dead } = await rowsOf("traces", JSON.stringify(request));
  assert.deepEqual(
    rows.map((row) => row["Events.Name"]),
    [["good"]],
  );
  assert.deepEqual(
    dead.map(({ death, message: { value } }) => [death.reason, JSON.parse(String(value))]),
    [["bad_time", { traceId, spanId, events: [{ name: "bad", timeUnixNano: "5" }] }]],
  );
});

test("a span that is sent again for its saga's sake is not stored twice", async () => {
  const json = JSON.stringify(traces(span({ traceId, spanId })));
  const storedOf = async (place: string) =>
    (await rowsOf("traces", json, { "sagascope-replay-of": place })).rows.length;
  assert.equal(await storedOf("saga.events/1/7/1000000001"), 0);
  assert.equal(await storedOf("saga.events/1/7/1"), 1);
  assert.equal(await storedOf("saga.events/1/7"), 1);
});

for (const { name, point } of [
  { name: "fewer than none", point: { count: "-5" } },
  { name: "a bucket of fewer than none", point: { count: "5", bucketCounts: ["5", -1] } },
  { name: "more than there can be", point: { count: "18446744073709551616" } },
])
  test(`a histogram that counts ${name} dies here, before the store refuses its block`, async () => {
    const metrics = [{ count: "18446744073709551615" }, point].map((one, index) => ({
      name: `metric ${index}`,
      histogram: { dataPoints: [{ timeUnixNano: at, ...one }] },
    }));
    const request = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
    const { rows, dead } = await rowsOf("metrics", JSON.stringify(request));
    assert.deepEqual(
      [rows.map((row) => row.MetricName), dead.map(({ death }) => death.reason)],
      [["metric 0"], ["bad_otlp"]],
    );
  });

test("flags and counts of 32 bits are without a sign, as their columns are", async () => {
  const gauge = { dataPoints: [{ timeUnixNano: at, asDouble: 1, flags: -1 }] };
  const scopeMetrics = [{ scope: { droppedAttributesCount: -1 }, metrics: [{ name: "g", gauge }] }];
  const { rows } = await rowsOf("metrics", JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics }] }));
  assert.deepEqual([rows[0]?.Flags, rows[0]?.ScopeDroppedAttrCount], [4294967295, 4294967295]);
});

const allGroups = { resourceSpans: [{}], resourceLogs: [{}], resourceMetrics: [{}] };
const groupsOf = { traces: "resourceSpans", logs: "resourceLogs", metrics: "resourceMetrics" } as const;
const requestNames = {
  traces: "ExportTraceServiceRequest",
  logs: "ExportLogsServiceRequest",
  metrics: "ExportMetricsServiceRequest",
} as const;
for (const signal of signals) {
  const groups = groupsOf[signal];
  for (const { name, value } of [
    { name: "a field of no request", value: '{"a":1}' },
    { name: "another spelling", value: '{"resource_spans":[],"resource_logs":[],"resource_metrics":[]}' },
    { name: "another signal's records", value: JSON.stringify({ ...allGroups, [groups]: undefined }) },
    { name: "a field of no request in protobuf", value: Buffer.from([0x78, 0x05]) },
  ])
    test(`a message of ${signal} with nothing but ${name} dies, as bad_otlp`, async () => {
      const { rows, dead } = await rowsOf(signal, value);
      assert.deepEqual(rows, []);
      const wanted = `${requestNames[signal]} in ${typeof value === "string" ? "JSON" : "protobuf"}`;
      assert.deepEqual(
        dead.map(({ death }) => death),
        [{ reason: "bad_otlp", detail: `not an ${wanted}: nothing in it is known, for it has no ${groups}` }],
      );
      assert.deepEqual(dead[0]?.message.value, Buffer.from(value));
    });

  for (const { value, says } of [
    { value: "hello", says: "protobuf: invalid wire type 4 at offset 3" },
    { value: "[]", says: "protobuf: index out of range: 2 + 4 > 2" },
    { value: '{"resource":1', says: "JSON: Expected ',' or '}' after" },
  ])
    test(`a message of ${signal} that is ${value} dies with what was expected`, async () => {
      const { dead } = await rowsOf(signal, value);
      assert.deepEqual(
        dead.map(({ death }) => [death.reason, death.detail.startsWith(`not an ${requestNames[signal]} in ${says}`)]),
        [["bad_otlp", true]],
      );
    });

  for (const { name, value } of [
    { name: "an empty object", value: "{}" },
    { name: "an empty list", value: `{"${groups}":[]}` },
    { name: "an empty list beside what is unknown", value: `{"a":1,"${groups}":[]}` },
    { name: "null for a list", value: `{"${groups}":null}` },
    { name: "no bytes", value: Buffer.alloc(0) },
  ])
    test(`a message of ${signal} that is ${name} comes to nothing`, async () => {
      assert.deepEqual(await rowsOf(signal, value), { rows: [], dead: [] });
    });
}

for (const { name, innermost } of [
  { name: "lists in lists", innermost: '{"stringValue":"x"}' },
  { name: "lists in lists, around a number that is read with care", innermost: '{"intValue":12345678901234567890}' },
])
  test(`an attribute of ${name} without end is told of as one`, async () => {
    const depth = 50_000;
    const deep = `${'{"arrayValue":{"values":['.repeat(depth)}${innermost}${"]}}".repeat(depth)}`;
    const request = traces({ ...span({ traceId, spanId }), attributes: [{ key: "deep", value: "here" }] });
    const { dead } = await rowsOf("traces", JSON.stringify(request).replace('"here"', deep));
    assert.deepEqual(
      dead.map(({ death }) => death),
      [{ reason: "bad_otlp", detail: "An attribute is nested too deeply." }],
    );
  });

test("text in protobuf that is not UTF-8 dies with its span, and no other", async () => {
  const good = span({ traceId: bytes(traceId), spanId: bytes(spanId) });
  const request = traces(good);
  request.resourceSpans[0]?.scopeSpans[0]?.spans.push({ ...good, name: "GET /broken" });
  const value = Buffer.from(encodeProtobuf("traces", request));
  value[value.indexOf("broken")] = 0xff;
  const { rows, dead } = await rowsOf("traces", value);
  assert.deepEqual(
    [rows.map((row) => row.SpanName), dead.map(({ death }) => death.reason)],
    [["GET /orders"], ["bad_text"]],
  );
});

test("integers of 64 bits in JSON are exact, be they text or numbers", async () => {
  const json = JSON.stringify(traces(span({ traceId, spanId })));
  const asNumbers = json.replace(/"(startTimeUnixNano|intValue)":"(\d+)"/g, '"$1":$2');
  assert.notEqual(asNumbers, json);
  assert.deepEqual(await rowsOf("traces", asNumbers), await rowsOf("traces", json));
});

test("so are those within a list", async () => {
  for (const digits of ["9007199254740993", "12345678901234567890"]) {
    const of = (number: string) =>
      JSON.stringify(
        traces({ ...span({ traceId, spanId }), attributes: [{ key: "n", value: { arrayValue: { values: ["?"] } } }] }),
      ).replace('"?"', `{"intValue":${number}}`);
    const [asNumber, asText] = [await rowsOf("traces", of(digits)), await rowsOf("traces", of(`"${digits}"`))];
    assert.deepEqual(asNumber, asText);
  }
});

test("attributes without number are sorted as few are", async () => {
  const keys = Array.from({ length: 3_000 }, (_, index) => `k${(index * 7919) % 3_000}`);
  const many = keys.map((key) => ({ key, value: { stringValue: key } }));
  const { rows } = await rowsOf("traces", JSON.stringify(traces({ ...span({ traceId, spanId }), attributes: many })));
  assert.deepEqual(rows[0]?.SpanAttributes, Object.fromEntries(keys.sort().map((key) => [key, key])));
});

test("a truth in protobuf that does not end kills its request", async () => {
  const { rows, dead } = await rowsOf("traces", Buffer.from("0a0b0a090a070a0161120210fc", "hex"), {
    "content-type": "application/x-protobuf",
  });
  assert.deepEqual([rows, dead.map(({ death }) => death.reason)], [[], ["bad_otlp"]]);
});

test("each row is known with the message that it came from", async () => {
  const good = span({ traceId, spanId });
  const request = traces(good);
  request.resourceSpans[0]?.scopeSpans[0]?.spans.push({ ...good, name: "second" });
  const messages = [7n, 8n].map((offset) => message(JSON.stringify(request), { offset }));
  const { rows } = await otlpEncoder("traces")(messages, neverAborted);
  const each = rows.flatMap((table) => table.each());
  assert.deepEqual(
    each.map((row) => [row.message.offset, /"(second|GET .orders)"/.exec(String(row.line))?.[1]]),
    [7n, 8n].flatMap((offset) => ["GET /orders", "second"].map((name) => [offset, name])),
  );
  const again = [tableRows("otel_traces", each)];
  assert.deepEqual(rowsByColumn(again), rowsByColumn(rows));
});

test("unmarked messages are told apart by their bytes", async () => {
  const json = JSON.stringify(traces(span({ traceId, spanId })));
  assert.equal((await rowsOf("traces", `\n ${json}\n`)).rows.length, 1);
  assert.equal((await rowsOf("traces", json, { "content-type": "application/json" })).rows.length, 1);
  assert.deepEqual(await rowsOf("traces", " {\n} \n"), { rows: [], dead: [] });
  // Lengths are then the codes of a brace and a quote.
  const named = (text: string) => ({ attributes: [{ key: text, value: {} }] });
  for (let name = ""; name.length < 200; name += "x")
    for (const resource of [undefined, {}, named("x".repeat(5)), named("x".repeat(28)), named("x".repeat(30))]) {
      const spans = [{ traceId: bytes(traceId), spanId: bytes(spanId), startTimeUnixNano: at, name }];
      const request = encodeProtobuf("traces", { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
      const { rows } = await rowsOf("traces", request);
      assert.equal(rows.length, 1, Buffer.from(request).toString("hex", 0, 8));
    }
});

test("no bytes and no JSON make it throw: all come to rows or die", async () => {
  for (const signal of signals) {
    const group = `resource${signal[0]?.toUpperCase()}${signal.slice(1)}`.replace("Traces", "Spans");
    const scope = group.replace("resource", "scope");
    const records = { traces: "spans", logs: "logRecords", metrics: "metrics" }[signal];
    const wrap = (record: unknown) => JSON.stringify({ [group]: [{ [scope]: [{ [records]: [record] }] }] });
    await fc.assert(fc.asyncProperty(fc.uint8Array(), async (value) => void (await rowsOf(signal, value))));
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const { rows, dead } = await rowsOf(signal, wrap(value));
        assert.ok(rows.length + dead.length > 0);
      }),
    );
  }
});
