import { parseArgs } from "node:util";
import { compareReleases, usualRules } from "./compare-releases.ts";
import { lookEveryMinute, type Rollout, sameRollout, simulateRollout } from "./simulate-releases.ts";

// The numbers that docs/semantics.md quotes: npm run simulate -- --runs 1000
const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" } } });
const seeds = Array.from({ length: Number(values.runs) }, (_, seed) => seed + 1_000_000);

const rules = usualRules;
const same: Rollout = { ...sameRollout, minutes: 1440 };
const few = { baseline: 38, canary: 2 };
const doubled = (from: number) => ({ baseline: from, canary: 2 * from });

const say = (line: string) => process.stdout.write(`${line}\n`);
const share = (count: number) => `${((100 * count) / seeds.length).toFixed(1)} %`;
const level = (values: readonly number[], at: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))] ?? Number.NaN;

function falseAlarms(name: string, rollout: Rollout): void {
  const comparisons = seeds.map((seed) => compareReleases(simulateRollout(rollout, seed), rules));
  const alarms = comparisons.filter(({ metrics }) => metrics.some(({ verdict }) => verdict === "worse"));
  const passes = comparisons.filter(({ result }) => result === "pass");
  say(`${name.padEnd(60)} called worse ${share(alarms.length)}, passed ${share(passes.length)}`);
}

function found(name: string, rollout: Rollout, wanted: "pass" | "fail"): void {
  const looked = seeds.map((seed) => lookEveryMinute(rollout, { rules, seed }));
  const hits = looked.filter(({ result }) => result === wanted).map(({ sagas }) => sagas);
  const took = `sagas of both: median ${level(hits, 0.5)}, p95 ${level(hits, 0.95)}`;
  say(`${name.padEnd(60)} ${wanted} ${share(hits.length)}; ${took}`);
}

say(`${seeds.length} rollouts each, looked at every minute; all three metrics at alpha ${rules.alpha}`);
falseAlarms("the same, 20 and 20 a minute, 24 h", same);
falseAlarms("the same, 38 and 2 a minute, 24 h", { ...same, perMinute: few });
falseAlarms("the same, 1 and 1 a minute, 24 h", { ...same, perMinute: { baseline: 1, canary: 1 } });
found("failures 2 % → 4 %, 20 and 20 a minute", { ...same, failure: doubled(0.02) }, "fail");
found("failures 5 % → 10 %, 20 and 20 a minute", { ...same, failure: doubled(0.05) }, "fail");
found(
  "failures 2 % → 4 %, 38 and 2 a minute",
  { ...same, failure: doubled(0.02), perMinute: few, minutes: 2880 },
  "fail",
);
found(
  "failures 5 % → 10 %, 38 and 2 a minute",
  { ...same, failure: doubled(0.05), perMinute: few, minutes: 2880 },
  "fail",
);
found("half as slow again, 20 and 20 a minute", { ...same, slower: 1.5 }, "fail");
found("the same: earns a pass, 20 and 20 a minute", same, "pass");
