import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";
import { SagaEvent } from "./saga-event.ts";
import { topics } from "./topics.ts";

const given: unknown = parse(readFileSync(`${import.meta.dirname}/asyncapi.yaml`, "utf8"));

const Example = z.object({ headers: z.record(z.string(), z.string()), payload: z.record(z.string(), z.unknown()) });
const Message = z.object({
  contentType: z.string(),
  headers: z.record(z.string(), z.unknown()).optional(),
  examples: z.array(Example).default([]),
});
const AsyncApi = z.object({
  channels: z.record(z.string(), z.object({ address: z.string(), messages: z.record(z.string(), z.unknown()) })),
  operations: z.record(z.string(), z.object({ action: z.string(), channel: z.object({ $ref: z.string() }) })),
  components: z.object({ messages: z.record(z.string(), Message) }),
});
const document = AsyncApi.parse(given);
const { structured, binary } = document.components.messages;

test("it is an AsyncAPI 3 document by the AsyncAPI schema", () => {
  const path = createRequire(import.meta.url).resolve("@asyncapi/specs/schemas/3.0.0-without-$id.json");
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
  assert.ok(ajv.validate(JSON.parse(readFileSync(path, "utf8")), given), ajv.errorsText());
});

/** Every `$ref` in a value, however deep. */
function refsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "$ref" in value ? [String(value.$ref)] : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
}

test("each reference leads somewhere", () => {
  const refs = refsIn(given);
  assert.ok(refs.length > 10);
  for (const ref of refs) {
    const [file = "", pointer = ""] = ref.split("#");
    if (file !== "") assert.ok(existsSync(`${import.meta.dirname}/${file}`), ref);
    if (pointer === "") continue;
    const from: unknown = file === "" ? given : JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, "utf8"));
    const target = pointer
      .slice(1)
      .split("/")
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], from);
    assert.notEqual(target, undefined, ref);
  }
});

test("its channels are the topics that the code reads, and each is read", () => {
  const addresses = Object.values(document.channels).map(({ address }) => address);
  assert.deepEqual(addresses.sort(), Object.values(topics).sort());
  const read = Object.values(document.operations).map(({ channel }) => channel.$ref.replace("#/channels/", ""));
  assert.deepEqual(read.sort(), Object.keys(document.channels).sort());
});

test("the example in structured mode is an event", () => {
  for (const { headers, payload } of structured?.examples ?? []) {
    SagaEvent.parse(payload);
    assert.equal(headers["content-type"], structured?.contentType);
  }
  assert.equal(structured?.examples.length, 1);
});

test("the example in binary mode is an event, and its headers are what the event's attributes are", () => {
  const Headers = z.object({
    required: z.array(z.string()),
    properties: z.record(z.string(), z.object({ enum: z.array(z.string()).optional() })),
  });
  const { required, properties } = Headers.parse(binary?.headers);
  const shapes = SagaEvent.options.map((option) => option.shape);
  const attributes = Object.keys(shapes[0] ?? {}).filter((name) => name !== "data" && name !== "datacontenttype");
  assert.deepEqual(Object.keys(properties).sort(), [...attributes.map((name) => `ce_${name}`), "content-type"].sort());
  assert.deepEqual(properties.ce_type?.enum?.sort(), shapes.flatMap(({ type }) => type.options).sort());
  const optional = (name: string) => shapes[0]?.[name as keyof (typeof shapes)[0]].safeParse(undefined).success;
  assert.deepEqual(
    required.sort(),
    attributes
      .filter((name) => !optional(name))
      .map((name) => `ce_${name}`)
      .sort(),
  );
  for (const { headers, payload } of binary?.examples ?? []) {
    const ce = Object.entries(headers).filter(([name]) => name.startsWith("ce_"));
    SagaEvent.parse({ ...Object.fromEntries(ce.map(([name, value]) => [name.slice(3), value])), data: payload });
  }
  assert.equal(binary?.examples.length, 1);
});
