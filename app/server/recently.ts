import { perProcess } from "./per-process.ts";

interface Kept {
  readonly atMs: number;
  readonly value: Promise<unknown>;
  /** Whether it has been made, and nobody makes it anew. */
  isAtRest: boolean;
}

const most = 100;
/** So old, as a share of its time, a value is made anew behind whoever asks for it: who asks often never waits for it. */
const renewedAt = 0.75;

/** What `make` gives, or gave within the last `forMs` under the same key: for what costs more than it changes. */
export function recently<Value>(key: string, forMs: number, make: () => Promise<Value>): Promise<Value> {
  const kept = perProcess("recently", () => new Map<string, Kept>());
  const nowMs = Date.now();
  const known = kept.get(key);
  if (!known || nowMs - known.atMs >= forMs) return keep(kept, key, { atMs: nowMs, value: make() });
  if (known.isAtRest && nowMs - known.atMs >= forMs * renewedAt) {
    known.isAtRest = false;
    const value = make();
    value.then(
      () => {
        if (kept.get(key) === known) keep(kept, key, { atMs: nowMs, value });
      },
      // Whoever asks once it is too old is told why.
      () => undefined,
    );
  }
  return known.value as Promise<Value>;
}

function keep<Value>(
  kept: Map<string, Kept>,
  key: string,
  { atMs, value }: { atMs: number; value: Promise<Value> },
): Promise<Value> {
  const made: Kept = { atMs, value, isAtRest: false };
  kept.delete(key);
  kept.set(key, made);
  value.then(
    () => {
      made.isAtRest = true;
    },
    () => {
      if (kept.get(key) === made) kept.delete(key);
    },
  );
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
  return value;
}
