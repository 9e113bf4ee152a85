import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { aSaga, type Bench, startBench, token } from "./testing/bench.ts";

let bench: Bench;
const running = new Set<ChildProcess>();

before(
  async () => {
    bench = await startBench(process.env.SAGASCOPE_ENDPOINTS);
    bench.clock.nowMs = Date.now();
  },
  { timeout: 60_000 },
);
after(async () => {
  for (const child of running) child.kill("SIGKILL");
  await bench?.close();
});

interface Part {
  readonly child: ChildProcess;
  /** What `/readyz` and the like answer. */
  readonly get: (path: string) => Promise<Response>;
}

async function startPart(): Promise<Part> {
  const child = spawn(process.execPath, ["alerts/main.ts"], {
    cwd: `${import.meta.dirname}/..`,
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      CLICKHOUSE_URL: bench.clickhouseUrl,
      DATABASE_URL: bench.postgresUrl,
      SAGASCOPE_TOKEN: token,
      WEBHOOK_ALLOW_PRIVATE: "true",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  const port = await eventually("it listens", async () => /"port":(\d+)/.exec(text)?.[1]);
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  await eventually("it is ready", async () => (await get("/readyz")).ok);
  return { child, get };
}

async function stopPart({ child }: Part): Promise<void> {
  const exit = once(child, "exit", { signal: AbortSignal.timeout(20_000) });
  child.kill("SIGTERM");
  assert.deepEqual(await exit, [0, null]);
}

async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const untilMs = Date.now() + 30_000;
  while (Date.now() < untilMs) {
    const found = await look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`Not within 30 s: ${what}`);
}

test("two processes fire once between them, and a message survives their end in the middle of its call", {
  timeout: 120_000,
}, async () => {
  const { receiver } = bench;
  receiver.answer = () => undefined;
  const parts = await Promise.all([startPart(), startPart()]);
  bench.clock.nowMs = Date.now();
  const rule = await bench.addRule({ windowSeconds: 86_400 });
  await bench.storeSagas([aSaga("orders", { startedSecondsAgo: 10, events: { "saga.failed": 5 } })]);
  await eventually("the receiver is called", async () => receiver.calls.length > 0);
  await Promise.all(parts.map(stopPart));
  assert.equal(receiver.calls.length, 1);

  receiver.answer = () => ({ status: 204 });
  const third = await startPart();
  const delivered = await eventually("it is delivered", async () => {
    const deliveries = await bench.deliveriesOf(rule.id);
    return deliveries.every(({ state }) => state === "delivered") && deliveries;
  });
  assert.equal(delivered.length, 1);
  assert.equal(new Set(receiver.calls.map(({ id }) => id)).size, 1);
  assert.ok(receiver.calls.every(({ signed, message }) => signed && message.type === "alert.firing"));
  const metrics = await (await third.get("/metrics")).text();
  assert.match(metrics, /sagascope_alerts_webhook_attempts_total\{outcome="delivered"\} 1/);
  assert.match(metrics, /sagascope_alerts_checks_total\{result="nothing"\} [1-9]/);
  await stopPart(third);
});

test("a start without settings says which, and ends", async () => {
  const child = spawn(process.execPath, ["alerts/main.ts"], {
    cwd: `${import.meta.dirname}/..`,
    env: { NODE_ENV: "test", PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr?.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, "exit");
  assert.equal(code, 1);
  assert.match(text, /^alerts cannot start: .*\n.*CLICKHOUSE_URL/);
});
