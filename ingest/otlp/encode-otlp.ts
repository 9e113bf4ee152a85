import type { Fields, Signal } from "#contracts/otlp/codec.ts";
import { walkRequest } from "#contracts/otlp/walk.ts";
import type { Dead, Encode, Encoded } from "#ingest/encoded.ts";
import { type Death, type Message, withValue } from "#ingest/message.ts";
import { type Row, tableRows } from "#ingest/table-rows.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { BadRecord } from "./fields.ts";
import { logRow } from "./log-row.ts";
import { metricRows, metricTables } from "./metric-rows.ts";
import { NativeSheet } from "./native-sheet.ts";
import { encodingOf, readRequest } from "./read-request.ts";
import { logScope, metricScope, type ScopeRow, spanScope } from "./scope.ts";
import { spanRow } from "./span-row.ts";

interface Shape {
  readonly tables: readonly InsertedTable[];
  readonly scope: ScopeRow;
  readonly rows: (head: string, record: Fields, message: Message) => readonly { table: InsertedTable; line: string }[];
}

const shapes = {
  traces: {
    tables: ["otel_traces"],
    scope: spanScope,
    rows: (head, span) => [{ table: "otel_traces", line: spanRow(head, span) }],
  },
  logs: {
    tables: ["otel_logs"],
    scope: logScope,
    rows: (head, record, message) => [
      { table: "otel_logs", line: logRow(head, record, `${Math.max(message.timeMs, 0)}000000`) },
    ],
  },
  metrics: { tables: metricTables, scope: metricScope, rows: metricRows },
} as const satisfies Record<Signal, Shape>;

/** Messages of an `otlp_*` topic as rows. A bad record dies alone, as JSON; a message that is no request dies whole. */
export function otlpEncoder(signal: Signal): Encode {
  if (signal === "metrics") return async (messages) => encodeMetrics(messages);
  const linesOf = (message: Message) => readMessage(signal, message).rows.map(({ line }) => line);
  const sheet = new NativeSheet(nativeTableOf[signal], linesOf);
  return async (messages) => encodeRecords(sheet, signal, messages);
}

function encodeRecords(sheet: NativeSheet, signal: Signal, messages: readonly Message[]): Encoded {
  const dead: Dead[] = [];
  sheet.begin();
  for (const message of messages) {
    const { value } = message;
    if (value !== null && sheet.isTaken(message, value, encodingOf(message, value))) continue;
    const read = readMessage(signal, message);
    dead.push(...read.dead);
    sheet.add(
      message,
      read.rows.map(({ line }) => line),
    );
  }
  const rows = sheet.take();
  return { rows: rows.count > 0 ? [rows] : [], dead };
}

const nativeTableOf = { traces: "otel_traces", logs: "otel_logs" } as const;

function encodeMetrics(messages: readonly Message[]): Encoded {
  const rows = new Map<InsertedTable, Row[]>(metricTables.map((table) => [table, []]));
  const dead: Dead[] = [];
  for (const message of messages) {
    const read = readMessage("metrics", message);
    dead.push(...read.dead);
    for (const { table, line } of read.rows) rows.get(table)?.push({ message, line });
  }
  const filled = [...rows].filter(([, each]) => each.length > 0);
  return { rows: filled.map(([table, each]) => tableRows(table, each)), dead };
}

type Rows = { table: InsertedTable; line: string }[];

/** A message as rows and dead, by decoding it first: the thorough way, which knows all there is to know. */
export function readMessage(signal: Signal, message: Message): { rows: Rows; dead: Dead[] } {
  const shape: Shape = shapes[signal];
  const rows: Rows = [];
  const dead: Dead[] = [];
  const { value } = message;
  if (value === null)
    return { rows, dead: [{ message, death: { reason: "tombstone", detail: "The message has no value." } }] };
  try {
    for (const { group, scope, records } of walkRequest(signal, readRequest(signal, message, value))) {
      const head = shape.scope(message, group, scope);
      for (const record of records) {
        try {
          rows.push(...shape.rows(head, record, message));
        } catch (error) {
          dead.push({ message: withValue(message, recordBytes(record)), death: deathOf(error), isPart: true });
        }
      }
    }
  } catch (error) {
    return { rows: [], dead: [{ message, death: deathOf(error) }] };
  }
  return { rows, dead };
}

function deathOf(error: unknown): Death {
  const detail = error instanceof Error ? error.message.toWellFormed().slice(0, 500) : "It cannot be read.";
  return { reason: error instanceof BadRecord ? error.reason : "bad_otlp", detail };
}

function recordBytes(record: Fields): Buffer {
  const readable = JSON.stringify(record, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
  );
  return Buffer.from(readable);
}
