import assert from "node:assert/strict";
import { test } from "node:test";
import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import { RowsRefused } from "./retry.ts";
import { type Chunk, storeChunk } from "./store-chunk.ts";
import { message, neverAborted } from "./testing.ts";

/** A store that takes each token once and refuses rows that say "bad". */
function peer() {
  const did: string[] = [];
  const rows = new Map<string, string[]>();
  return {
    did,
    rows,
    ports: {
      writeDown: async () => void did.push("write down"),
      commit: async (next: bigint) => void did.push(`commit ${next}`),
      insert: async ({ table, token, body }: Block) => {
        const text = Buffer.from(body).toString();
        if (text.includes("bad") && table !== "dead_letters") throw new RowsRefused("refused", { cause: new Error() });
        did.push(`insert ${table}`);
        if (!rows.has(token)) rows.set(token, text.trimEnd().split("\n"));
      },
      encode: async (messages: Chunk["messages"]) => ({
        rows: [{ table: "saga_events" as const, lines: messages.map(({ value }) => `${value}\n`), messages }],
        dead: [],
      }),
      signal: neverAborted,
    },
  };
}

const chunk = (values: string[]): Chunk => ({
  topic: "saga.events",
  partition: 1,
  range: { min: 7n, max: 9n, atMs: 1_770_000_000_000 },
  messages: values.map((value, index) => message(value, { offset: 7n + BigInt(index) })),
  written: false,
});

test("writes its range down, inserts, commits, in this order", async () => {
  const { did, ports } = peer();
  await storeChunk(chunk(["a", "b", "c"]), ports);
  assert.deepEqual(did, ["write down", "insert saga_events", "commit 10"]);
});

test("a range that stands written is not written again", async () => {
  const { did, ports } = peer();
  await storeChunk({ ...chunk(["a"]), written: true }, ports);
  assert.deepEqual(did, ["insert saga_events", "commit 10"]);
});

test("the rows that the store refuses die, the others live, and a second try adds nothing", async () => {
  const { rows, ports } = peer();
  for (const _ of [1, 2]) {
    const { stored, dead } = await storeChunk(chunk(["a", "bad", "c", "d"]), ports);
    assert.equal(stored.get("saga_events"), 3);
    assert.deepEqual(
      dead.map((each) => [each.death.reason, each.message.offset]),
      [["store_refused", 8n]],
    );
  }
  const live = [...rows].filter(([token]) => !token.includes("dead_letters")).flatMap(([, lines]) => lines);
  assert.deepEqual(live.sort(), ["a", "c", "d"]);
});

test("when the offset cannot be moved, that is what it throws", async () => {
  const { ports } = peer();
  const fenced = new Error("ILLEGAL_GENERATION");
  await assert.rejects(storeChunk(chunk(["a"]), { ...ports, commit: () => Promise.reject(fenced) }), fenced);
});

function unparsedPeer({ refusing = false } = {}) {
  const { did, rows, ports } = peer();
  const unparsed = {
    table: "saga_events" as const,
    sort: (messages: Chunk["messages"]) => ({
      plain: messages.filter(({ value }) => value?.[0] !== 0x7e),
      odd: messages.filter(({ value }) => value?.[0] === 0x7e),
    }),
    insert: async (messages: Chunk["messages"], token: string) => {
      if (refusing) throw new RowsRefused("refused", { cause: new Error() });
      did.push("insert as it stands");
      if (!rows.has(token)) rows.set(token, messages.map(String));
    },
  };
  return { did, rows, ports: { ...ports, unparsed } };
}

test("what is plain goes in as it stands, the odd one is read first", async () => {
  const { did, ports } = unparsedPeer();
  const { stored } = await storeChunk(chunk(["a", "~b", "c"]), ports);
  assert.deepEqual(did, ["write down", "insert as it stands", "insert saga_events", "commit 10"]);
  assert.deepEqual([...stored], [["saga_events", 3]]);
});

test("a block that is refused as it stands is read, down to the bad row", async () => {
  const { ports } = unparsedPeer({ refusing: true });
  const { stored, dead } = await storeChunk(chunk(["a", "~b", "bad"]), ports);
  assert.deepEqual([...stored], [["saga_events", 2]]);
  assert.equal(dead.length, 1);
});

test("a second try may go the other way and stores nothing twice", async () => {
  const first = unparsedPeer();
  await storeChunk(chunk(["a", "~b", "c"]), first.ports);
  const tokens = [...first.rows.keys()];
  const { sort } = first.ports.unparsed;
  const insert = () => Promise.reject(new RowsRefused("refused", { cause: new Error() }));
  await storeChunk(
    { ...chunk(["a", "~b", "c"]), written: true },
    { ...first.ports, unparsed: { table: "saga_events", sort, insert } },
  );
  assert.deepEqual([...first.rows.keys()], tokens);
});
