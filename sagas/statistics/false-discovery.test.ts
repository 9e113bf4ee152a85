import assert from "node:assert/strict";
import { test } from "node:test";
import { qValues } from "./false-discovery.ts";

for (const { name, p, q } of [
  { name: "none", p: [], q: [] },
  { name: "one is itself", p: [0.03], q: [0.03] },
  { name: "the least counts times their number", p: [0.01, 0.5, 0.9, 1], q: [0.04, 1, 1, 1] },
  {
    name: "in the order given, and never less than one of a smaller p",
    p: [0.04, 0.01, 0.03, 0.02],
    q: [0.04, 0.04, 0.04, 0.04],
  },
]) {
  test(name, () =>
    assert.deepEqual(
      qValues(p).map((value) => Math.round(value * 1e9) / 1e9),
      q,
    ),
  );
}
