import assert from "node:assert/strict";
import { test } from "node:test";
import { Cost } from "#contracts/api/answer.ts";
import { printOf } from "./live.ts";

const freshness = { newestEventAt: null, newestIngestAt: null, deadLetters: 0, askedAt: "2026-06-01T00:00:00.000Z" };
const answer: Cost & { total: number } = { total: 3, freshness, rowsRead: 1, bytesRead: 8, tookMs: 2 };

test("what an answer cost is no news, and what it says is", () => {
  const print = (changed: object) => printOf({ name: "sagas" }, { ...answer, ...changed });
  for (const name of Object.keys(Cost.shape)) assert.equal(print({ [name]: 77 }), print({}), name);
  assert.notEqual(print({ total: 4 }), print({}));
});
