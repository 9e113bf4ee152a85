import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { z } from "zod";
import { streamEvents } from "#contracts/api/stream.ts";
import { openApi } from "./openapi.ts";

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        summary: z.string(),
        description: z.string(),
        parameters: z.array(z.object({ name: z.string(), description: z.string(), schema: z.json() })),
        responses: z.record(
          z.string(),
          z.object({ content: z.record(z.string(), z.object({ schema: z.json() })).optional() }),
        ),
      }),
    ),
  ),
});
const document = Document.parse(openApi());
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

test("is a valid OpenAPI document", async () => {
  const { valid, errors } = await new Validator().validate(JSON.stringify(openApi(), null, 1));
  assert.deepEqual({ valid, errors }, { valid: true, errors: undefined });
});

test("describes every route of the API, and no other", () => {
  const root = `${import.meta.dirname}/..`;
  const routes = globSync("api/v1/**/route.ts", { cwd: root }).flatMap((file) => {
    const path = `/${file.replace("/route.ts", "").replaceAll(/\[(\w+)\]/g, "{$1}")}`;
    const methods = readFileSync(`${root}/${file}`, "utf8").matchAll(
      /export (?:async )?(?:function|const) (GET|POST|PUT|DELETE|PATCH)\b/g,
    );
    return [...methods].map(([, method]) => `${method?.toLowerCase()} ${path}`);
  });
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  assert.deepEqual(described.sort(), routes.filter((route) => route !== "get /api/v1/openapi.json").sort());
});

test("names each operation once", () => {
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
});

test("says in words what each operation and each of its parameters is", () => {
  for (const { operationId, summary, description, parameters } of operations) {
    assert.ok(description.length > 30 && description !== summary, operationId);
    for (const parameter of parameters)
      assert.match(parameter.description, /\w.*\.$/, `${operationId} ${parameter.name}`);
  }
});

test("says of whatever is left out what holds then", () => {
  const { parameters } = document.paths["/api/v1/sagas"]?.get ?? { parameters: [] };
  const described = Object.fromEntries(parameters.map(({ name, description }) => [name, description]));
  for (const name of ["range", "to", "state", "when", "at"]) assert.match(described[name] ?? "", /by default/, name);
});

test("says of whatever is read how fresh it is and what it cost", () => {
  for (const [path, { get }] of Object.entries(document.paths)) {
    const schema = JSON.stringify(get?.responses["200"]?.content?.["application/json"]?.schema ?? null);
    if (schema === "null") continue;
    for (const name of ["freshness", "rowsRead", "tookMs"])
      assert.ok(schema.includes(`"${name}":{`), `${path}: ${name}`);
  }
});

test("says of durations that a time is that of the sagas' start", () => {
  assert.match(document.paths["/api/v1/latency"]?.get?.description ?? "", /sagas that started in the time/);
});

/** What the name of a field promises that its description says. */
const units = [
  { name: /Ms$/, says: /milliseconds|\bms\b/i },
  { name: /Seconds$/, says: /seconds/i },
  { name: /Hours$/, says: /hours/i },
  { name: /([^d]At|^at|^since)$/, says: /ISO 8601|RFC 3339|moment/i },
  { name: /[bB]ytes/, says: /bytes/i },
  { name: /[sS]hare$/, says: /share/i },
];

test("says the unit of each number and moment of an answer", () => {
  let seen = 0;
  for (const { operationId, responses } of operations)
    for (const { name, property } of propertiesOf(responses)) {
      const unit = units.find((one) => one.name.test(name));
      if (!unit || (property.type === "object" && !("description" in property))) continue;
      seen += 1;
      assert.match(descriptionsOf(property), unit.says, `${operationId}: ${name}`);
    }
  assert.ok(seen > 200);
});

type Json = z.infer<ReturnType<typeof z.json>>;

/** Every property, however deep, with its name. */
function propertiesOf(schema: unknown): { name: string; property: Record<string, Json> }[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties"
      ? Object.entries(value as Record<string, Record<string, Json>>).map(([name, property]) => ({ name, property }))
      : []),
    ...propertiesOf(value),
  ]);
}

/** Its own, and those of what it is any of, or a list of. */
function descriptionsOf({ description = "", anyOf = [], items = [] }: Record<string, Json>): string {
  const inner = [anyOf, items].flat().map((one) => descriptionsOf(one as Record<string, Json>));
  return [description, ...inner].join(" ");
}

test("says that no text holds a NUL, whatever else it must be", () => {
  const all = operations.flatMap(({ parameters }) =>
    parameters.filter(({ name }) => ["q", "type", "label", "with"].includes(name)),
  );
  assert.ok(all.length > 8);
  for (const { name, schema } of all) assert.match(JSON.stringify(schema), /u0000/, name);
});

test("says what becomes of a view that its question refuses", () => {
  assert.match(document.paths["/api/v1/stream"]?.get?.description ?? "", /question refuses.*`problem`/);
});

test("says what events a stream is made of", () => {
  const { content } = document.paths["/api/v1/stream"]?.get?.responses["200"] ?? {};
  const stream = JSON.stringify(content?.["text/event-stream"]?.schema);
  for (const name of Object.keys(streamEvents)) assert.ok(stream.includes(`"event":{"const":"${name}"}`), name);
  assert.match(stream, /"contentSchema":\{.*"askedAt"/);
});
