import { type ColumnKinds, NativeBlock } from "#ingest/native/block.ts";
import type { Column } from "#ingest/native/columns.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type NativeTable, nativeTables } from "./native-tables.ts";
import type { Reader } from "./reader.ts";
import { writeLog } from "./write-log.ts";
import { writeSpan } from "./write-span.ts";

/** A record in a request. */
export interface FoundRecord {
  readonly from: number;
  readonly to: number;
  /** When Kafka took its message, ms since the epoch. */
  readonly readMs: number;
}

/** A table's columns, and how requests come into them. */
export interface NativeTarget {
  readonly block: Pick<NativeBlock<ColumnKinds>, "inOrder" | "days" | "mark" | "back" | "added" | "take" | "clear">;
  readonly request: Layout;
  readonly group: Layout;
  readonly scopeGroup: Layout;
  /** Columns of what the records of a scope have in common. */
  readonly shared: Readonly<
    Record<
      "ServiceName" | "ResourceAttributes" | "ScopeName" | "ScopeVersion" | "_topic" | "_partition" | "_offset",
      Column
    >
  >;
  /** More of these; spans have none. */
  readonly more: Readonly<Record<"ResourceSchemaUrl" | "ScopeAttributes" | "ScopeSchemaUrl", Column>> | undefined;
  readonly write: (reader: Reader, record: FoundRecord) => void;
}

/** An empty table. */
export const nativeTargets = {
  otel_traces: () => {
    const block = new NativeBlock(nativeTables.otel_traces, "Timestamp");
    const { columns } = block;
    return {
      block,
      ...layoutsOf("resourceSpans", "scopeSpans", "spans"),
      shared: columns,
      more: undefined,
      write: (reader, record) => writeSpan(columns, reader, record),
    };
  },
  otel_logs: () => {
    const block = new NativeBlock(nativeTables.otel_logs, "Timestamp");
    const { columns } = block;
    return {
      block,
      ...layoutsOf("resourceLogs", "scopeLogs", "logRecords"),
      shared: columns,
      more: columns,
      write: (reader, record) => writeLog(columns, reader, record),
    };
  },
} as const satisfies Record<NativeTable, () => NativeTarget>;

function layoutsOf(groups: string, scopes: string, records: string) {
  return {
    request: layoutOf([1, groups, "repeated"]),
    group: layoutOf([1, "resource", "message"], [2, scopes, "repeated"], [3, "schemaUrl", "text"]),
    scopeGroup: layoutOf([1, "scope", "message"], [2, records, "repeated"], [3, "schemaUrl", "text"]),
  };
}
