import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { ReleaseVerdictParams } from "#contracts/api/params.ts";
import { ReleaseVerdict } from "#contracts/api/releases.ts";
import { parseParams } from "./params.ts";
import { readView } from "./view.ts";

/** What of an AnalysisTemplate with a web metric is used, and nothing else. */
const AnalysisTemplate = z.strictObject({
  apiVersion: z.literal("argoproj.io/v1alpha1"),
  kind: z.literal("AnalysisTemplate"),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    args: z.array(
      z.strictObject({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() }),
    ),
    metrics: z.tuple([
      z.strictObject({
        name: z.string(),
        interval: z.string(),
        count: z.number().int(),
        inconclusiveLimit: z.number().int(),
        failureLimit: z.literal(0),
        consecutiveSuccessLimit: z.literal(1),
        consecutiveErrorLimit: z.number().int(),
        successCondition: z.string(),
        failureCondition: z.string(),
        provider: z.strictObject({
          web: z.strictObject({
            url: z.string(),
            timeoutSeconds: z.number().int(),
            headers: z.array(z.strictObject({ key: z.string(), value: z.string() })),
            jsonPath: z.string(),
          }),
        }),
      }),
    ]),
  }),
});

const { spec } = AnalysisTemplate.parse(parse(readFileSync("deploy/argo-rollouts.yaml", "utf8")));
const [metric] = spec.metrics;
const given: Record<string, string> = {
  sagascope: "http://sagascope-web:3000",
  type: "order-fulfilment",
  service: "payments",
  baseline: "v1.4.2",
  canary: "v1.5.0",
};
const filled = (text: string) => text.replace(/\{\{args\.(\w+)\}\}/g, (_, name: string) => given[name] ?? "");

test("every argument that the template uses is one that it takes", () => {
  const used = [...JSON.stringify(metric).matchAll(/\{\{args\.(\w+)\}\}/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(used)].sort(), spec.args.map(({ name }) => name).sort());
});

test("it asks the question of releases, with parameters that it knows", () => {
  const { pathname, search } = new URL(filled(metric.provider.web.url));
  const { name, params } = readView(pathname + search);
  assert.equal(name, "releaseVerdict");
  const { type, service, baseline, canary, metric: metrics } = parseParams(ReleaseVerdictParams, params);
  assert.deepEqual({ type, service, baseline, canary, sagascope: given.sagascope }, given);
  assert.deepEqual(metrics, ["failure", "compensation", "latency"]);
});

test("what it reads of the answer is there, and its conditions tell the three results apart", () => {
  const field = /^\{\$\.(\w+)\}$/.exec(metric.provider.web.jsonPath)?.[1];
  assert.equal(field, "result");
  const wanted = [metric.successCondition, metric.failureCondition].map(
    (text) => /^result == "(\w+)"$/.exec(text)?.[1],
  );
  assert.deepEqual(wanted, ["pass", "fail"]);
  assert.deepEqual(ReleaseVerdict.shape.result.options, ["pass", "fail", "inconclusive"]);
});

test("only when it has looked its whole time does inconclusive end it", () => {
  assert.equal(metric.inconclusiveLimit, metric.count - 1);
});
