import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceFor } from "./advice.ts";

for (const { name, part = "postgres", log, advice } of [
  { name: "a taken port", log: ["could not bind: Address already in use"], advice: /set POSTGRES_PORT/ },
  { name: "a full disk", log: ["x", "No space left on device"], advice: /disk is full.*SAGASCOPE_DATA/ },
  { name: "a missing file", part: "alerts", log: ["code: 'ERR_MODULE_NOT_FOUND'"], advice: /remove node_modules/ },
  { name: "an unknown trouble of a backing part", log: ["?"], advice: /DATABASE_URL.*remove \/data/ },
  { name: "an unknown trouble of another part", part: "web", log: [], advice: /SAGASCOPE_DATA/ },
] as const)
  test(`${name} has an answer`, () => assert.match(adviceFor(part ?? "postgres", log, "/data"), advice));
