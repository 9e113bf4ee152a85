import assert from "node:assert/strict";
import { after, test } from "node:test";
import { POST } from "#app/api/v1/dead-letters/[id]/replay/route.ts";
import { POST as postMatching } from "#app/api/v1/dead-letters/replay/route.ts";
import { Problem } from "#contracts/api/problem.ts";
import { store } from "./store.ts";

// Nobody is there: a replay is refused before anything is asked.
process.env.CLICKHOUSE_URL = "http://nobody@127.0.0.1:1/none";
process.env.DATABASE_URL = "postgres://nobody@127.0.0.1:1/none";
process.env.SAGASCOPE_TOKEN = "a-token-of-sixteen-or-more";
delete process.env.KAFKA_BROKERS;
after(() => store().close());

const replay = (body: string) =>
  POST(new Request("http://127.0.0.1/", { method: "POST", body }), {
    params: Promise.resolve({ id: "saga.events%3A0%3A7" }),
  });

for (const { name, body } of [
  { name: "as it was", body: "{}" },
  { name: "with another value", body: '{"value":{"encoding":"text","content":"{}"}}' },
  { name: "with a patch", body: '{"patch":[]}' },
])
  test(`without KAFKA_BROKERS a replay ${name} is a problem that says what to set`, async () => {
    const response = await replay(body);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const { detail = "", ...problem } = Problem.parse(await response.json());
    assert.equal(response.status, 501);
    assert.deepEqual(problem, {
      type: "urn:sagascope:problem:not-set-up",
      title: "This is not set up here",
      status: 501,
    });
    assert.match(detail, /set KAFKA_BROKERS/);
  });

test("what is wrong with the request is told first", async () => {
  assert.equal((await replay("not JSON")).status, 400);
});

const replayMatching = (body: string) => postMatching(new Request("http://127.0.0.1/", { method: "POST", body }));

for (const { name, body, status, says } of [
  { name: "no filter", body: "{}", status: 501, says: /set KAFKA_BROKERS/ },
  { name: "nothing", body: "", status: 400, says: /is not JSON/ },
  { name: "a state that is none", body: '{"state":["gone"]}', status: 400, says: /state\.0/ },
  { name: "no state at all", body: '{"state":[]}', status: 400, says: /state/ },
  { name: "text where a list is wanted", body: '{"topic":"saga.events"}', status: 400, says: /topic/ },
  { name: "too much at once", body: '{"limit":501}', status: 400, says: /limit/ },
  { name: "what it does not know", body: '{"value":{}}', status: 400, says: /value/ },
  { name: "two times", body: '{"range":"1h","from":"2026-01-01T00:00:00Z"}', status: 400, says: /either range/ },
  { name: "a cursor of another's", body: '{"cursor":"abc"}', status: 400, says: /cursor/ },
])
  test(`to replay many by ${name} is ${status}`, async () => {
    const response = await replayMatching(body);
    const problem = Problem.parse(await response.json());
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.equal(response.status, status);
    assert.match(problem.detail ?? "", says);
  });
