import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Span } from "#contracts/api/saga.ts";
import { hopsOf, rowsOf } from "./span-tree.ts";

const span = (traceId: string, spanId: string, parentSpanId = "", more: Partial<Span> = {}): Span => ({
  traceId,
  spanId,
  parentSpanId,
  name: "POST /orders",
  kind: "Server",
  service: "orders",
  startMs: 0,
  durationMs: 10,
  status: "Ok",
  statusMessage: "",
  attributes: {},
  links: [],
  ...more,
});
const all = () => true;

test("hops come in the saga's order, spans depth first by their start", () => {
  const spans = [
    span("b", "4", "", { links: [{ traceId: "a", spanId: "1" }], startMs: 20, status: "Error" }),
    span("a", "3", "1", { startMs: 8 }),
    span("a", "2", "1", { startMs: 4 }),
    span("a", "1"),
    span("a", "5", "2", { startMs: 5 }),
  ];
  const hops = hopsOf(spans, ["a", "b"]);
  assert.deepEqual(
    rowsOf(hops, all).map((row) =>
      row.kind === "hop" ? `hop ${row.hop.number}` : `${row.depth}:${row.node.span.spanId}`,
    ),
    ["hop 1", "0:1", "1:2", "2:5", "1:3", "hop 2", "0:4"],
  );
  assert.deepEqual([hops[1]?.linkedFrom, hops[1]?.errors, hops[0]?.linkedFrom], [1, 1, null]);
});

test("a trace that the saga does not name stands where its time is", () => {
  const at = (traceId: string, startMs: number) => span(traceId, traceId, "", { startMs });
  const hops = hopsOf([at("b", 20), at("gateway", 1), at("a", 10), at("late", 99)], ["a", "b"]);
  assert.deepEqual(
    hops.map((hop) => hop.traceId),
    ["gateway", "a", "b", "late"],
  );
});

test("what is closed hides what is below it", () => {
  const hops = hopsOf([span("a", "1"), span("a", "2", "1"), span("b", "3")], ["a", "b"]);
  assert.deepEqual(
    rowsOf(hops, (key) => key !== "a/1" && key !== "b").map((row) => row.key),
    ["a", "a/1", "b"],
  );
});

test("a span whose parent was never exported stands at the root", () => {
  const [hop] = hopsOf([span("a", "2", "lost")], []);
  assert.equal(hop?.roots[0]?.span.spanId, "2");
});

test("every span is shown once, whatever the parents say", () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(20), fc.nat(25)), { maxLength: 60 }), (given) => {
      const spans = given.map(([trace, id, parent]) => span(`t${trace}`, `s${trace}.${id}`, `s${trace}.${parent}`));
      const rows = rowsOf(hopsOf(spans, ["t2", "t0"]), all).filter((row) => row.kind === "span");
      assert.deepEqual(
        new Set(rows.map((row) => row.key)),
        new Set(spans.map((one) => `${one.traceId}/${one.spanId}`)),
      );
      assert.equal(rows.length, new Set(rows.map((row) => row.key)).size);
    }),
  ));
