import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { SagaEvent, type SagaEventType } from "./saga-event.ts";
import { ajvSaysValid } from "./saga-event-by-ajv.ts";

const read = (kind: string) =>
  readdirSync(`${import.meta.dirname}/examples/${kind}`).map((name) => ({
    name,
    value: JSON.parse(readFileSync(`${import.meta.dirname}/examples/${kind}/${name}`, "utf8")) as unknown,
  }));

const seen = new Set<SagaEventType>();
for (const { name, value } of read("valid")) {
  test(`${name} is taken, by the code and by the JSON Schema`, () => {
    seen.add(SagaEvent.parse(value).type);
    assert.ok(ajvSaysValid(value));
  });
}

test("there is a valid example of every type", () => {
  const types = SagaEvent.options.flatMap((option) => option.shape.type.options);
  assert.deepEqual([...seen].sort(), [...types].sort());
});

/** What the checker calls the reason that stands at the end of a file's name. */
const codes: Record<string, string> = {
  "is-missing": "invalid_type",
  "is-empty": "too_small",
  "is-too-small": "too_small",
  "is-too-long": "too_big",
  "is-unknown": "invalid_union",
  "is-another": "invalid_value",
  "is-not-text": "invalid_type",
  "is-not-a-number": "invalid_type",
  "is-not-whole": "invalid_type",
  "is-not-a-list": "invalid_type",
  "is-not-a-flag": "invalid_type",
  "is-not-a-time": "invalid_format",
  "is-beyond-2199": "invalid_format",
  "is-without-a-zone": "invalid_format",
  "is-of-another-version": "invalid_format",
  "is-malformed": "invalid_format",
  "has-a-lone-surrogate": "custom",
  "has-a-nul": "custom",
};
/** Attributes whose absence the checker finds in another way: they tell the shapes of events apart, or have one value. */
const missingCodes: Record<string, string> = { type: "invalid_union", specversion: "invalid_value" };

for (const { name, value } of read("invalid")) {
  test(`${name} is refused for what its name says, by the code and by the JSON Schema`, () => {
    const [, path = "", reason = ""] = /^([a-zA-Z.]+)-((?:is|has)-.+)\.json$/.exec(name) ?? [];
    const issues = SagaEvent.safeParse(value).error?.issues.map((issue) => [issue.path.join("."), issue.code]);
    const code = (reason === "is-missing" && missingCodes[path]) || codes[reason];
    assert.ok(code, `no code is known for ${reason}`);
    assert.deepEqual(issues, [[path, code]]);
    assert.ok(!ajvSaysValid(value));
  });
}
