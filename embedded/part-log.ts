import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from "node:fs";

/** A log above this size is put aside, in place of the one put aside before. */
const longestBytes = 20 * 1024 * 1024;

/** Opens a part's log to append to it; the descriptor is the caller's to close. */
export function openPartLog(file: string): number {
  if (existsSync(file) && statSync(file).size > longestBytes) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o640);
}

/** The last lines of a log, each cut to what a screen can show. */
export function lastLines(file: string, count: number): string[] {
  if (!existsSync(file)) return [];
  const descriptor = openSync(file, "r");
  try {
    const size = statSync(file).size;
    const tail = Buffer.alloc(Math.min(size, 64 * 1024));
    readSync(descriptor, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString("utf8").split("\n").filter(Boolean);
    return lines.slice(-count).map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line));
  } finally {
    closeSync(descriptor);
  }
}
