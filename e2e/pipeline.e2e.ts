import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { DeadLetterDetail, DeadLetterList } from "#contracts/api/dead-letters.ts";
import { Pipeline } from "#contracts/api/pipeline.ts";
import { SagaDetail } from "#contracts/api/saga.ts";
import { topics } from "#contracts/topics.ts";
import { type OpenBrowser, openBrowser } from "./browser.ts";
import { ask, endpoints, eventually, tell } from "./stack.ts";

let browser: OpenBrowser;
let producer: Producer;
before(async () => {
  const kafka = new Kafka({ clientId: "e2e", brokers: endpoints().kafka.split(","), logLevel: logLevel.NOTHING });
  producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await producer?.disconnect();
});

const started = (saga: string) => ({
  specversion: "1.0",
  id: `${saga}-1`,
  source: "/services/e2e",
  type: "saga.started",
  correlationid: saga,
  time: new Date().toISOString(),
  sagatype: "pipeline-test",
  sagastarted: new Date().toISOString(),
  data: { labels: { orderId: "o-1" } },
});

/** Produces a saga event; the id of the letter that it would be. */
async function produce(saga: string, event: object): Promise<string> {
  const [sent] = await producer.send({
    topic: topics.sagaEvents,
    messages: [{ key: saga, value: JSON.stringify(event), headers: { from: "e2e" } }],
  });
  return `${topics.sagaEvents}:${sent?.partition}:${sent?.baseOffset}`;
}

test("a broken event is seen on the page, mended, replayed, and its saga is there", async () => {
  const { page } = browser;
  await page.goto(`${endpoints().web}/pipeline`);
  await page.getByRole("heading", { name: "Partitions" }).waitFor();
  const saga = `pipeline-${randomUUID()}`;
  const id = await produce(saga, { ...started(saga), type: "saga.begun" });
  const row = page.getByRole("button", { name: `Dead letter ${id}` });
  await row.click({ timeout: 30_000 });
  await page.getByText('"type": "saga.begun"').waitFor();
  // What is wrong is pointed at, at its own line.
  assert.match((await page.locator('[data-wrong="true"]').textContent()) ?? "", /"type": "saga\.begun".*←/);
  await page.getByRole("button", { name: "Edit and replay" }).click();
  const field = page.getByRole("textbox", { name: /The value to send instead/ });
  await field.fill((await field.inputValue()).replace("saga.begun", "saga.started"));
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByRole("button", { name: "Yes, replay" }).click();
  await page.getByRole("link", { name: "open its saga" }).click({ timeout: 30_000 });
  await page.waitForURL(new RegExp(`/sagas/${saga}`));
  const { events } = await ask(`/sagas/${saga}`, SagaDetail);
  assert.deepEqual(
    events.map((event) => [event.id, event.type]),
    [[`${saga}-1`, "saga.started"]],
  );
  const { letter, replays } = await ask(`/dead-letters/${encodeURIComponent(id)}`, DeadLetterDetail);
  assert.deepEqual([letter.state, letter.tries, replays[0]?.edited], ["replayed", 2, true]);
  const again = await tell("POST", `/dead-letters/${encodeURIComponent(id)}/replay`, {});
  assert.equal(again.status, 409);
  assert.deepEqual(browser.complaints, []);
});

test("a letter that is sent again as it was is the same letter's next try", async () => {
  const saga = `pipeline-${randomUUID()}`;
  const id = await produce(saga, { ...started(saga), id: 5 });
  const path = `/dead-letters/${encodeURIComponent(id)}`;
  await eventually("the letter", async () => (await ask(path, DeadLetterDetail)).letter.state === "dead");
  assert.equal((await tell("POST", `${path}/replay`, {})).status, 202);
  const { deaths } = await eventually("its second death", async () => {
    const detail = await ask(path, DeadLetterDetail);
    return detail.letter.tries === 2 && detail.letter.state === "dead" && detail;
  });
  assert.equal(deaths.length, 2);
  const { letters } = await ask("/dead-letters?reason=bad_schema&limit=500", DeadLetterList);
  assert.deepEqual(
    letters.filter((letter) => letter.preview.includes(saga)).map((letter) => letter.id),
    [id],
  );
  const patched = await tell("POST", `${path}/replay`, { patch: { id: `${saga}-1` } });
  assert.equal(patched.status, 202);
  await eventually("the saga", async () => (await ask(`/sagas/${saga}`, SagaDetail)).events.length === 1);
});

