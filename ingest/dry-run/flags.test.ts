import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFlags } from "./flags.ts";

test("without flags ingest works", () => assert.deepEqual(parseFlags([]), { kind: "work" }));

for (const args of [["--help"], ["--dry-run", "--help"]])
  test(`${args.join(" ")} says how it is called`, () => assert.deepEqual(parseFlags(args), { kind: "help" }));

for (const { name, args, flags } of [
  {
    name: "by itself",
    args: [],
    flags: { topic: undefined, from: { kind: "latest", back: 100 }, limit: 100, json: false },
  },
  { name: "from the earliest", args: ["--from-offset", "earliest"], flags: { from: { kind: "offset", offset: 0n } } },
  { name: "from an offset", args: ["--from-offset=12"], flags: { from: { kind: "offset", offset: 12n } } },
  { name: "from the latest", args: ["--from-offset", "latest-5"], flags: { from: { kind: "latest", back: 5 } } },
  { name: "of a topic", args: ["--topic", "t", "--limit", "3", "--json"], flags: { topic: "t", limit: 3, json: true } },
])
  test(`a dry run ${name}`, () => assert.partialDeepStrictEqual(parseFlags(["--dry-run", ...args]), flags));

for (const { args, says } of [
  { args: ["--dryrun"], says: /'--dryrun'.*--from-offset WHERE/s },
  { args: ["--topic", "t"], says: /--topic wants --dry-run/ },
  { args: ["--dry-run", "--from-offset", "latest"], says: /--from-offset takes/ },
  { args: ["--dry-run", "--from-offset", "-1"], says: /from-offset/ },
  { args: ["--dry-run", "--limit", "0"], says: /--limit takes a number from 1/ },
  { args: ["--dry-run", "order_events"], says: /order_events/ },
])
  test(`${args.join(" ")} is refused`, () =>
    assert.throws(() => parseFlags(args), { code: "BAD_SETTING", message: says }));
