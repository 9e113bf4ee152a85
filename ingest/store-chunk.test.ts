import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import { RowsRefused } from "./retry.ts";
import { type Chunk, type Ports, storeChunk } from "./store-chunk.ts";
import { RowsFaulty } from "./suspicion.ts";
import { tableRows } from "./table-rows.ts";
import { bytesOf, message, neverAborted } from "./testing.ts";

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
        const text = bytesOf(body).toString();
        if (text.includes("bad") && table !== "dead_letters") throw new RowsRefused("refused", { cause: new Error() });
        did.push(`insert ${table}`);
        if (!rows.has(token)) rows.set(token, text.trimEnd().split("\n"));
      },
      encode: async (messages: Chunk["messages"]) => ({
        rows: [
          tableRows(
            "saga_events",
            [...messages].map((message) => ({ message, line: `${message.value}\n` })),
          ),
        ],
        dead: [],
      }),
      afresh: async () => undefined,
      signal: neverAborted,
    },
  };
}

const chunk = (values: string[]): Chunk => ({
  topic: "saga.events",
  partition: 1,
  range: { min: 7n, max: 9n, atMs: 1_770_000_000_000 },
  messages: values.map((value, index) => message(value, { offset: 7n + BigInt(index) })),
  skipped: 0,
  written: false,
  tried: false,
});

