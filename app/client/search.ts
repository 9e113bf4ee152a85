import { addressOf } from "#contracts/api/address.ts";
import type { Search } from "#contracts/api/search.ts";
import { ask } from "./ask.ts";

/** The pages that a text leads to, best first. */
export async function search(text: string, signal: AbortSignal): Promise<Search["hits"]> {
  if (text.trim() === "") return [];
  return (await ask(addressOf("/search", { q: text }), { signal })).hits;
}
