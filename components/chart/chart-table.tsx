"use client";

import { useClock } from "#components/clock.tsx";
import { formatTime } from "#components/format.ts";
import type { Buckets } from "./buckets.ts";

/** A chart's numbers as a table, for those who hear the page. `cell` says what stands in a bucket's column. */
export function ChartTable({
  caption,
  buckets,
  columns,
  cell,
}: {
  caption: string;
  buckets: Buckets;
  columns: readonly string[];
  cell: (bucket: number, column: string) => string;
}) {
  const { nowMs, zone } = useClock();
  return (
    // Around the table: its own height is never less than its rows', and would lengthen the page unseen.
    <div className="visually-hidden">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.startsMs.map((start, index) => (
            <tr key={start}>
              <th scope="row">{formatTime(start, zone, { nowMs, precise: false })}</th>
              {columns.map((column) => (
                <td key={column}>{cell(index, column)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
