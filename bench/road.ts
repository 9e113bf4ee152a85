import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Endpoints } from "#contracts/endpoints.ts";
import { describe } from "./percentiles.ts";
import { usageByPart } from "./process-usage.ts";
import { type RunningStack, startStack } from "./stack-process.ts";
import { visibleInApi } from "./visible.ts";

const idleSeconds = 20;

/**
 * Measures the road in a fresh clone of HEAD: cold start (set-up and build included), warm start, stop, produced → visible in the
 * API at 1,000 events/s, memory by part, and CPU when nothing happens.
 */
export async function benchRoad(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sagascope-bench-"));
  const checkout = join(folder, "clone");
  const data = join(folder, "data");
  execFileSync("git", ["clone", "--quiet", ".", checkout]);
  try {
    const cold = await startStack({ checkout, data });
    line("cold start, fresh clone → ready", seconds(cold.startedInMs), "bar ≤ 180 s");
    line("… → first saga in the API", seconds(cold.startedInMs + (await firstSagaMs(cold.endpoints()))));
    line(
      "the past day (20,000 sagas) in the API",
      `${seconds(await historyMs(cold.endpoints()))} after ready`,
      "bar ≤ 30 s",
    );
    line("stop by Ctrl-C", seconds(await cold.stop()), "bar ≤ 10 s");

    const warm = await startStack({ checkout, data });
    line("warm start → ready", seconds(warm.startedInMs), "bar ≤ 20 s");
    await sleep(10_000);
    memory(warm, "with demo traffic");
    await warm.stop();

    const bare = await startStack({ checkout, data, flags: ["--no-demo"] });
    const { delaysMs, sent, tookMs } = await visibleInApi(bare.endpoints(), { rate: 1000, seconds: 30 });
    line(
      `produced → visible in the API, ${Math.round((sent / tookMs) * 1000)} events/s`,
      describe(delaysMs),
      "bar p95 < 1 s",
    );
    await sleep(20_000);
    await idle(bare);
    memory(bare, "idle, without demo", "bar ≤ 3 GB");
    await bare.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const line = (what: string, value: string, bar = "") => console.log(`${what.padEnd(52)} ${value.padEnd(50)} ${bar}`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

async function total({ web, token }: Endpoints, query: string): Promise<number> {
  const answer = await fetch(`${web}/api/v1/sagas?limit=1&${query}`, { headers: { authorization: `Bearer ${token}` } });
  return z.object({ total: z.number() }).parse(await answer.json()).total;
}

async function waitFor(enough: () => Promise<boolean>): Promise<number> {
  const beganMs = performance.now();
  while (!(await enough())) {
    if (performance.now() - beganMs > 300_000) throw new Error("Not within five minutes");
    await sleep(100);
  }
  return performance.now() - beganMs;
}

const firstSagaMs = (endpoints: Endpoints) => waitFor(async () => (await total(endpoints, "range=30d")) > 0);
const historyMs = (endpoints: Endpoints) =>
  waitFor(async () => (await total(endpoints, "range=30d&label=demo%3Dhistory")) >= 20_000);

function memory(stack: RunningStack, when: string, bar = "") {
  const usage = [...usageByPart(stack.endpoints().processes)].sort(([, a], [, b]) => b.residentMb - a.residentMb);
  const all = usage.reduce((sum, [, { residentMb }]) => sum + residentMb, 0);
  line(`memory, ${when}`, `${(all / 1024).toFixed(2)} GB`, bar);
  for (const [part, { residentMb }] of usage) line(`  ${part}`, `${Math.round(residentMb)} MB`);
}

async function idle(stack: RunningStack) {
  const before = usageByPart(stack.endpoints().processes);
  await sleep(idleSeconds * 1000);
  const used = [...usageByPart(stack.endpoints().processes)].map(
    ([part, { cpuSeconds }]) => [part, cpuSeconds - (before.get(part)?.cpuSeconds ?? 0)] as const,
  );
  const percent = (cpuSeconds: number) => `${((cpuSeconds / idleSeconds) * 100).toFixed(1)} % of one core`;
  line("CPU, idle, without demo", percent(used.reduce((sum, [, cpu]) => sum + cpu, 0)), "bar < 25 %");
  for (const [part, cpu] of used.toSorted(([, a], [, b]) => b - a)) line(`  ${part}`, percent(cpu));
}
