import assert from "node:assert/strict";
import { test } from "node:test";
import { ingestLagMs, warningOf } from "./lag.ts";

const fresh = {
  newestEventAt: "2026-11-23T12:00:00.000Z",
  newestIngestAt: "2026-11-23T12:00:00.400Z",
  deadLetters: 0,
  askedAt: "2026-11-23T12:00:01.000Z",
};

for (const { name, freshness, lag, warning } of [
  { name: "all is well", freshness: fresh, lag: 400, warning: undefined },
  { name: "nothing stored is not late", freshness: { ...fresh, newestEventAt: null }, lag: null, warning: undefined },
  {
    name: "clocks apart are not a negative lag",
    freshness: { ...fresh, newestIngestAt: "2026-11-23T11:59:59Z" },
    lag: 0,
    warning: undefined,
  },
  { name: "late", freshness: { ...fresh, newestIngestAt: "2026-11-23T12:00:11Z" }, lag: 11_000, warning: "behind" },
  { name: "dead letters", freshness: { ...fresh, deadLetters: 3 }, lag: 400, warning: "dead letters" },
]) {
  test(name, () => {
    assert.equal(ingestLagMs(freshness), lag);
    assert.equal(warningOf(freshness), warning);
  });
}
