import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createStoreClient, type StoreClient } from "#store/clickhouse/client.ts";
import { type Part, startPart } from "./stack-for-tests.ts";

const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "store-node-"))));
const start = (folder: string, port = "0") =>
  startPart("embedded/clickhouse/main.ts", { CLICKHOUSE_DATA: folder, PORT: port });
let servers: Part[];
let client: StoreClient;

before(async () => {
  servers = await Promise.all(folders.map((folder) => start(folder)));
  for (const [index, { url }] of servers.entries()) {
    const own = createStoreClient(url);
    await own.command({ query: `CREATE VIEW node AS SELECT ${index} AS number` });
    await own.command({ query: "CREATE TABLE kept (x UInt8) ENGINE = MergeTree ORDER BY x" });
    await own.close();
  }
  client = createStoreClient(servers.map(({ url }) => url).join(","), { timeoutMs: 2_000 });
});
after(async () => {
  await client.close();
  await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

async function askedNode(): Promise<number | undefined> {
  const answer = await client.query({ query: "SELECT number FROM node", format: "JSONEachRow" });
  return (await answer.json<{ number: number }>())[0]?.number;
}
const insert = () =>
  client.insert({ table: "kept", values: [{ x: 1 }], format: "JSONEachRow", clickhouse_settings: { async_insert: 0 } });

test("nodes take turns; what is wrong with a question fails at once and leaves no node out", async () => {
  assert.deepEqual([await askedNode(), await askedNode(), await askedNode()], [0, 1, 0]);
  await assert.rejects(client.query({ query: "SELECT nonsense" }), { code: "47" });
  assert.deepEqual([await askedNode(), await askedNode()], [0, 1]);
});

test("whoever must hear what it was told asks one node, while that is there", async () => {
  const sticky = createStoreClient(servers.map(({ url }) => url).join(","), { sticky: true });
  for (const _ of [1, 2, 3]) {
    const answer = await sticky.query({ query: "SELECT number FROM node", format: "JSONEachRow" });
    assert.deepEqual(await answer.json(), [{ number: 0 }]);
  }
  await sticky.close();
});

test("a node is killed: questions go on, and an insert fails at most once before it goes to the other", async () => {
  await servers[0]?.kill();
  for (let count = 0; count < 20; count++) assert.equal(await askedNode(), 1);
  assert.equal((await client.ping({ select: true })).success, true);
  const [first, second] = [await insert().then(String, () => "failed"), await insert().then(String, () => "failed")];
  assert.ok([first, second].filter((ended) => ended === "failed").length <= 1);
  await insert();
});

test("a node that hangs costs one question its time-out, and no more until it is asked again", async () => {
  const hung = await start(folders[0] ?? "", new URL(servers[0]?.url ?? "").port);
  servers[0] = hung;
  // Left out until its seconds are over, then in turn again.
  while ((await askedNode()) !== 0) await new Promise((wake) => setTimeout(wake, 200));
  hung.signal("SIGSTOP");
  try {
    const ended = await Promise.all([1, 2].map(() => askedNode().then(String, () => "failed")));
    assert.deepEqual(ended.toSorted(), ["1", "failed"]);
    for (let count = 0; count < 3; count++) assert.equal(await askedNode(), 1);
  } finally {
    hung.signal("SIGCONT");
  }
});

test("all nodes are gone: it says so", async () => {
  await Promise.all(servers.map((server) => server.kill()));
  await assert.rejects(askedNode(), { code: "ECONNREFUSED" });
  assert.equal((await client.ping({ select: true })).success, false);
});
