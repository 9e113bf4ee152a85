import assert from "node:assert/strict";
import { test } from "node:test";
import { Mapping } from "#contracts/mapping/mapping.ts";
import { parseYaml } from "#lib/yaml.ts";
import { mappedReadings } from "./mapped-readings.ts";
import { readMapping } from "./read-mapping.ts";

const example = (name: string) => `${import.meta.dirname}/../../docs/examples/${name}`;

test("what the docs show is read", async () => {
  const { topics } = await readMapping(example("order-topics.yaml"));
  assert.deepEqual(
    topics.map(({ topic }) => topic),
    ["order_events", "payment_events", "stock_events"],
  );
  assert.equal((await readMapping(example("spans.yaml"))).spans?.attributes.sagaId, "saga.id");
});

test("no file maps nothing", async () => assert.deepEqual(await readMapping(undefined), { topics: [] }));

test("a file that is not there is named", async () => {
  await assert.rejects(readMapping("/nowhere/mapping.yaml"), {
    code: "BAD_SETTING",
    message: /SAGASCOPE_MAPPING names \/nowhere\/mapping\.yaml/,
  });
});

const topic = "topics:\n  - topic: t\n    sagaId: $.id\n    sagaType: order\n";
const rules = (...lines: string[]) => `${topic}    rules:\n${lines.map((line) => `      ${line}\n`).join("")}`;

const tenOf = (name: string) => `[${Array.from({ length: 10 }, () => name).join(", ")}]`;
const bomb = ["a: &a [x]", "b: &b [*a, *a]", `c: &c ${tenOf("*b")}`, `d: &d ${tenOf("*c")}`, `e: ${tenOf("*d")}`].join(
  "\n",
);

