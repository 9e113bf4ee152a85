import type { KeptRows } from "./clickhouse/kept-rows.ts";
import { keptOf } from "./clickhouse/retention.ts";

const titles = ["table", "rows", "on disk", "oldest", "kept", "file"];

/** A table for people: a line for each table of the store, numbers to the right; a `*` where the file says something else. */
export function describeKept(kept: readonly KeptRows[]): string {
  const lines = kept.map(({ table, rows, bytes, oldest, ttl, wanted }) => {
    const now = keptOf(ttl);
    const differs = now === wanted ? "" : " *";
    return [
      table,
      rows.toLocaleString("en"),
      `${(bytes / 1e6).toFixed(1)} MB`,
      oldest ?? "–",
      now,
      `${wanted}${differs}`,
    ];
  });
  const all = [titles, ...lines];
  const widths = titles.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const shown = all.map((line) =>
    line
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const note = lines.some((line) => line.at(-1)?.endsWith("*"))
    ? ["", "* The file says otherwise: npm run retention -- --apply sets it."]
    : [];
  return [...shown, ...note].join("\n");
}
