import { type ColumnKinds, NativeBlock } from "#ingest/native/block.ts";
import { Column } from "#ingest/native/columns.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type NativeTable, nativeTables } from "./native-tables.ts";
import type { Reader } from "./reader.ts";
import { writeLog } from "./write-log.ts";
import { writeSpan } from "./write-span.ts";

/** A table's columns, and how requests come into them. */
export interface NativeTarget {
  readonly block: Pick<NativeBlock<ColumnKinds>, "inOrder" | "days" | "mark" | "back" | "added" | "take" | "clear">;
  readonly request: Layout;
  readonly group: Layout;
  readonly scopeGroup: Layout;
  /** Columns of what the records of a message, of a group, and of a scope have in common. */
  readonly shared: Readonly<
    Record<
      | "_topic"
      | "_partition"
      | "_offset"
      | "ServiceName"
      | "ResourceAttributes"
      | "ResourceSchemaUrl"
      | "ScopeName"
      | "ScopeVersion"
      | "ScopeAttributes"
      | "ScopeSchemaUrl",
      Column
    >
  >;
  /** Those of them that the table has not, to be read all the same. */
  readonly unwanted: readonly Column[];
  /** `readMs` is when Kafka took the message, ms since the epoch. */
  readonly write: (reader: Reader, readMs: number) => void;
}

/** An empty table. */
export const nativeTargets = {
  otel_traces: () => {
    const block = new NativeBlock(nativeTables.otel_traces, "Timestamp");
    const { columns } = block;
    const unwanted = {
      ResourceSchemaUrl: new Column("", "text"),
      ScopeAttributes: new Column("", "map"),
      ScopeSchemaUrl: new Column("", "text"),
    };
    return {
      block,
      ...layoutsOf("resourceSpans", "scopeSpans", "spans"),
      shared: { ...columns, ...unwanted },
      unwanted: Object.values(unwanted),
      write: (reader) => writeSpan(columns, reader),
    };
  },
  otel_logs: () => {
    const block = new NativeBlock(nativeTables.otel_logs, "Timestamp");
    const { columns } = block;
    return {
      block,
      ...layoutsOf("resourceLogs", "scopeLogs", "logRecords"),
      shared: columns,
      unwanted: [],
      write: (reader, readMs) => writeLog(columns, reader, readMs),
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
