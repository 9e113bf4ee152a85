import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cost } from "#contracts/api/answer.ts";
import { createHub, type Told } from "./hub.ts";
import { printOf } from "./live.ts";
import { liveStream } from "./live-stream.ts";
import { readView, type View } from "./view.ts";

const answer = (content: object, askedAt = "0"): Cost => ({
  ...content,
  freshness: { newestEventAt: null, newestIngestAt: null, deadLetters: 0, askedAt },
  rowsRead: 1,
  bytesRead: 8,
  tookMs: 1,
});

/** A hub over a store that answers `says`, whose clock the test turns. */
function hubOver(says: { now: () => Promise<Cost> }) {
  const asked: string[] = [];
  const turns: (() => void)[] = [];
  const hub = createHub({
    ask: (view: View) => {
      asked.push(view.name);
      return says.now();
    },
    printOf,
    problemOf: () => ({ type: "urn:x", title: "x", status: 503 }),
    pause: () => new Promise((resolve) => turns.push(resolve)),
    everyMs: 1000,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const turn = async () => {
    await settle();
    for (const go of turns.splice(0)) go();
    await settle();
  };
  return { hub, asked, turn, settle };
}

const view = readView("/api/v1/sagas?state=failed");

test("the store is asked once per view, however many look, and no more once nobody does", async () => {
  const { hub, asked, turn } = hubOver({ now: async () => answer({ n: 1 }) });
  const leave = [1, 2, 3].map(() => hub.watch(view, () => {}));
  leave.push(hub.watch(readView("/api/v1/sagas?state=failed"), () => {}));
  await turn();
  assert.equal(asked.length, 2);
  for (const out of leave) out();
  await turn();
  await turn();
  assert.equal(asked.length, 2);
  assert.equal(hub.size, 0);
});

test("only a change of content is told, and who comes late hears the newest at once", async () => {
  let says = answer({ n: 1, sentence: "3.2 s" });
  const { hub, turn } = hubOver({ now: async () => says });
  const told: Told[] = [];
  hub.watch(view, (one) => told.push(one));
  await turn();
  says = answer({ n: 1, sentence: "4.2 s" }, "1");
  await turn();
  says = answer({ n: 2, sentence: "5.2 s" }, "2");
  await turn();
  assert.deepEqual(
    told.map((one) => one.kind === "answer" && JSON.parse(one.json).n),
    [1, 2],
  );
  const late: Told[] = [];
  hub.watch(view, (one) => late.push(one));
  assert.equal(late.length, 1);
});

test("a failing store is told of once, and the answer after it again", async () => {
  let fails = false;
  const { hub, turn } = hubOver({ now: async () => (fails ? Promise.reject(new Error("down")) : answer({ n: 1 })) });
  const told: string[] = [];
  hub.watch(view, (one) => told.push(one.kind));
  await turn();
  fails = true;
  await turn();
  await turn();
  fails = false;
  await turn();
  assert.deepEqual(told, ["answer", "problem", "answer"]);
});

async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: RegExp): Promise<string> {
  let text = "";
  while (!wanted.test(text)) {
    const { value, done } = await reader.read();
    assert.ok(!done, `the stream ended after: ${text}`);
    text += new TextDecoder().decode(value);
  }
  return text;
}

test("a stream tells its view and freshness, and one that comes back hears only what it has not seen", async () => {
  const { hub, turn, settle } = hubOver({ now: async () => answer({ n: 1 }) });
  const ports = { hub, streams: new Set<() => void>() };
  const views = [{ asked: "/api/v1/sagas?state=failed", view }];
  const first = liveStream(ports, views, null).getReader();
  const text = await readUntil(first, /event: freshness/);
  assert.match(text, /event: view\ndata: \{"view":"\/api\/v1\/sagas\?state=failed","answer":\{"n":1,/);
  const id = /^id: (.+)$/m.exec(text)?.[1] ?? "";
  await first.cancel();
  assert.equal(ports.streams.size, 0);
  const second = liveStream(ports, views, id).getReader();
  await turn();
  await settle();
  assert.doesNotMatch(await readUntil(second, /event: freshness/), /event: view/);
  for (const end of ports.streams) end();
  while (!(await second.read()).done);
});
