import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { z } from "zod";
import { SagaList } from "#contracts/api/saga.ts";
import { streamEvents } from "#contracts/api/stream.ts";
import { topics } from "#contracts/topics.ts";
import { ask, endpoints, eventually } from "./stack.ts";

let producer: Producer;
before(async () => {
  const kafka = new Kafka({ clientId: "e2e", brokers: endpoints().kafka.split(","), logLevel: logLevel.NOTHING });
  producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
});
after(() => producer?.disconnect());

/** One event for the view of a list: its id, and the ids of the sagas that it tells of. */
interface Heard {
  readonly id: string;
  readonly view: string;
  readonly sagas: readonly string[];
}

interface Stream {
  readonly heard: readonly Heard[];
  /** How often the freshness came: once a second. */
  readonly seconds: () => number;
  close(): Promise<void>;
}

/** Listens as a browser does; every event is held to its schema. */
async function listen(views: readonly string[], lastEventId?: string): Promise<Stream> {
  const { web, token } = endpoints();
  const leaving = new AbortController();
  const query = new URLSearchParams(views.map((view) => ["view", view]));
  const response = await fetch(`${web}/api/v1/stream?${query}`, {
    headers: { authorization: `Bearer ${token}`, ...(lastEventId ? { "last-event-id": lastEventId } : {}) },
    signal: leaving.signal,
  });
  assert.equal(response.status, 200);
  const heard: Heard[] = [];
  let seconds = 0;
  const hear = (text: string) => {
    const fields = new Map(
      text.split("\n").map((line): [string, string] => [line.split(": ")[0] ?? "", line.slice(line.indexOf(": ") + 2)]),
    );
    const name = z.enum(["view", "freshness"]).optional().parse(fields.get("event"));
    if (name === undefined) return;
    const data: unknown = JSON.parse(fields.get("data") ?? "");
    if (name === "view") {
      const { view, answer } = streamEvents.view.parse(data);
      heard.push({ id: fields.get("id") ?? "", view, sagas: SagaList.parse(answer).sagas.map(({ id }) => id) });
    } else {
      streamEvents.freshness.parse(data);
      seconds += 1;
    }
  };
  const reading = (async () => {
    let rest = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (rest + chunk).split("\n\n");
      rest = events.pop() ?? "";
      events.forEach(hear);
    }
  })();
  // A schema that does not hold is told of at the end; that we leave is no fault.
  const ended = reading.catch((error: unknown) => leaving.signal.aborted || error);
  return {
    heard,
    seconds: () => seconds,
    async close() {
      leaving.abort();
      const how = await ended;
      if (how instanceof Error) throw how;
    },
  };
}

/** Starts a saga of this type, and waits until it is stored. */
async function start(type: string, id: string): Promise<void> {
  const at = new Date().toISOString();
  const event = {
    specversion: "1.0",
    id: `${id}-1`,
    source: "/services/e2e",
    type: "saga.started",
    correlationid: id,
    time: at,
    sagatype: type,
    sagastarted: at,
    data: {},
  };
  await producer.send({ topic: topics.sagaEvents, messages: [{ key: id, value: JSON.stringify(event) }] });
  await eventually(`${id} is stored`, async () =>
    (await ask(`/sagas?type=${type}`, SagaList)).sagas.some((saga) => saga.id === id),
  );
}

test("who comes back with the last event's id misses nothing, and is told nothing twice", async () => {
  const type = `stream-${randomUUID()}`;
  // By a label, not by a type: the facet of types tells of all types.
  const [changing, still] = [`/api/v1/sagas?type=${type}`, `/api/v1/sagas?label=none%3D${type}`];
  const first = await listen([changing, still]);
  await eventually("both views are told", async () => first.heard.length === 2);
  await start(type, `${type}-a`);
  await eventually("a saga is told", async () => first.heard.at(-1)?.sagas.length === 1);
  await first.close();
  const left = first.heard.at(-1)?.id;

  await start(type, `${type}-b`);
  await start(type, `${type}-c`);
  const second = await listen([changing, still], left);
  await eventually("what came meanwhile is told", async () => second.heard.length > 0);
  await eventually("some seconds pass", async () => second.seconds() >= 3);
  await second.close();
  assert.deepEqual(
    second.heard.map(({ view, sagas }) => ({ view, sagas })),
    [{ view: changing, sagas: [`${type}-c`, `${type}-b`, `${type}-a`] }],
  );

  const third = await listen([changing, still], second.heard[0]?.id);
  await eventually("some seconds pass", async () => third.seconds() >= 3);
  await third.close();
  assert.deepEqual(third.heard, []);
});

for (const { name, id } of [
  { name: "no id", id: undefined },
  { name: "the id of other views", id: "abc.def.ghi" },
  { name: "an id that is none", id: "7" },
])
  test(`who comes with ${name} is told everything anew`, async () => {
    const views = [1, 2].map(() => `/api/v1/sagas?label=none%3D${randomUUID()}`);
    const stream = await listen(views, id);
    await eventually("both views are told", async () => stream.heard.length === 2);
    await sleep(100);
    await stream.close();
    assert.deepEqual(stream.heard.map(({ view }) => view).sort(), views.sort());
  });
