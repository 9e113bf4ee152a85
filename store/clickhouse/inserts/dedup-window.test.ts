import assert from "node:assert/strict";
import { test } from "node:test";
import { dedupWindow } from "./dedup-window.ts";

const plain = (settings: string) => ({
  name: "saga_events",
  engine: "MergeTree",
  engineFull: `MergeTree ORDER BY time SETTINGS index_granularity = 8192${settings}`,
});
const replicated = (settings: string) => ({ ...plain(settings), engine: "ReplicatedAggregatingMergeTree" });
const server = new Map([
  ["non_replicated_deduplication_window", 0],
  ["replicated_deduplication_window", 1_000],
  ["replicated_deduplication_window_seconds", 604_800],
]);

for (const { name, table, blocks } of [
  { name: "its own window", table: plain(", non_replicated_deduplication_window = 10000"), blocks: 10_000 },
  { name: "the server's window", table: replicated(""), blocks: 1_000 },
  {
    name: "its own before the server's",
    table: replicated(", replicated_deduplication_window = 20000, replicated_deduplication_window_seconds = 86400"),
    blocks: 20_000,
  },
])
  test(name, () => assert.deepEqual(dedupWindow(table, server), { blocks }));

for (const { name, table, setting } of [
  { name: "none", table: plain(""), setting: "non_replicated_deduplication_window = 10000" },
  {
    name: "none, by its own will",
    table: plain(", non_replicated_deduplication_window = 0"),
    setting: "non_replicated_deduplication_window = 10000",
  },
  {
    name: "the other kind's",
    table: replicated(", non_replicated_deduplication_window = 5, replicated_deduplication_window = 0"),
    setting: "replicated_deduplication_window = 10000",
  },
  {
    name: "too short a time",
    table: replicated(", replicated_deduplication_window_seconds = 60"),
    setting: "replicated_deduplication_window_seconds = 604800",
  },
])
  test(`a window of ${name} is a fault with its remedy`, () => {
    const found = dedupWindow(table, server);
    assert.ok("fault" in found && found.fault.includes(`ALTER TABLE saga_events MODIFY SETTING ${setting}`));
  });
