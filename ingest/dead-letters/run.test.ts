import assert from "node:assert/strict";
import { test } from "node:test";
import { runDeadLetters } from "./run.ts";

for (const args of [["--help"], ["replay", "--help"]])
  test(`${args.join(" ")} needs nothing set up`, async () => {
    assert.equal(await runDeadLetters(args, { CLICKHOUSE_URL: "nowhere" }), 0);
  });
