import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

const root = join(import.meta.dirname, "..");
let stack: TestStack;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env));
  worker = await startPart("ingest/main.ts", { ...stack.env });
});
after(async () => {
  await worker?.stop();
  await stack?.close();
});

/** Sends each line as a message, as Kafka's own Java producer compresses it. */
async function produceWithJava(lines: readonly string[], codec: string): Promise<void> {
  const [tools = ""] = globSync(join(root, ".cache/kafka-*/kafka-tools-*.jar"));
  const java = ["-Xmx128m", `-Dlog4j2.configurationFile=${join(root, "embedded/kafka/log4j2.yaml")}`];
  const to = ["--bootstrap-server", stack.kafka, "--topic", stack.topics.events];
  const how = ["--compression-codec", codec, "--batch-size", "100000", "--timeout", "100"];
  const program = [...java, "-cp", join(dirname(tools), "*"), "org.apache.kafka.tools.ConsoleProducer", ...to, ...how];
  const child = spawn("java", program, { stdio: ["pipe", "inherit", "inherit"] });
  child.stdin.end(`${lines.join("\n")}\n`);
  const [code] = await once(child, "exit");
  assert.equal(code, 0, `Kafka's producer with ${codec}`);
}

for (const codec of ["none", "gzip", "snappy", "lz4", "zstd"])
  test(`events that Kafka's own producer compressed with ${codec}`, { timeout: 180_000 }, async () => {
    const ids = Array.from({ length: 500 }, (_, number) => `${codec}-${number}`);
    const lines = ids.map((id, number) => JSON.stringify(event({ id, correlationid: `saga ${codec} ${number % 9}` })));
    await produceWithJava(lines, codec);
    const rows = await eventually(
      () =>
        stack.ask(
          `SELECT count() AS n, groupUniqArray(event_id) AS ids, uniqExact(saga_id) AS sagas FROM saga_events WHERE event_id LIKE '${codec}-%'`,
        ),
      ({ n }) => Number(n) >= ids.length,
    );
    assert.deepEqual(
      { ...rows, ids: rows.ids?.split(",").sort() },
      { n: `${ids.length}`, ids: ids.toSorted(), sagas: "9" },
    );
  });