test("offsets that hold nothing to store are counted before the offset moves, and where there is nothing else", async () => {
  for (const values of [["a", "b"], []]) {
    const { did, ports } = peer();
    await storeChunk({ ...chunk(values), skipped: 3 - values.length }, ports);
    assert.deepEqual(did.slice(-2), ["insert ingest_skips", "commit 10"]);
  }
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

/** A store that cannot read rows that say "strange", and one day can. */
function strangePeer() {
  const { did, rows, ports } = peer();
  let actsLeft = Number.POSITIVE_INFINITY;
  let readsAll = false;
  const insert: Ports["insert"] = async (block, each) => {
    if (actsLeft-- <= 0) throw new Error("killed");
    const places = (each?.() ?? []).flatMap(({ message }, place) => (said(message.value, "strange") ? [place] : []));
    if (places.length > 0 && !readsAll) throw new RowsFaulty(places, new Error());
    await ports.insert(block);
  };
  const lines = (of: "rows" | "letters") =>
    [...rows].filter(([token]) => token.includes("dead_letters") === (of === "letters")).flatMap(([, some]) => some);
  return {
    did,
    lines,
    ports: { ...ports, insert },
    killAfter: (acts: number) => {
      actsLeft = acts;
    },
    learn: () => {
      readsAll = true;
    },
  };
}

test("rows that the store cannot read die, and are kept before the others go in", async () => {
  const { did, lines, ports } = strangePeer();
  const { stored, dead } = await storeChunk(chunk(["a", "strange", "c"]), ports);
  assert.deepEqual(did, ["write down", "insert dead_letters", "insert saga_events", "commit 10"]);
  assert.deepEqual([stored.get("saga_events"), lines("rows")], [2, ["a", "c"]]);
  assert.deepEqual(
    dead.map((each) => [each.death.reason, each.message.offset]),
    [["store_refused", 8n]],
  );
});

test("where the store reads none of a chunk's rows, all die and nothing else is inserted", async () => {
  const { did, lines, ports } = strangePeer();
  await storeChunk(chunk(["strange", "strange"]), ports);
  assert.deepEqual(
    [did.at(0), new Set(did.slice(1, -1)), did.at(-1)],
    ["write down", new Set(["insert dead_letters"]), "commit 10"],
  );
  assert.equal(lines("letters").length, 2);
});

test("a row that only a later try finds unreadable is kept beside those that died before", async () => {
  const { lines, ports, killAfter } = strangePeer();
  killAfter(2);
  await assert.rejects(storeChunk(chunk(["a", "strange", "c"]), ports), /killed/);
  assert.equal(lines("letters").length, 1);
  killAfter(Number.POSITIVE_INFINITY);
  const later = chunk(["strange", "strange", "c"]);
  await storeChunk({ ...later, written: true, tried: true }, ports);
  assert.deepEqual([lines("letters").length, lines("rows")], [2, ["c"]]);
});

test("wherever workers die, and whenever the store learns to read it, a strange row is kept and no other is stored twice", async () => {
  for (const isLearned of [false, true])
    for (let acts = 0; acts < 4; acts += 1) {
      const { lines, ports, killAfter, learn } = strangePeer();
      killAfter(acts);
      await storeChunk(chunk(["a", "strange", "c"]), ports).catch((error: Error) =>
        assert.equal(error.message, "killed"),
      );
      killAfter(Number.POSITIVE_INFINITY);
      if (isLearned) learn();
      await storeChunk({ ...chunk(["a", "strange", "c"]), written: true, tried: true }, ports);
      const kept = lines("rows");
      assert.deepEqual(kept.filter((line) => line !== "strange").sort(), ["a", "c"]);
      assert.ok(kept.includes("strange") || lines("letters").length === 1, `${acts} acts`);
    }
});

test("rows of one table that go in by several inserts each go in, and a second try adds nothing", async () => {
  const { rows, ports } = peer();
  const encode = async (messages: Chunk["messages"]) => {
    const each = [...messages].map((message) => ({ message, line: `${message.value}\n` }));
    const shares = [each.slice(0, 2), each.slice(2)].map((some) => tableRows("saga_events", some));
    return { rows: shares.map((some, index) => ({ ...some, share: `days-${index}` })), dead: [] };
  };
  for (const _ of [1, 2]) {
    const { stored } = await storeChunk(chunk(["a", "b", "c"]), { ...ports, encode });
    assert.equal(stored.get("saga_events"), 3);
  }
  assert.deepEqual([...rows.values()], [["a", "b"], ["c"]]);
});

test("when the offset cannot be moved, that is what it throws", async () => {
  const { ports } = peer();
  const fenced = new Error("ILLEGAL_GENERATION");
  await assert.rejects(storeChunk(chunk(["a"]), { ...ports, commit: () => Promise.reject(fenced) }), fenced);
});

/** One whose chunks hold messages that are "dead", and "odd" ones that went in by themselves once. */
function sortingPeer() {
  const { did, rows, ports } = peer();
  const begins = (messages: Chunk["messages"], word: string) => [...messages].filter(({ value }) => said(value, word));
  const lacks = (messages: Chunk["messages"], word: string) => [...messages].filter(({ value }) => !said(value, word));
  const die = (messages: Chunk["messages"]) =>
    begins(messages, "dead").map((message) => ({ message, death: { reason: "bad_schema" as const, detail: "" } }));
  const sort = (messages: Chunk["messages"]) => ({ plain: lacks(messages, "odd"), odd: begins(messages, "odd") });
  const encode = async (messages: Chunk["messages"]) => {
    const sound = lacks(messages, "dead");
    const encoded = sound.length > 0 ? await ports.encode(sound) : { rows: [] };
    return { ...encoded, dead: die(messages) };
  };
  return { did, rows, ports: { ...ports, encode, sort } };
}

const said = (value: Buffer | null, word: string) => String(value).startsWith(word);

for (const { name, values, did, stored, dead = 0 } of [
  { name: "all that is sound goes in at once", values: ["a", "odd", "c"], did: ["insert saga_events"], stored: 3 },
  {
    name: "the dead are kept, and the rest goes in at once",
    values: ["a", "dead", "c"],
    did: ["insert saga_events", "insert dead_letters"],
    stored: 2,
    dead: 1,
  },
  {
    name: "a block that is refused is halved down to the bad row",
    values: ["a", "dead", "bad"],
    did: ["insert saga_events", "insert dead_letters"],
    stored: 1,
    dead: 2,
  },
  {
    name: "nothing but dead inserts no row",
    values: ["dead", "dead"],
    did: ["insert dead_letters"],
    stored: 0,
    dead: 2,
  },
])
  test(name, async () => {
    const own = sortingPeer();
    const outcome = await storeChunk(chunk(values), own.ports);
    assert.deepEqual(own.did, ["write down", ...did, `commit 10`]);
    assert.deepEqual([outcome.stored.get("saga_events") ?? 0, outcome.dead.length], [stored, dead]);
  });

test("a chunk that an earlier release decided goes in under the tokens that it gave, plain and odd apart", async () => {
  const { did, rows, ports } = sortingPeer();
  const before = chunk(["a", "odd", "dead", "odd bad"]);
  await storeChunk({ ...before, written: true, range: { ...before.range, isInTwo: true } }, ports);
  assert.deepEqual(did, ["insert saga_events", "insert saga_events", "insert dead_letters", "commit 10"]);
  const token = "saga.events-1-7-9-1770000000000";
  assert.deepEqual([rows.get(`${token}-saga_events`), rows.get(`${token}-odd-saga_events-a`)], [["a"], ["odd"]]);
});

const value = fc.constantFrom("good", "odd", "dead", "odd", "bad", "odd bad");

test("wherever each try ends, and whichever release decided the chunk, every message is stored or dead once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(8), { maxLength: 5 }),
      fc.boolean(),
      async (kinds, broken, isInTwo) => {
        const messages = kinds.map((kind, index) => `${kind} ${index}.`);
        const rows = new Map<string, string[]>();
        for (const acts of [...broken, Number.POSITIVE_INFINITY]) {
          const own = sortingPeer();
          let left = acts;
          const gone = <T extends unknown[], R>(act: (...args: T) => Promise<R>) => {
            return async (...args: T) => {
              if (left-- <= 0) throw new Error("killed");
              return await act(...args);
            };
          };
          for (const [token, lines] of rows) own.rows.set(token, lines);
          const { insert, commit } = own.ports;
          const ports = { ...own.ports, insert: gone(insert), commit: gone(commit) };
          const one = chunk(messages);
          const range = isInTwo ? { ...one.range, isInTwo } : one.range;
          await storeChunk({ ...one, range }, ports).catch((error: Error) => assert.equal(error.message, "killed"));
          for (const [token, lines] of own.rows) rows.set(token, lines);
        }
        const all = [...rows].map(([token, lines]) => ({ isDead: token.endsWith("dead_letters"), lines }));
        const live = all.filter(({ isDead }) => !isDead).flatMap(({ lines }) => lines);
        const letters = all.filter(({ isDead }) => isDead).flatMap(({ lines }) => lines);
        const isBad = (message: string) => /dead|bad/.test(message);
        assert.deepEqual(live.sort(), messages.filter((message) => !isBad(message)).sort());
        assert.equal(letters.length, messages.filter(isBad).length);
        for (const message of messages.filter(isBad)) assert.ok(letters.some((letter) => letter.includes(message)));
      },
    ),
    { numRuns: 500 },
  );
});

test("what a crash of the store made doubtful is stored anew under another token, before the offset moves", async () => {
  const { did, rows, ports } = peer();
  const doubts = ["x", "y"];
  const told: (readonly string[])[] = [];
  const afresh = async (tables: readonly string[]) => {
    told.push(tables);
    return doubts.shift();
  };
  await storeChunk(chunk(["a", "bad", "c"]), { ...ports, afresh });
  assert.deepEqual(told, Array(3).fill(["saga_events", "dead_letters"]));
  assert.equal(did.at(-1), "commit 10");
  assert.equal(did.filter((what) => what === "insert dead_letters").length, 3);
  const token = "saga.events-1-7-9-1770000000000";
  for (const suffix of ["", "-x", "-y"]) assert.ok(rows.has(`${token}${suffix}-dead_letters`));
});
