import assert from "node:assert/strict";
import { test } from "node:test";
import { Readiness } from "./readiness.ts";

const waiting = /^Nothing of events has been stored for 16 s/;

function readyAt0(): Readiness {
  const readiness = new Readiness(["events", "logs"]);
  for (const topic of ["events", "logs"]) readiness.joined(topic);
  return readiness;
}

test("a topic that is not read yet", () => {
  assert.equal(new Readiness(["events"]).notReady(0), "Not reading yet: events");
  assert.equal(readyAt0().notReady(0), undefined);
});

test("a chunk that the store neither takes nor refuses", () => {
  const readiness = readyAt0();
  const done = readiness.storing("events", 1_000);
  assert.equal(readiness.notReady(16_000), undefined);
  assert.match(readiness.notReady(17_000) ?? "", waiting);
  done();
  assert.equal(readiness.notReady(17_000), undefined);
});

test("one that waits its turn while others of its topic are stored, but not while those of another are", () => {
  const readiness = readyAt0();
  readiness.storing("events", 1_000);
  readiness.stored("logs", 10_000);
  assert.match(readiness.notReady(17_000) ?? "", waiting);
  readiness.stored("events", 10_000);
  assert.equal(readiness.notReady(17_000), undefined);
  assert.match(readiness.notReady(26_000) ?? "", waiting);
});

test("who was told that the store does not take a chunk", () => {
  const readiness = readyAt0();
  readiness.cannotStore("events-1", "disk");
  assert.equal(readiness.notReady(0), "The store does not take chunks of events-1: disk");
  readiness.canStore("events-1");
  assert.equal(readiness.notReady(0), undefined);
});

test("what fails again and again, until it does not any more", () => {
  const readiness = readyAt0();
  for (let ms = 0; ms <= 15_000; ms += 2_500) readiness.failed("events-1", "too long", ms);
  assert.equal(readiness.notReady(15_000), undefined);
  readiness.failed("events-1", "too long", 17_500);
  assert.equal(readiness.notReady(18_000), "Nothing of events-1 has come to its end for 18 s: too long");
  assert.equal(readiness.notReady(33_000), undefined);
});

test("what fails now and then is no reason", () => {
  const readiness = readyAt0();
  for (const ms of [0, 16_000, 32_000]) readiness.failed("events-1", "moved", ms);
  assert.equal(readiness.notReady(32_000), undefined);
});
