import { perProcess } from "./per-process.ts";

interface Kept {
  readonly atMs: number;
  readonly value: Promise<unknown>;
}

const most = 100;

/** What `make` gives, or gave within the last `forMs` under the same key: for what costs more than it changes. */
export function recently<Value>(key: string, forMs: number, make: () => Promise<Value>): Promise<Value> {
  const kept = perProcess("recently", () => new Map<string, Kept>());
  const nowMs = Date.now();
  const known = kept.get(key);
  if (known && nowMs - known.atMs < forMs) return known.value as Promise<Value>;
  const value = make();
  kept.delete(key);
  kept.set(key, { atMs: nowMs, value });
  value.catch(() => {
    if (kept.get(key)?.value === value) kept.delete(key);
  });
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
  return value;
}
