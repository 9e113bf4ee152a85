import assert from "node:assert/strict";
import { after, test } from "node:test";
import { POST } from "#app/api/v1/dead-letters/[id]/replay/route.ts";
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
