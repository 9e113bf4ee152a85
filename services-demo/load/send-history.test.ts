import assert from "node:assert/strict";
import { test } from "node:test";
import type { Producer } from "kafkajs";
import { SagaEvent } from "#contracts/saga-event.ts";
import { sendHistory } from "./send-history.ts";

const endMs = Date.UTC(2026, 10, 23, 12);

async function collect(count: number, seed: number) {
  const events: SagaEvent[] = [];
  let spans = 0;
  let logs = 0;
  const producer = {
    async send({ messages }: { messages: { value: string }[] }) {
      for (const { value } of messages) events.push(SagaEvent.parse(JSON.parse(value)));
    },
  } as unknown as Producer;
  await sendHistory(
    { count, seed, endMs },
    {
      producer,
      async postOtlp(signal, body) {
        const text = JSON.stringify(body);
        if (signal === "traces") spans += text.split('"spanId"').length - text.split('"links"').length;
        else logs += text.split('"severityNumber"').length - 1;
      },
    },
  );
  return { events, spans, logs };
}

test("every saga has one beginning and one end, inside the day, and all its events are valid", async () => {
  const { events, spans, logs } = await collect(900, 5);
  const bySaga = Map.groupBy(events, (event) => event.correlationid);
  assert.equal(bySaga.size, 900);
  for (const own of bySaga.values()) {
    assert.equal(own[0]?.type, "saga.started");
    assert.match(own.at(-1)?.type ?? "", /^saga\.(completed|compensated)$/);
    assert.ok(own.every((event, index) => index === 0 || event.time >= (own[index - 1]?.time ?? "")));
    assert.ok(own.every(({ time }) => Date.parse(time) > endMs - 86_400_000 && Date.parse(time) < endMs + 60_000));
  }
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
  assert.ok(spans > 900 * 5 && logs > 900 * 2);
});

test("the same seed gives the same day", async () => {
  assert.deepEqual((await collect(50, 9)).events, (await collect(50, 9)).events);
  assert.notDeepEqual((await collect(50, 9)).events, (await collect(50, 10)).events);
});

test("a lost compensation leaves a completed step that nothing undoes", async () => {
  const { events } = await collect(4000, 1);
  const lost = [...Map.groupBy(events, (event) => event.correlationid).values()].filter((own) => {
    const undone = own
      .filter(({ type }) => type === "saga.compensation.completed")
      .map(({ data }) => "compensates" in data && data.compensates);
    const done = own
      .filter(({ type }) => type === "saga.step.completed")
      .map(({ data }) => "step" in data && data.step);
    return own.at(-1)?.type === "saga.compensated" && done.some((step) => !undone.includes(step));
  });
  assert.ok(lost.length > 0 && lost.length < 60, `${lost.length} of 4000`);
});
