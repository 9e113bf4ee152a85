import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./server-process.ts";

let folder: string;
let drop: () => Promise<void>;
before(async () => {
  ({ folder, drop } = await temporaryFolder());
});
after(() => drop());

async function ask(server: ServerProcess, sql: string, settings: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${server.url}/?${new URLSearchParams(settings)}`, { method: "POST", body: sql });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text.trim();
}

async function untilRunning(server: ServerProcess, like: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (
    (await ask(server, "SELECT count() FROM system.processes WHERE query LIKE {like:String}", { param_like: like })) ===
    "0"
  ) {
    assert.ok(Date.now() < deadline, "waited in vain");
  }
}

const rowsOf = (chunk: number) =>
  Array.from({ length: 100 }, (_, row) => JSON.stringify({ chunk, row, s: `\n\n${chunk}` })).join("\n\n");

/** Inserts chunks until the server dies; the numbers of those that it acknowledged. */
async function insertUntilDead(server: ServerProcess, next: () => number, acknowledged: Set<number>): Promise<void> {
  for (;;) {
    const chunk = next();
    try {
      await ask(server, `INSERT INTO kept FORMAT JSONEachRow\n${rowsOf(chunk)}`, {
        insert_deduplication_token: `c-${chunk}`,
      });
      acknowledged.add(chunk);
    } catch {
      return;
    }
  }
}

test("kill -9 loses no acknowledged insert, and tokens hold after the restart, in the table and its views", async () => {
  const acknowledged = new Set<number>();
  let chunk = 0;
  const next = () => chunk++;
  const first = await startServerProcess(folder);
  const window = "SETTINGS non_replicated_deduplication_window = 10000";
  await ask(
    first,
    `CREATE TABLE kept (chunk UInt32, row UInt32, s String) ENGINE = MergeTree ORDER BY (chunk, row) ${window}`,
  );
  await ask(first, `CREATE TABLE folded (chunk UInt32, rows UInt64) ENGINE = MergeTree ORDER BY chunk ${window}`);
  await ask(first, "CREATE MATERIALIZED VIEW fold TO folded AS SELECT chunk, count() AS rows FROM kept GROUP BY chunk");
  const writers = [1, 2, 3].map(() => insertUntilDead(first, next, acknowledged));
  while (acknowledged.size < 60) await new Promise((wake) => setTimeout(wake, 20));
  assert.equal(await first.kill("SIGKILL"), "SIGKILL");
  await Promise.all(writers);

  const second = await startServerProcess(folder);
  const stored = new Set((await ask(second, "SELECT DISTINCT chunk FROM kept")).split("\n").map(Number));
  assert.deepEqual(
    [...acknowledged].filter((one) => !stored.has(one)),
    [],
    "acknowledged, and gone",
  );

  const all = Array.from({ length: chunk }, (_, one) => one);
  for (const one of all) {
    await ask(second, `INSERT INTO kept FORMAT JSONEachRow\n${rowsOf(one)}`, {
      insert_deduplication_token: `c-${one}`,
    });
  }
  assert.equal(await ask(second, "SELECT count(), uniqExact(chunk, row) FROM kept"), `${chunk * 100}\t${chunk * 100}`);
  assert.equal(await ask(second, "SELECT sum(rows), max(rows) FROM folded"), `${chunk * 100}\t100`);
  assert.deepEqual(await readdir(join(folder, "spool")), []);
  assert.equal(await second.kill("SIGTERM"), 0);
});

test("SIGTERM lets what runs finish", async () => {
  const server = await startServerProcess(folder);
  await ask(server, "CREATE TABLE late (n UInt64) ENGINE = MergeTree ORDER BY n");
  const slow = ask(
    server,
    "INSERT INTO late SELECT number + sleepEachRow(0.1) FROM numbers(10) SETTINGS max_block_size = 1",
  );
  await untilRunning(server, "INSERT INTO late%");
  const ended = server.kill("SIGTERM");
  await slow;
  assert.equal(await ended, 0);
  const again = await startServerProcess(folder);
  assert.equal(await ask(again, "SELECT count() FROM late"), "10");
  await again.kill("SIGTERM");
});

test("SIGTERM does not wait for ever", async () => {
  const server = await startServerProcess(folder);
  const endless = ask(server, "SELECT sum(sleepEachRow(0.5)) FROM numbers(10000) SETTINGS max_block_size = 1").catch(
    () => "cut",
  );
  await untilRunning(server, "SELECT sum(sleepEachRow%");
  assert.equal(await server.kill("SIGTERM"), 0);
  assert.equal(await endless, "cut");
});

test("a folder that another process has open is refused, with a reason", async () => {
  const server = await startServerProcess(folder);
  const second = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, CLICKHOUSE_DATA: folder, PORT: "0" },
    encoding: "utf8",
    timeout: 20_000,
  });
  assert.equal(second.status, 1);
  assert.match(second.stderr, /another CLICKHOUSE_DATA/);
  assert.equal(await ask(server, "SELECT 1"), "1");
  await server.kill("SIGTERM");
});
