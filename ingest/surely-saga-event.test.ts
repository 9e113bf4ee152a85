import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SagaEvent } from "#contracts/saga-event.ts";
import { deathOf, decodeSagaEvent } from "./decode-saga-event.ts";
import { isSurelySagaEvent } from "./surely-saga-event.ts";
import { event, message } from "./testing.ts";

const everything = {
  dataschema: "urn:sagascope:saga-event:1",
  causationid: "e0",
  subject: "order/7",
  datacontenttype: "application/json",
  traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01",
  tracestate: "a=b",
  partitionkey: 7,
};
const data = {
  step: "refund",
  attempt: 2,
  compensates: "charge",
  serviceVersion: "1",
  labels: { orderId: "7", note: "ä{}[]👟" },
  plan: ["a", "b"],
  undoOrder: "reverse",
  deadline: "2026-01-03T00:00:00Z",
  error: { code: "card_declined", message: "no", retryable: true },
  payload: { a: [1] },
};
const kinds = SagaEvent.options.flatMap(({ shape }) => shape.type.options);
const right = fc.record({ type: fc.constantFrom(...kinds), isFull: fc.boolean() }).map(({ type, isFull }) => {
  const { step, compensates } = data;
  return event({ type, ...(isFull ? { ...everything, data } : { data: { step, compensates } }) });
});

/** At each limit of the contract, one beyond it, in characters of one, two and four bytes; and what must not be in a text. */
const nastyText = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 1, 50, 100, 128, 200, 250, 256, 500, 1000), fc.constantFrom("x", "ä", "👟"), fc.nat(1))
    .map(([count, character, more]) => character.repeat(count + more)),
  fc.constantFrom(
    "\0",
    "\ud800",
    "\udc00x",
    "a\n",
    "1.0\n",
    "saga.started\n",
    "urn:sagascope:saga-event:2",
    "__proto__",
  ),
  fc.constantFrom("2026-02-29T00:00:00Z", "2024-02-29t00:00:00z", "2026-01-01T00:00:00Z\n", "1999-12-31T23:59:59Z"),
  fc.constantFrom(`${everything.traceparent}\n`, everything.traceparent.toUpperCase(), "00-0-0-00", "reverse\n"),
);
const nasty = fc.oneof(
  { arbitrary: nastyText, weight: 4 },
  { arbitrary: fc.constantFrom(null, true, 0, -0, 1, 1.5, 65_535, 65_536, 2 ** 53, 1e300, [], {}, [[]]), weight: 2 },
  { arbitrary: fc.dictionary(nastyText, nastyText, { maxKeys: 2 }), weight: 1 },
  { arbitrary: fc.array(nastyText, { maxLength: 2 }), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
);

/** JSON with one of its values, at any depth, made another, taken out, or put in beside the others. */
function changed(json: unknown, { at, value }: { at: number; value: unknown }): unknown {
  const places: { of: Record<string, unknown>; name: string }[] = [];
  const copy: unknown = structuredClone({ json });
  const visit = (of: unknown): void => {
    if (typeof of !== "object" || of === null) return;
    for (const name of Object.keys(of)) {
      places.push({ of: of as Record<string, unknown>, name });
      visit((of as Record<string, unknown>)[name]);
    }
  };
  visit(copy);
  const place = places[at % places.length];
  if (place) Object.defineProperty(place.of, place.name, { value, enumerable: value !== undefined });
  return (copy as { json: unknown }).json;
}
const change = fc.record({ at: fc.nat(60), value: fc.option(nasty, { nil: undefined }) });
const changedEvent = fc
  .tuple(right, fc.array(change, { maxLength: 2 }))
  .map(([one, changes]) => changes.reduce<unknown>(changed, one));

/** Its text, cut, doubled, with other bytes in it, or with a name that it has already. */
const changedText = fc
  .tuple(
    changedEvent.map((one) => JSON.stringify(one) ?? ""),
    fc.nat(),
    nasty,
    fc.nat(12),
  )
  .map(([text, place, value, how]) => {
    const at = place % (text.length + 1);
    const names = Object.keys(everything);
    switch (how) {
      case 0:
        return text.slice(0, at);
      case 1:
        return text + text;
      case 2:
        return `${text.slice(0, at)}\\u0000${text.slice(at)}`;
      case 3:
        return text.slice(0, at) + text.slice(at + 1);
      case 4:
        return `${text.slice(0, -1)},${JSON.stringify(names[place % names.length])}:${JSON.stringify(value)}}`;
      case 5:
        return `${text.slice(0, -1)},"__proto__":${JSON.stringify(value)}}`;
      default:
        return text;
    }
  });

test("what is surely a saga event is one, and the others die of the same", () => {
  const said = { surely: 0, event: 0, dead: 0 };
  fc.assert(
    fc.property(changedText, (text) => {
      const one = message(text);
      const decoded = decodeSagaEvent(one);
      said[decoded.kind] += 1;
      assert.deepEqual(deathOf(one), decoded.kind === "dead" ? decoded : undefined);
      if (decoded.kind === "event" && isSurelySagaEvent(JSON.parse(text))) said.surely += 1;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(said.event > 2_000 && said.dead > 2_000, JSON.stringify(said));
  assert.ok(said.surely > said.event * 0.9, JSON.stringify(said));
});

test("any JSON that is surely a saga event is one", () => {
  fc.assert(
    fc.property(fc.oneof(changedEvent, fc.jsonValue()), (json) => {
      assert.ok(!isSurelySagaEvent(json) || SagaEvent.safeParse(json).success);
    }),
    { numRuns: 10_000 },
  );
});

test("in binary mode too, a message dies of what its reader says", () => {
  for (const id of ["event-1", ""]) {
    const { data, ...attributes } = event({ id });
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)]),
    );
    const one = message(JSON.stringify(data), { headers });
    const decoded = decodeSagaEvent(one);
    assert.deepEqual(deathOf(one), decoded.kind === "dead" ? decoded : undefined);
  }
});
