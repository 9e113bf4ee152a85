import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Asker } from "#store/clickhouse/ask.ts";
import { questions } from "./questions.ts";

export type Told = Readonly<Record<string, unknown>>;

/** What the first release answered to each of the `questions`. */
export async function toldByFirstRelease(): Promise<Told> {
  return JSON.parse(gunzipSync(await readFile(`${import.meta.dirname}/answers.json.gz`)).toString());
}

/**
 * Asks the question of this name, and fails where the answer is not what the first release said. What has come to an
 * answer since is not looked at; what it said must be so still, and no row be more or less.
 */
export async function isAsTold(name: string, { told, asker }: { told: Told; asker: Asker }): Promise<void> {
  const answer = await questions[name]?.(asker);
  const before = told[name];
  if (Array.isArray(before)) assert.equal(Array.isArray(answer) && answer.length, before.length);
  // As JSON, for `undefined` is not written.
  assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(answer)), before);
}
