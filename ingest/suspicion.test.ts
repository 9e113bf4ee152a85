import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { RowsFaulty, Suspicion } from "./suspicion.ts";
import { message, neverAborted } from "./testing.ts";

const refusal = Object.assign(new Error("refused"), { code: "376", type: "CANNOT_PARSE_UUID" });
const network = Object.assign(new Error("gone"), { code: "ECONNRESET" });

interface Store {
  /** What it says of rows, by the number of the try; "strange" ones it cannot read. */
  readonly says?: (at: number) => Error | undefined;
  /** A row that its table holds. */
  readonly keeps?: string;
}

/** A store that reads rows and keeps nothing. */
function peer({ says = () => undefined, keeps = "" }: Store): StoreClient {
  let tries = 0;
  return {
    query: async ({ format }: { format: string }) => ({
      json: async () => [],
      text: async () => (format === "JSONCompactEachRow" ? keeps : ""),
    }),
    exec: async ({ values }: { values: Readable }) => {
      const text = Buffer.concat(await values.toArray()).toString();
      const error = says(tries++) ?? (text.includes("strange") ? refusal : undefined);
      if (error) throw error;
      return { stream: Readable.from([]) };
    },
  } as unknown as StoreClient;
}

/** The rows that are told to be at fault, and by which look; looks are 100 ms apart. */
async function lookAt(values: readonly string[], store: Store, looks = 20): Promise<string> {
  let nowMs = 0;
  const tick = () => {
    nowMs += 100;
    return nowMs;
  };
  const suspicion = new Suspicion(
    "saga_events",
    () => values.map((value) => ({ message: message(value), line: `["${value}"]\n` })),
    { client: peer(store), proof: { looks: 5, forMs: 1_000 }, nowMs: tick, signal: neverAborted },
  );
  for (let look = 1; look <= looks; look += 1) {
    const thrown = await suspicion.look(refusal).catch((error: unknown) => error);
    if (thrown === undefined) continue;
    assert.ok(thrown instanceof RowsFaulty);
    assert.equal(thrown.cause, refusal);
    return `${thrown.places} after ${look}`;
  }
  return "none";
}

for (const { name, values, store = {}, faulty } of [
  { name: "one that it cannot read among others", values: ["a", "strange", "b"], faulty: "1 after 11" },
  { name: "several", values: ["strange", "a", "b", "strange"], faulty: "0,3 after 11" },
  {
    name: "all that there are, where it reads one that it keeps",
    values: ["strange"],
    store: { keeps: '["kept"]\n' },
    faulty: "0 after 11",
  },
  { name: "all that there are, where it keeps none", values: ["strange"], faulty: "none" },
  {
    name: "all that there are, where it cannot read what it keeps",
    values: ["strange"],
    store: { keeps: '["strange"]\n' },
    faulty: "none",
  },
  { name: "rows that it can read, and refuses for another reason", values: ["a", "b"], faulty: "none" },
  {
    name: "rows of a store that refuses whatever it is given",
    values: ["a", "b"],
    store: { says: () => refusal, keeps: '["kept"]\n' },
    faulty: "none",
  },
  {
    name: "one while the store goes away now and then",
    values: ["a", "strange"],
    store: { says: (at) => (at % 7 === 6 ? network : undefined) },
    faulty: "none",
  },
  {
    name: "one after the store was away",
    values: ["a", "strange"],
    store: { says: (at) => (at < 2 ? network : undefined) },
    faulty: "1 after 13",
  },
] satisfies { name: string; values: string[]; store?: Store; faulty: string }[])
  test(name, async () => assert.equal(await lookAt(values, store), faulty));
