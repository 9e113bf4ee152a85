import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { Doubt } from "./doubt.ts";

const begunMs = 1_000_000;

/** A chunk of a store that was started at `bootMs`, asked at `nowMs`; what was done to its tables. */
function doubted({ engine = "MergeTree", written = false } = {}) {
  const clock = { nowMs: begunMs + 1_000, bootMs: begunMs - 60_000, awayMs: 0 };
  const did: string[] = [];
  const answer = () => [{ ms: Math.floor((clock.nowMs - clock.bootMs) / 1_000) * 1_000, engine }];
  const client = {
    query: async () => {
      did.push("ask");
      return { json: async () => answer() };
    },
    command: async ({ query }: { query: string }) => {
      did.push(/^\s*(DELETE FROM|INSERT INTO) \w+/.exec(query)?.[0].trim() ?? query);
    },
  } as unknown as StoreClient;
  const message = { topic: "saga.events" } as never;
  const range = { min: 0n, max: 9n, atMs: begunMs };
  const chunk = { topic: "saga.events", partition: 0, range, messages: [message], skipped: 0, written, tried: written };
  const doubt = new Doubt(chunk, {
    client,
    log: createLogger("test", "silent"),
    persist: async (work) => {
      clock.nowMs += clock.awayMs;
      return await work();
    },
    nowMs: () => clock.nowMs,
  });
  return { doubt, did, clock };
}

const mended = ["DELETE FROM ingest_progress", "INSERT INTO ingest_progress"];

test("where no try failed nothing is asked", async () => {
  const { doubt, did } = doubted();
  assert.equal(await doubt.settle(["saga_events"]), undefined);
  assert.deepEqual(did, []);
});

test("a failed try on a store that runs on is believed", async () => {
  const { doubt, did } = doubted();
  doubt.arises();
  assert.equal(await doubt.settle(["saga_events"]), undefined);
  assert.equal(await doubt.settle(["saga_events"]), undefined);
  assert.deepEqual(did, ["ask"]);
});

for (const { name, arises, written } of [
  { name: "a failed try", arises: true, written: false },
  { name: "a range that an earlier worker left", arises: false, written: true },
])
  test(`${name} on a store that was started since is stored anew, and then counted anew`, async () => {
    const { doubt, did, clock } = doubted({ written });
    clock.bootMs = begunMs + 500;
    if (arises) doubt.arises();
    assert.ok(await doubt.settle(["saga_events", "dead_letters"]));
    assert.equal(await doubt.settle(["saga_events", "dead_letters"]), undefined);
    assert.deepEqual(did, ["ask", "DELETE FROM saga_events", "DELETE FROM dead_letters", ...mended]);
  });

test("a store that goes and comes back while it is asked was started since", async () => {
  const { doubt, clock } = doubted();
  doubt.arises();
  clock.awayMs = 20_000;
  clock.bootMs = begunMs + 2_000;
  assert.ok(await doubt.settle(["saga_events"]));
});

test("what is stored anew is in doubt again only where the store is started once more", async () => {
  const { doubt, did, clock } = doubted();
  clock.bootMs = begunMs + 500;
  doubt.arises();
  assert.ok(await doubt.settle(["saga_events"]));
  doubt.arises();
  clock.nowMs += 10_000;
  assert.equal(await doubt.settle(["saga_events"]), undefined);
  assert.deepEqual(did.slice(-2), mended);
  clock.bootMs = clock.nowMs - 2_000;
  doubt.arises();
  assert.ok(await doubt.settle(["saga_events"]));
});

test("where tokens outlive the server, all is believed", async () => {
  const { doubt, clock } = doubted({ engine: "ReplicatedMergeTree" });
  clock.bootMs = begunMs + 500;
  doubt.arises();
  assert.equal(await doubt.settle(["saga_events"]), undefined);
});
