import type { Search } from "#contracts/api/search.ts";
import { ask } from "./ask.ts";

const searchSchema = async () => (await import("#contracts/api/search.ts")).Search;

/** The pages that a text leads to, best first. */
export async function search(text: string, signal: AbortSignal): Promise<Search["hits"]> {
  if (text.trim() === "") return [];
  return (await ask(`/api/v1/search?${new URLSearchParams({ q: text })}`, searchSchema, { signal })).hits;
}
