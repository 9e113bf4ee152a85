import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

export interface Lock {
  release(): void;
}

/**
 * Takes a lock that the system gives back when its holder ends, however it ends: SQLite's lock on a file.
 * Undefined when another process holds it.
 */
export function tryLock(file: string): Lock | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch {
    database.close();
    return undefined;
  }
  return { release: () => database.close() };
}

/** Waits until the lock is ours, or throws once `signal` gives up. */
export async function lock(file: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    signal.throwIfAborted();
    const taken = tryLock(file);
    if (taken) return taken;
    await sleep(200);
  }
}
