import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cost } from "#contracts/api/answer.ts";
import { questions } from "#contracts/api/questions.ts";
import { mostViews, StreamParams } from "#contracts/api/stream.ts";
import { createHub } from "./hub.ts";
import { liveStream } from "./live-stream.ts";
import { parseParams, readQuery } from "./params.ts";
import { problemOf } from "./problem.ts";
import { readView } from "./view.ts";

const freshness = { newestEventAt: null, newestIngestAt: null, deadLetters: 0, askedAt: "2026-06-01T00:00:00.000Z" };
const answer: Cost = { freshness, rowsRead: 1, bytesRead: 8, tookMs: 2 };

/** Events that a stream of these views begins with, and the data of each. */
async function heard(paths: readonly string[], count: number): Promise<Record<string, string[]>> {
  const hub = createHub({
    ask: async ({ name, params }) => {
      parseParams(questions[name].params, params);
      return answer;
    },
    printOf: ({ key }) => key,
    problemOf,
    pause: () => sleep(5),
    everyMs: 5,
  });
  const views = paths.map((asked) => ({ asked, view: readView(asked) }));
  const reader = liveStream({ hub, streams: new Set() }, views, null).getReader();
  const events: Record<string, string[]> = {};
  while (Object.values(events).flat().length < count) {
    const { value } = await reader.read();
    for (const [, name = "", data = ""] of new TextDecoder().decode(value).matchAll(/event: (\w+)\ndata: (.*)\n/g)) {
      events[name] = [...(events[name] ?? []), data];
    }
  }
  await reader.cancel();
  return events;
}

test("a view that its question refuses is told so by an event, and the others are told all the same", async () => {
  const [bad, good] = ["/api/v1/sagas?nope=1", "/api/v1/sagas?state=failed"];
  const events = await heard([bad, good], 3);
  const [told] = events.problem?.map((data) => JSON.parse(data)) ?? [];
  assert.equal(told.view, bad);
  assert.deepEqual([told.problem.status, told.problem.detail.slice(0, 23)], [400, "nope: not known here; k"]);
  assert.deepEqual(
    events.view?.map((data) => JSON.parse(data).view),
    [good],
  );
  assert.equal(events.freshness?.length, 1);
});

for (const [query, says] of [
  ["nope=1", /nope: not known here; known are view/],
  [
    Array(mostViews + 1)
      .fill("view=a")
      .join("&"),
    /view: give at most 12/,
  ],
] as const)
  test(`no stream: ?${query}`, () =>
    assert.throws(() => parseParams(StreamParams, readQuery(new URLSearchParams(query))), {
      code: "BAD_REQUEST",
      message: says,
    }));

test("one view and several are a list of them, and none is none", () => {
  const views = (query: string) => parseParams(StreamParams, readQuery(new URLSearchParams(query))).view;
  assert.deepEqual([views(""), views("view=a"), views("view=a&view=b")], [[], ["a"], ["a", "b"]]);
});
