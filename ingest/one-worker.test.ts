import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createMetrics } from "./metrics.ts";
import { byOneWorker } from "./one-worker.ts";

const topic = "events";

function chore({ patienceMs }: { patienceMs: number }) {
  const metrics = createMetrics();
  const stopping = new AbortController();
  const done = { turns: 0, left: 0 };
  const turn = async () => {
    done.turns += 1;
    return { leastMs: 0, times: 0 };
  };
  const leave = () => {
    done.left += 1;
  };
  const ended = byOneWorker({ topic, metrics, lookMs: 1, patienceMs, turn, leave }, stopping.signal);
  return { metrics, done, ended, stop: () => stopping.abort() };
}

const lag = (messages: number) => ({ messages, sinceMs: undefined, heldSinceMs: undefined });

test("turns are taken by whoever has the first partition alone", async () => {
  const { metrics, done, ended, stop } = chore({ patienceMs: 0 });
  await sleep(20);
  assert.equal(done.turns, 0);
  assert.ok(done.left > 0);
  metrics.lags.set(topic, 0, lag(0));
  while (done.turns < 3) await sleep(1);
  stop();
  await ended;
});

test("while much waits to be stored, a turn waits as long as it has patience", async () => {
  const { metrics, done, ended, stop } = chore({ patienceMs: 3_600_000 });
  metrics.lags.set(topic, 0, lag(0));
  metrics.lags.set(topic, 3, lag(50_000));
  await sleep(20);
  assert.equal(done.turns, 0);
  metrics.lags.set(topic, 3, lag(50));
  while (done.turns < 3) await sleep(1);
  stop();
  await ended;
});
