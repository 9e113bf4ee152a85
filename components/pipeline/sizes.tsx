"use client";

import { formatBytes } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import type { TableSize } from "#contracts/api/pipeline.ts";
import styles from "./pipeline.module.css";

const columns: readonly Column[] = [
  { name: "Table" },
  { name: "Rows", number: true },
  { name: "On disk", number: true },
  { name: "Raw", number: true, wide: true },
  { name: "Smaller by", number: true, wide: true },
  { name: "A row", number: true, wide: true },
  { name: "Kept", number: true },
];

/** What each table holds, what that costs on disk, and how long it stays. */
export function Sizes({ tables }: { tables: readonly TableSize[] }) {
  if (tables.length === 0) return <Empty>Nothing is stored yet.</Empty>;
  return (
    <Table columns={columns} className={styles.sizes}>
      {tables.map(({ table: name, rows, bytes, rawBytes, keptHours }) => (
        <tr key={name}>
          <td className={table.tight}>
            <code>{name}</code>
          </td>
          <td className="number">
            <Count count={rows} />
          </td>
          <td className={`number ${table.tight}`}>{formatBytes(bytes)}</td>
          <td className={`number ${table.tight} ${table.wide}`}>{formatBytes(rawBytes)}</td>
          <td className={`number ${table.tight} ${table.wide}`}>{(rawBytes / Math.max(1, bytes)).toFixed(1)} ×</td>
          <td className={`number ${table.tight} ${table.wide}`}>{formatBytes(bytes / Math.max(1, rows))}</td>
          <td className={`number ${table.tight}`}>{keptFor(keptHours)}</td>
        </tr>
      ))}
    </Table>
  );
}

function keptFor(hours: number | null): string {
  if (hours === null) return "for ever";
  return hours % 24 === 0 ? `${hours / 24} d` : `${hours} h`;
}
