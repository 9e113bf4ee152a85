import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { z } from "zod";
import { openApi } from "./openapi.ts";

const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))),
});
const document = Document.parse(openApi());

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
  const names = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  assert.equal(new Set(names).size, names.length);
});
