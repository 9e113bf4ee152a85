import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { endProcesses, isRunning, markOf, signalGroup, startOf } from "./processes.ts";

const sleeper = (script: string) =>
  spawn(process.execPath, ["-e", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });

test("a process is known by its id and its start", () => {
  const self = markOf(process.pid);
  assert.equal(isRunning(self), true);
  assert.equal(isRunning({ ...self, started: "another" }), false);
});

test("an id that nobody has is nobody's", () => {
  assert.equal(startOf(2 ** 22 + 1), undefined);
  assert.equal(isRunning(markOf(2 ** 22 + 1)), false);
});

for (const { name, script } of [
  { name: "one that heeds the signal", script: "console.log(1); setInterval(() => {}, 1000)" },
  { name: "one that does not", script: "process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 1000)" },
])
  test(`ends ${name}`, async () => {
    const child = sleeper(script);
    await once(child.stdout, "data");
    const mark = markOf(child.pid ?? 0);
    await endProcesses([{ mark, signal: "SIGTERM" }], 300);
    assert.equal(isRunning(mark), false);
  });

test("a reused id is left alone", async () => {
  const child = sleeper("console.log(1); setInterval(() => {}, 1000)");
  await once(child.stdout, "data");
  const mark = markOf(child.pid ?? 0);
  await endProcesses([{ mark: { ...mark, started: "another time" }, signal: "SIGKILL" }], 100);
  assert.equal(isRunning(mark), true);
  child.kill("SIGKILL");
});

test("no process, no signal: least of all to our own group", () => assert.equal(signalGroup(0, "SIGTERM"), false));
