import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "#ingest/message.ts";
import { settleTogether } from "#ingest/settle-starts.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { event, lines, message, neverAborted } from "#ingest/testing.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { insertedColumns } from "#store/clickhouse/inserts/tables.ts";
import { decodeSagaEvent } from "./decode-saga-event.ts";
import { eachEncoder, readEvents } from "./encode-each.ts";
import { sagaEventsEncoder } from "./encode-saga-events.ts";

const at = (more: Record<string, unknown>, offset: bigint) => message(JSON.stringify(event(more)), { offset });

function values(line: string): Record<string, unknown> {
  const row: unknown[] = JSON.parse(line);
  assert.equal(row.length, insertedColumns.saga_events.length);
  return Object.fromEntries(insertedColumns.saga_events.map((column, index) => [column, row[index]]));
}

test("an event fills every column", async () => {
  const data = {
    step: "refund-payment",
    attempt: 2,
    compensates: "charge-payment",
    serviceVersion: "1.2.3",
    labels: { orderId: "7" },
    plan: ["a", "b"],
    undoOrder: "reverse",
    deadline: "2026-01-03T00:00:00Z",
    error: { code: "card_declined", message: "no", retryable: true },
    payload: { a: [1] },
  };
  const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  const full = { type: "saga.compensation.failed", subject: "order/7", causationid: "e0", traceparent, data };
  const { rows } = await sagaEventsEncoder(settleTogether(async () => new Map()))([at(full, 9n)], neverAborted);
  const { time, ...row } = values(lines(rows)[0] ?? "");
  assert.match(lines(rows)[0] ?? "", /1767323045123456789/);
  assert.ok(time);
  assert.deepEqual(row, {
    event_id: "event-1",
    saga_id: "order-1",
    saga_type: "order-fulfilment",
    saga_version: "3",
    event_type: "saga.compensation.failed",
    source: "/services/payments",
    subject: "order/7",
    causation_id: "e0",
    trace_id: "0123456789abcdef0123456789abcdef",
    span_id: "0123456789abcdef",
    step: "refund-payment",
    attempt: 2,
    compensates: "charge-payment",
    service_version: "1.2.3",
    labels: { orderId: "7" },
    plan: ["a", "b"],
    undo_order: "reverse",
    error_code: "card_declined",
    error_message: "no",
    error_retryable: true,
    payload: '{"a":[1]}',
    start_unsaid: false,
    _topic: "saga.events",
    _partition: 1,
    saga_started: 1_767_323_044_500,
    deadline: 1_767_398_400_000,
    _offset: 9,
  });
});

test("only sagas that do not say when they began are asked for, and each keeps one start", async () => {
  const asked: string[][] = [];
  const ask = async (ids: readonly string[]) => {
    asked.push([...ids]);
    return new Map([["known", 1_767_000_000_000]]);
  };
  const encode = sagaEventsEncoder(settleTogether(ask));
  const silent = { sagastarted: undefined };
  const { rows } = await encode(
    [
      at({ ...silent, correlationid: "known" }, 1n),
      at({ ...silent, correlationid: "new", time: "2026-01-02T03:04:06Z" }, 2n),
      at({ ...silent, correlationid: "new", time: "2026-01-02T03:04:05Z", type: "saga.started", data: {} }, 3n),
      at({ correlationid: "said" }, 4n),
    ],
    neverAborted,
  );
  assert.deepEqual(asked, [["known", "new"]]);
  assert.deepEqual(
    lines(rows)
      .map(values)
      .sort((a, b) => Number(a._offset) - Number(b._offset))
      .map(({ saga_started }) => saga_started),
    [1_767_000_000_000, 1_767_323_045_000, 1_767_323_045_000, 1_767_323_044_500],
  );
});

const startsBy = (rows: readonly TableRows[]) =>
  lines(rows)
    .map(values)
    .sort((a, b) => Number(a._offset) - Number(b._offset))
    .map(({ saga_started }) => saga_started);

test("a saga of which one event says when it began, and another does not, is in one place, whichever way each is read", async () => {
  const silent = at({ sagastarted: undefined, time: "2026-01-03T00:00:00Z" }, 2n);
  for (const said of [{}, { time: "2026-01-02T05:04:05+01:00" }]) {
    const encode = sagaEventsEncoder(settleTogether(async () => new Map()));
    for (const messages of [
      [at(said, 1n), silent],
      [silent, at(said, 3n)],
    ]) {
      const { rows } = await encode(messages, neverAborted);
      assert.deepEqual(startsBy(rows), [1_767_323_044_500, 1_767_323_044_500]);
      assert.deepEqual(
        rows.flatMap(({ each }) => each().map(({ line }) => values(String(line)).saga_started)),
        [1_767_323_044_500, 1_767_323_044_500],
      );
    }
  }
});

