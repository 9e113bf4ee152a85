import type { Contender } from "./contenders.ts";
import { type Run, stages } from "./ingest-run.ts";
import { median } from "./percentiles.ts";

/** Prints medians with their spread, and how many times each other one we are. */
export function reportIngest(runs: ReadonlyMap<Contender, readonly Run[]>, own: Contender): void {
  const ours = medianOf(runs.get(own) ?? [], ({ rowsPerSecond }) => rowsPerSecond);
  for (const [{ name }, all] of runs) {
    const rate = medianOf(all, ({ rowsPerSecond }) => rowsPerSecond);
    const rates = all.map(({ rowsPerSecond }) => rowsPerSecond);
    const spread = `${thousands(Math.min(...rates))}–${thousands(Math.max(...rates))}`;
    const cpu = stages.map((stage) => `${stage} ${medianOf(all, (run) => run.cpuMicrosPerRow[stage]).toFixed(1)}`);
    const whole = medianOf(all, (run) => stages.reduce((sum, stage) => sum + run.cpuMicrosPerRow[stage], 0));
    console.log(name);
    console.log(
      `  median of ${all.length}: ${thousands(rate)} rows/s (${spread}); ours is ${(ours / rate).toFixed(2)} ×`,
    );
    console.log(`  CPU-µs a row: ${whole.toFixed(1)} = ${cpu.join(" + ")}`);
    const memory = Math.max(...all.map(({ workerMb }) => workerMb));
    console.log(
      `  ${memory === 0 ? "no worker" : `worker's memory at most ${Math.round(memory)} MB`}; ${exactly(all)}`,
    );
  }
}

function medianOf(runs: readonly Run[], of: (run: Run) => number): number {
  return median(runs.map(of));
}

function exactly(runs: readonly Run[]): string {
  const wrong = runs.filter(({ rows, distinct, expected }) => rows !== expected || distinct !== expected);
  const [first] = wrong;
  if (first === undefined) return "each message once, in every run";
  return `NOT each message once in ${wrong.length} runs: ${first.rows} rows of ${first.distinct} messages, expected ${first.expected}`;
}

const thousands = (value: number) => `${Math.round(value / 1000)}k`;
