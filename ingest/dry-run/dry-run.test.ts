import assert from "node:assert/strict";
import { test } from "node:test";
import { Mapping } from "#contracts/mapping/mapping.ts";
import { createKafka } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { dryRun } from "./dry-run.ts";
import { parseFlags } from "./flags.ts";

test("what ingest does not start with is not tried either", async () => {
  const log = createLogger("ingest", "silent");
  const kafka = createKafka({ KAFKA_BROKERS: ["127.0.0.1:1"], KAFKA_TLS: false }, { clientId: "dry-run", log });
  const flags = parseFlags(["--dry-run"]);
  assert.ok(flags.kind === "dry run");
  const mapping = Mapping.parse({ topics: [{ topic: "saga.events", rules: [{ events: [] }] }] });
  const topics = { "saga.events": "saga events", spans: "traces" } as const;
  await assert.rejects(dryRun(kafka, flags, { mapping, topics, group: "g", print: () => assert.fail() }), {
    code: "BAD_SETTING",
    message: "The mapping names the topic saga.events, which is read for its saga events",
  });
});
