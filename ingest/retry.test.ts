import assert from "node:assert/strict";
import { test } from "node:test";
import { RowsRefused, RowsSuspected, retryForever } from "./retry.ts";
import { neverAborted } from "./testing.ts";

const [unknown, memory, bad] = ["987654", "241", "27"];

for (const { name, codes, how, tries, throws } of [
  { name: "an unknown code is tried again", codes: [unknown, unknown], how: {}, tries: 3 },
  {
    name: "it is the rows' fault where they have another way",
    codes: [unknown],
    how: { unknown: "split" },
    tries: 1,
    throws: RowsRefused,
  },
  {
    name: "it is a suspicion after some in a row",
    codes: [unknown, unknown],
    how: { unknown: { suspectAfter: 2 } },
    tries: 2,
    throws: RowsSuspected,
  },
  {
    name: "it is none where another comes between",
    codes: [unknown, memory, unknown],
    how: { unknown: { suspectAfter: 2 } },
    tries: 4,
  },
  {
    name: "a known condition is none",
    codes: [memory, memory, memory],
    how: { unknown: { suspectAfter: 1 } },
    tries: 4,
  },
  {
    name: "a bad row is no suspicion",
    codes: [bad],
    how: { unknown: { suspectAfter: 2 } },
    tries: 1,
    throws: RowsRefused,
  },
] as const)
  test(name, async () => {
    let tried = 0;
    const work = async () => {
      const code = codes[tried++];
      if (code) throw Object.assign(new Error("words"), { code });
    };
    const retried = retryForever(work, { signal: neverAborted, ...how, retrying: () => undefined });
    const thrown = await retried.then(
      () => undefined,
      (error: Error) => error.constructor,
    );
    assert.equal(thrown, throws);
    assert.equal(tried, tries);
  });
