import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./server-process.ts";

let server: ServerProcess;
let drop: () => Promise<void>;
before(async () => {
  const place = await temporaryFolder();
  drop = place.drop;
  server = await startServerProcess(place.folder, {
    CLICKHOUSE_READ_LANES: "3",
    CLICKHOUSE_WRITE_LANES: "2",
    CLICKHOUSE_QUEUE: "2",
    CLICKHOUSE_QUEUE_WAIT_MS: "1000",
  });
});
after(async () => {
  assert.equal(await server.kill("SIGTERM"), 0);
  await drop();
});

const endless = "SELECT sum(sleepEachRow(0.5)) FROM numbers(10000) SETTINGS max_block_size = 1, max_threads = 1";

function ask(sql: string, settings: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  const url = `${server.url}/?${new URLSearchParams(settings)}`;
  return fetch(url, { method: "POST", body: sql, ...(signal === undefined ? {} : { signal }) });
}

/** What `SHOW PROCESSLIST` counts of running endless queries, through the write lanes so that it never waits for a reader. */
async function running(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/clickhouse_lanes_running\{lane="read"\} (\d+)/.exec(metrics)?.[1]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, "waited in vain");
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

test("a slow query holds up neither a quick one nor a write; one whose client has gone is stopped", async () => {
  await (await ask("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")).text();
  const abort = new AbortController();
  const slow = [1, 2].map(() => ask(endless, { param_x: "unused" }, abort.signal).catch(() => "aborted"));
  await until(async () => (await running()) === 2);
  for (let n = 0; n < 20; n += 1) {
    assert.equal(await (await ask("SELECT {n:UInt64}", { param_n: String(n) })).text(), `${n}\n`);
    assert.equal((await ask(`INSERT INTO t VALUES (${n})`)).status, 200);
  }
  abort.abort();
  assert.deepEqual(await Promise.all(slow), ["aborted", "aborted"]);
  await until(async () => (await running()) === 0);
});

test("all lanes taken: some wait, the next are refused, writes go on, KILL QUERY by id frees them", async () => {
  const slow = ["k-1", "k-2", "k-3"].map((query_id) => ask(endless, { query_id }));
  await until(async () => (await running()) === 3);
  const waiting = [ask("SELECT 1"), ask("SELECT 1")];
  await until(async () => /waiting\{lane="read"\} 2/.test(await (await fetch(`${server.url}/metrics`)).text()));
  const refused = await ask("SELECT 1");
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("x-clickhouse-exception-code"), "202");
  assert.match(await refused.text(), /^Code: 202\. DB::Exception: .*\(TOO_MANY_SIMULTANEOUS_QUERIES\) \(version /);
  assert.equal((await ask("INSERT INTO t VALUES (100)")).status, 200);
  assert.deepEqual(await Promise.all(waiting.map(async (one) => (await one).status)), [503, 503]);

  const killed = await ask("KILL QUERY WHERE query_id IN ('k-1', 'k-2', 'k-3') SYNC");
  assert.equal(killed.status, 200);
  for (const one of slow) {
    const answer = await one;
    assert.equal(answer.headers.get("x-clickhouse-exception-code"), "394");
  }
  assert.equal(await (await ask("SELECT 1")).text(), "1\n");
});

test("max_execution_time ends a query", async () => {
  const answer = await ask(endless, { max_execution_time: "0.2" });
  assert.equal(answer.status, 408);
  assert.match(await answer.text(), /TIMEOUT_EXCEEDED/);
});

test("an id that is in use is refused", async () => {
  const slow = ask(endless, { query_id: "same", max_execution_time: "2" });
  await until(async () => (await running()) === 1);
  const second = await ask("SELECT 1", { query_id: "same" });
  assert.equal(second.headers.get("x-clickhouse-exception-code"), "216");
  await slow;
});

test("parameters and settings of requests side by side do not mix", async () => {
  const texts = Array.from({ length: 300 }, (_, n) => `v-${n}`);
  const worker = async () => {
    for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
      const threads = 1 + (text.length % 4);
      const answer = await ask("SELECT {x:String}, getSetting('max_threads')", {
        param_x: text,
        max_threads: String(threads),
      });
      assert.equal(await answer.text(), `${text}\t${threads}\n`);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
});
