"use client";

import { Count } from "#components/mark/count.tsx";
import { Time } from "#components/mark/time.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import type { Pipeline } from "#contracts/api/pipeline.ts";
import { gapWords } from "./gap-words.ts";

const columns: readonly Column[] = [
  { name: "Noticed" },
  { name: "Topic and partition" },
  { name: "Offsets" },
  { name: "Messages", number: true },
  { name: "Why" },
];

/** Messages that were gone from the log before they could be read. */
export function Gaps({ gaps }: { gaps: Pipeline["gaps"] }) {
  return (
    <Table columns={columns} className={table.stack}>
      {gaps.map((gap) => (
        <tr key={`${gap.topic}:${gap.partition}:${gap.fromOffset}:${gap.noticedAt}`}>
          <td className={table.tight}>
            <Time at={gap.noticedAt} />
          </td>
          <td className={table.tight}>
            <code>
              {gap.topic}:{gap.partition}
            </code>
          </td>
          <td className={`mono ${table.tight}`}>
            {gap.fromOffset}–{gap.toOffset}
          </td>
          <td className="number">
            <Count count={gap.messages} />
          </td>
          <td>{gapWords(gap.reason)}</td>
        </tr>
      ))}
    </Table>
  );
}