test("all letters that match a filter are replayed at once, by the keyboard, after the question that names their number", async () => {
  const { page } = browser;
  const sagas = Array.from({ length: 3 }, () => `pipeline-${randomUUID()}`);
  // Other tests make letters of this reason too.
  const hour = new URLSearchParams({
    from: new Date().toISOString(),
    to: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const ids = await Promise.all(
    sagas.map((saga) => produce(saga, { ...started(saga), dataschema: "urn:sagascope:saga-event:99" })),
  );
  await page.goto(`${endpoints().web}/pipeline?reason=unknown_version&${hour}`);
  const all = page.getByRole("button", { name: "Replay all 3 that match" });
  await all.waitFor({ timeout: 30_000 });
  await all.press("Enter");
  await page.getByText("Send 3 messages again as they were, each to its own topic and partition?").waitFor();
  // The question has the focus, on the answer that does no harm.
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "3 replayed." }).waitFor({ timeout: 30_000 });
  for (const id of ids) {
    const { letter, replays } = await eventually(`the next try of ${id}`, async () => {
      const detail = await ask(`/dead-letters/${encodeURIComponent(id)}`, DeadLetterDetail);
      return detail.letter.tries === 2 && detail.letter.state === "dead" && detail;
    });
    assert.deepEqual([letter.reason, replays.length, replays[0]?.actor], ["unknown_version", 1, "web"]);
  }
  assert.deepEqual(browser.complaints, []);
});

test("what was sent twice is marked on its saga, told in the pipeline, and everything adds up", async () => {
  const { page } = browser;
  const saga = `pipeline-${randomUUID()}`;
  const before = (await ask("/pipeline?range=15m", Pipeline)).duplicates.count;
  const event = started(saga);
  for (const _ of [1, 2, 3]) await produce(saga, event);
  await eventually("three copies", async () => {
    const { events } = await ask(`/sagas/${saga}`, SagaDetail);
    return events.length === 1 && events[0]?.duplicates === 2;
  });
  const { balance, kafka } = await eventually(
    "the duplicates",
    async () => {
      const pipeline = await ask("/pipeline?range=15m", Pipeline);
      return pipeline.duplicates.count >= before + 2 && pipeline.kafka.available && pipeline;
    },
    60_000,
  );
  assert.equal(kafka.available, true);
  assert.ok(balance.length > 0);
  for (const one of balance) assert.equal(one.balance, 0, `${one.topic}:${one.partition}`);
  await page.goto(`${endpoints().web}/sagas/${saga}?tab=events`);
  await page.getByText("duplicate", { exact: true }).waitFor();
});

for (const [path, body, status] of [
  ["/dead-letters/saga.events:0:999999999/replay", {}, 404],
  ["/dead-letters/nothing/replay", {}, 404],
  ["/dead-letters/nothing/replay", { value: { encoding: "text", content: "x" }, patch: {} }, 400],
  ["/dead-letters/nothing/replay", { other: 1 }, 400],
  ["/dead-letters/replay", { state: ["gone"] }, 400],
  ["/dead-letters/replay", { range: "1h", from: "2026-01-01T00:00:00Z" }, 400],
] as const)
  test(`POST ${path} with ${JSON.stringify(body)} is ${status}`, async () => {
    const answer = await tell("POST", path, body);
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
  });
