import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createKafka } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { type Source, type SourceOptions, startSource } from "./kafka-source.ts";
import { Room } from "./room.ts";
import { Slots } from "./slots.ts";
import { endpoints, eventually, openStack, type TestStack } from "./stack-for-tests.ts";
import type { Chunk } from "./store-chunk.ts";

const sessionTimeoutMs = 5_000;

let stack: TestStack;
const warnings: string[] = [];
process.on("warning", ({ name }) => warnings.push(name));

before(async () => {
  stack = await openStack(endpoints(process.env));
});
after(async () => {
  await stack.close();
});

/** A source of the test's topic that stores by `store`, and then commits as every store does. */
async function read(
  groupId: string,
  store: (chunk: Chunk) => Promise<void>,
  more: Partial<SourceOptions> = {},
): Promise<{ source: Source; joinings: () => number }> {
  let joinings = 0;
  const log = createLogger("test", "silent");
  const slots = new Slots(8);
  const source = await startSource(createKafka(settings(), { clientId: "test", log }), {
    topic: stack.topics.events,
    groupId: `${stack.topics.events}-${groupId}`,
    limits: { rows: 1_000, bytes: 1_000_000 },
    heldBytes: 3_000_000,
    room: new Room(3_000_000),
    ageMs: 100,
    sessionTimeoutMs,
    known: new Map(),
    logs: { held: async () => undefined, note: async () => undefined },
    left: async () => undefined,
    lag: () => undefined,
    joined: () => {
      joinings += 1;
    },
    gone: () => undefined,
    crashed: (error) => assert.fail(error),
    failed: (_, error) => assert.fail(error as Error),
    recordGap: async () => assert.fail("There is no gap"),
    store: async (chunk, owner) => {
      if (!chunk.written) await owner.writeDown(chunk.range);
      await store(chunk);
      await owner.commit(chunk.range.max + 1n);
    },
    turn: () => slots.turn(),
    ...more,
  });
  return { source, joinings: () => joinings };
}

const settings = () => ({ KAFKA_BROKERS: stack.kafka.split(","), KAFKA_TLS: false });

async function produce(count: number): Promise<void> {
  const messages = [0, 1, 2, 3].flatMap((partition) =>
    Array.from({ length: count }, (_, number) => ({ partition, value: `${partition}-${number}`.padEnd(400, ".") })),
  );
  await stack.producer.send({ topic: stack.topics.events, messages });
}

test("a chunk that takes longer than the session holds up no other partition and loses none", {
  timeout: 180_000,
}, async () => {
  await produce(50);
  const ends: number[] = [];
  const stored = new Map<number, bigint>();
  const { source, joinings } = await read("slow", async ({ partition, range }) => {
    if (partition === 0) await sleep(sessionTimeoutMs * 1.5);
    ends.push(partition);
    stored.set(partition, range.max);
  });
  try {
    await eventually(
      async () => stored,
      (done) => [1, 2, 3].every((partition) => done.has(partition)),
      40_000,
    );
    await produce(50);
    await eventually(
      async () => stored,
      (done) => [0, 1, 2, 3].every((partition) => done.get(partition) === 99n),
      40_000,
    );
    // Each of the others was stored twice over before the slow one was once.
    assert.ok(ends.indexOf(0) >= 6, `${ends}`);
    assert.equal(joinings(), 1);
  } finally {
    await source.stop();
  }
});

test("each offset is committed without any threshold", { timeout: 60_000 }, async () => {
  const log = createLogger("test", "silent");
  const admin = createKafka(settings(), { clientId: "test", log }).admin();
  await admin.connect();
  const groupId = `${stack.topics.events}-slow`;
  const [of] = await admin.fetchOffsets({ groupId, topics: [stack.topics.events] });
  await admin.disconnect();
  assert.deepEqual(
    of?.partitions.map(({ partition, offset }) => [partition, offset]).sort(),
    [0, 1, 2, 3].map((partition) => [partition, "100"]),
  );
});

test("what is held is bounded, and everything comes once and in order though reading stops again and again", {
  timeout: 120_000,
}, async () => {
  await produce(900);
  const next = [0n, 0n, 0n, 0n];
  let rows = 0;
  const { source } = await read(
    "bounded",
    async ({ partition, range, messages }) => {
      assert.equal(range.min, next[partition]);
      next[partition] = range.max + 1n;
      rows += messages.length;
      await sleep(5);
    },
    { limits: { rows: 50, bytes: 100_000 }, heldBytes: 200_000 },
  );
  try {
    await eventually(
      async () => next,
      (offsets) => offsets.every((offset) => offset === 1_000n),
      40_000,
    );
    assert.equal(rows, 4_000);
  } finally {
    await source.stop();
  }
});

test("retention that passes a worker at work: what it has in hand is stored, what it had not read is known as lost", {
  timeout: 120_000,
}, async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const stored: bigint[] = [];
  const gaps: unknown[] = [];
  const { source } = await read(
    "passed",
    async ({ partition, messages }) => {
      if (partition !== 0) return;
      await opened;
      stored.push(...[...messages].map(({ offset }) => offset));
    },
    {
      limits: { rows: 50, bytes: 100_000 },
      heldBytes: 100_000,
      recordGap: async (partition, { from, to, reason }) => void gaps.push({ partition, from, to, reason }),
    },
  );
  try {
    const admin = createKafka(settings(), { clientId: "test", log: createLogger("test", "silent") }).admin();
    await admin.connect();
    const { events: topic } = stack.topics;
    await admin.fetchTopicOffsets(topic);
    // Once a chunk of partition 0 waits, nothing more of it is fetched.
    await sleep(2_000);
    for (let burst = 0; burst < 10; burst += 1) await produce(2_000);
    await sleep(1_000);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "20990" }] });
    await admin.disconnect();
    open();
    await eventually(
      async () => stored.at(-1),
      (last) => last === 20_999n,
      60_000,
    );
    const next = BigInt(stored.findIndex((offset, index) => offset !== BigInt(index)));
    assert.deepEqual(gaps, [{ partition: 0, from: next, to: 20_989n, reason: "retention" }]);
    assert.equal(BigInt(stored.length), next + 10n);
  } finally {
    await source.stop();
  }
});

test("the client sets no timer in the past", () => assert.ok(!warnings.includes("TimeoutNegativeWarning")));