for (const { name, yaml, says } of [
  { name: "what is not YAML", yaml: "topics:\n  - topic: [\n", says: /^m\.yaml:3 is not YAML: / },
  {
    name: "an alias of nothing",
    yaml: "spans:\n  sagaType: *nope\n",
    says: /^m\.yaml:2 \*nope has no &nope before it: quote it/,
  },
  {
    name: "an alias of something further down",
    yaml: "spans: *s\ntopics: &s []\n",
    says: /^m\.yaml:1 \*s has no &s before it/,
  },
  { name: "an alias that holds itself", yaml: "topics: &t\n  - *t\n", says: /^m\.yaml:2 topics › 1: / },
  {
    name: "aliases of aliases of aliases",
    yaml: bomb,
    says: /^m\.yaml says too much over again by its aliases[^\n]*$/,
  },
  {
    name: "a second document",
    yaml: `${rules("- events: []")}---\n`,
    says: /^m\.yaml:7 begins a second document, [^\n]*$/,
  },
  { name: "what is nested too deeply", yaml: "[".repeat(20_000), says: /^m\.yaml:1 is nested too deeply$/ },
  {
    name: "a word that means nothing",
    yaml: `${topic}    ruls: []\n`,
    says: /m\.yaml:2 topics › 1: Unrecognized key: "ruls"/,
  },
  { name: "a topic without rules", yaml: topic, says: /m\.yaml:2 topics › 1 › rules: / },
  {
    name: "a topic named twice",
    yaml: `${rules("- events: []")}  - topic: t\n    rules: [{ events: [] }]\n`,
    says: /m\.yaml:7 topics › 2 › topic: stands here twice/,
  },
  {
    name: "a name that no topic has",
    yaml: "topics:\n  - topic: a b\n    rules: [{ events: [] }]\n",
    says: /m\.yaml:2 topics › 1 › topic: is not a name/,
  },
  {
    name: "a type that is none",
    yaml: rules("- events:", "    - type: order.created"),
    says: /m\.yaml:7 topics › 1 › rules › 1 › events › 1 › type: is none of saga\.started, /,
  },
  {
    name: "an event without a type",
    yaml: rules("- events:", "    - step: a"),
    says: /m\.yaml:7 .* › type: wants text/,
  },
  {
    name: "a step's event without a step",
    yaml: rules("- events:", "    - type: saga.step.failed"),
    says: /m\.yaml:7 .*saga\.step\.failed wants step/,
  },
  {
    name: "a compensation of nothing",
    yaml: rules("- events:", "    - { type: saga.compensation.started, step: a }"),
    says: /m\.yaml:7 .*wants compensates/,
  },
  {
    name: "no saga id anywhere",
    yaml: "topics:\n  - topic: t\n    sagaType: x\n    rules: [{ events: [{ type: saga.started }] }]\n",
    says: /m\.yaml:4 .*wants sagaId, here or further out/,
  },
  {
    name: "a saga id that is the same for all",
    yaml: rules("- events:", "    - { type: saga.started, sagaId: order_id }"),
    says: /m\.yaml:7 .* › sagaId: "order_id" is the same for every message, .*: write a path, as \$\.order_id$/,
  },
  {
    name: "a number for a saga id",
    yaml: rules("- events:", "    - { type: saga.started, sagaId: 12 }"),
    says: /m\.yaml:7 .* › sagaId: "12" is the same .*: write a path, as \$\.order_id$/,
  },
  {
    name: "a saga id that is the same for all before one that is not",
    yaml: rules("- events:", "    - { type: saga.started, sagaId: [order.id, $.id] }"),
    says: /m\.yaml:7 .* › sagaId: "order\.id" is the same .*: write a path, as \$\.order\.id$/,
  },
  {
    name: "a saga id by a path that is none",
    yaml: rules("- events:", "    - { type: saga.started, sagaId: '$.[' }"),
    says: /^m\.yaml:7 .* › sagaId: "\$\.\[" is not a JSONPath \(RFC 9535\): [^\n]*$/,
  },
  {
    name: "a path that is none",
    yaml: rules("- events:", "    - type: saga.started", "      subject: $.items["),
    says: /m\.yaml:8 .* › subject: "\$\.items\[" is not a JSONPath \(RFC 9535\): unclosed/,
  },
  {
    name: "a reference that is none",
    yaml: rules("- events:", "    - type: saga.started", '      subject: "order-{order_id}"'),
    says: /m\.yaml:8 .* › subject: "order_id" is neither a path/,
  },
  {
    name: "half a brace",
    yaml: rules("- events:", "    - type: saga.started", '      subject: "order-{$.id"'),
    says: /has a brace without its other half/,
  },
  {
    name: "a bad one of several",
    yaml: rules("- events:", "    - type: saga.started", "      subject: [$.a, $.b, '$.']"),
    says: /m\.yaml:8 .* › subject › 3: /,
  },
  {
    name: "a condition on nothing",
    yaml: rules("- when: { type: x }", "  events: []"),
    says: /m\.yaml:6 .* › when.*"type" is neither a path/,
  },
  {
    name: "a condition of a kind unknown",
    yaml: rules("- when: { $.type: { like: x } }", "  events: []"),
    says: /m\.yaml:6 .* › when › \$\.type/,
  },
  {
    name: "a rule that is never reached",
    yaml: rules("- events: []", "- events: []"),
    says: /m\.yaml:7 topics › 1 › rules › 2: is never reached/,
  },
  {
    name: "a duration that is none",
    yaml: rules("- events:", "    - { type: saga.started, deadlineAfter: soon }"),
    says: /m\.yaml:7 .* › deadlineAfter: wants a duration as 90s/,
  },
  {
    name: "a zone that is none",
    yaml: `${topic}    zone: Berlin\n    rules: [{ events: [] }]\n`,
    says: /m\.yaml:5 .* › zone: wants Z/,
  },
  {
    name: "an attribute of spans unknown",
    yaml: "spans:\n  attributes:\n    saga: saga.id\n",
    says: /m\.yaml:3 spans › attributes: Unrecognized key: "saga"/,
  },
  { name: "a list for a mapping", yaml: "- topics\n", says: /^m\.yaml:1 wants topics, spans, or both/ },
])
  test(`${name} is refused, with its line`, () => {
    assert.throws(() => parseYaml(Mapping, yaml, "m.yaml"), { code: "BAD_SETTING", message: says });
  });

test("everything that is wrong is told at once", () => {
  const yaml = rules("- events:", "    - type: nonsense", "    - { type: saga.started, time: '$.[' }");
  assert.throws(
    () => parseYaml(Mapping, yaml, "m.yaml"),
    ({ message }: Error) => /:7 .*is none of/.test(message) && /:8 .*is not a JSONPath/.test(message),
  );
});

test("a topic that is read for something else cannot be mapped", () => {
  const mapping = parseYaml(Mapping, rules("- events: []"), "m.yaml");
  const settle = async () => new Map<string, number>();
  assert.throws(() => mappedReadings(mapping, { topics: { t: "logs" }, settle, ageMs: 1 }), {
    message: /names the topic t, which is read for its logs/,
  });
});