test("a chunk that fails while another one waits leaves nothing in that one", async () => {
  const { promise: asked, resolve: answer } = Promise.withResolvers<Map<string, number>>();
  const encode = sagaEventsEncoder(settleTogether(() => asked));
  const waiting = encode([at({ sagastarted: undefined }, 1n)], neverAborted);
  const broken = { ...at({}, 3n), hasHeader: () => assert.fail("it cannot be read") };
  await assert.rejects(encode([at({}, 2n), broken], neverAborted), /cannot be read/);
  answer(new Map());
  const { rows } = await waiting;
  assert.deepEqual([rows[0]?.count, startsBy(rows)], [1, [1_767_323_045_123]]);
});

test("a row says whether its event leaves its saga's start open, whoever else says it", async () => {
  const told = [{ sagastarted: undefined }, {}, { correlationid: "order-2", sagastarted: undefined }];
  const messages = told.map((more, index) => at(more, BigInt(index)));
  const settle = settleTogether(async () => new Map());
  const read = (one: Message) => {
    const decoded = decodeSagaEvent(one);
    assert.equal(decoded.kind, "event");
    return readEvents([decoded.event], one);
  };
  for (const encode of [eachEncoder(read, settle), sagaEventsEncoder(settle)]) {
    const { rows } = await encode(messages, neverAborted);
    assert.deepEqual(
      lines(rows)
        .map(values)
        .map(({ _offset, start_unsaid }) => [_offset, start_unsaid])
        .toSorted(),
      [
        [0, true],
        [1, false],
        [2, true],
      ],
    );
  }
});

test("a payload nested more deeply than the stack dies alone", async () => {
  const deep = JSON.stringify(event({ data: { step: "a", payload: "?" } })).replace(
    '"?"',
    `${"[".repeat(400_000)}${"]".repeat(400_000)}`,
  );
  const { rows, dead } = await sagaEventsEncoder(settleTogether(async () => new Map()))(
    [message(deep), at({}, 8n)],
    neverAborted,
  );
  assert.equal(rows[0]?.count, 1);
  assert.deepEqual(
    dead.map(({ death }) => death.reason),
    ["bad_schema"],
  );
});

for (const { said, stored } of [
  { said: "2000-01-01T00:00:00Z", stored: "2020-01-01T00:00:00.000Z" },
  { said: "2019-12-31T23:59:59.999999999Z", stored: "2020-01-01T00:00:00.000Z" },
  { said: "2020-01-01T00:00:00.001999Z", stored: "2020-01-01T00:00:00.001Z" },
  { said: "2039-12-31T23:59:59.999999999Z", stored: "2039-12-31T23:59:59.999Z" },
  { said: "2199-12-31T23:59:59Z", stored: "2039-12-31T23:59:59.999Z" },
])
  test(`a saga that began at ${said} is stored under ${stored}, and its event's time stays`, async () => {
    const encode = sagaEventsEncoder(settleTogether(async () => new Map()));
    const { rows } = await encode([at({ sagastarted: said, time: "2199-01-01T00:00:00Z" }, 1n)], neverAborted);
    const row = values(lines(rows)[0] ?? "");
    assert.equal(row.saga_started, Date.parse(stored));
    assert.equal(row.time, Date.UTC(2199, 0, 1) * 1e6);
  });

for (const { name, days, shares } of [
  { name: "as many days as one insert may touch", days: daysAnInsert, shares: [daysAnInsert] },
  { name: "one day more", days: daysAnInsert + 1, shares: [daysAnInsert, 1] },
  { name: "240 days", days: 240, shares: [100, 100, 40] },
])
  test(`rows of sagas that began on ${name} go in by ${shares.length} inserts, the same on every try`, async () => {
    const messages = Array.from({ length: 2 * days }, (_, index) =>
      at({ sagastarted: new Date(Date.UTC(2021, (index * 7) % days, 5)).toISOString() }, BigInt(index)),
    );
    const tries = [1, 2].map(async () => {
      const { rows } = await sagaEventsEncoder(settleTogether(async () => new Map()))(messages, neverAborted);
      return rows.map((each) => ({ share: each.share, lines: lines([each]) }));
    });
    const [one, two] = await Promise.all(tries);
    assert.deepEqual(one, two);
    assert.deepEqual(
      one?.map((each) => each.lines.length),
      shares.map((count) => 2 * count),
    );
    assert.equal(new Set(one?.map(({ share }) => share)).size, shares.length);
  });
