import { isOfSagaReading, readPlace, replayHeader } from "#contracts/dead-letter.ts";
import type { Fields, Signal } from "#contracts/otlp/json.ts";
import { walkRequest } from "#contracts/otlp/walk.ts";
import type { Dead, Encode, Encoded } from "#ingest/encoded.ts";
import { type Death, headerOf, type Message, type Messages, withValue } from "#ingest/message.ts";
import { deathWithoutValue } from "#ingest/read-text.ts";
import { type DatedRow, rowsByDays } from "#ingest/rows-by-days.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { BadRecord } from "./fields.ts";
import { logRow } from "./log-row.ts";
import { dataField, metricRows, metricTables } from "./metric-rows.ts";
import { NativeSheet } from "./native-sheet.ts";
import { encodingOf, readRequest } from "./read-request.ts";
import { jsonOf, recordRequest } from "./record-json.ts";
import { type Salvaged, salvageEvents, salvagePoints } from "./salvage.ts";
import { logScope, metricScope, type ScopeRow, spanScope } from "./scope.ts";
import { spanRow } from "./span-row.ts";

interface Shape {
  readonly tables: readonly InsertedTable[];
  readonly scope: ScopeRow;
  readonly rows: (head: string, record: Fields, message: Message) => Rows;
  /** Tells what is good of a bad record from what is not; without, none of it is. */
  readonly salvage?: (record: Fields, attempt: (record: Fields) => void) => Salvaged;
}

const shapes = {
  traces: {
    tables: ["otel_traces"],
    scope: spanScope,
    rows: (head, span) => [{ table: "otel_traces", line: spanRow(head, span) }],
    salvage: salvageEvents,
  },
  logs: {
    tables: ["otel_logs"],
    scope: logScope,
    rows: (head, record, message) => [{ table: "otel_logs", line: logRow(head, record, message.timeMs) }],
  },
  metrics: {
    tables: metricTables,
    scope: metricScope,
    rows: metricRows,
    salvage: (metric, attempt) => salvagePoints(metric, dataField(metric) ?? "", attempt),
  },
} as const satisfies Record<Signal, Shape>;

/**
 * Messages of an `otlp_*` topic as rows. A bad record dies alone, as a request of its own in JSON, and of a
 * metric or a span only the bad points or events; a message that is no request dies whole.
 */
export function otlpEncoder(signal: Signal): Encode {
  if (signal === "metrics") return async (messages) => encodeMetrics(messages);
  const linesOf = (message: Message) => readMessage(signal, message).rows.map(({ line }) => line);
  const sheet = new NativeSheet(nativeTableOf[signal], linesOf);
  return async (messages) => encodeRecords(sheet, signal, messages);
}

function encodeRecords(sheet: NativeSheet, signal: Signal, messages: Messages): Encoded {
  const dead: Dead[] = [];
  sheet.begin();
  for (const message of messages) {
    const { value } = message;
    if (isStored(message)) continue;
    if (value !== null && sheet.isTaken(message, value, encodingOf(message, value))) continue;
    const read = readMessage(signal, message);
    const lines = read.rows.map(({ line }) => line);
    if (sheet.add(message, lines)) dead.push(...read.dead);
    else dead.push({ message, death: { reason: "bad_otlp", detail: "It holds what no row can." } });
  }
  return { rows: sheet.take(), dead };
}

/** A span that is sent again for its saga's sake is stored as a span already. */
function isStored(message: Message): boolean {
  if (!message.hasHeader(replayHeader)) return false;
  const place = readPlace(headerOf(message, replayHeader) ?? "");
  return place?.topic === message.topic && isOfSagaReading(place);
}

const nativeTableOf = { traces: "otel_traces", logs: "otel_logs" } as const;

function encodeMetrics(messages: Messages): Encoded {
  const rows = new Map<InsertedTable, DatedRow[]>(metricTables.map((table) => [table, []]));
  const dead: Dead[] = [];
  for (const message of messages) {
    const read = readMessage("metrics", message);
    dead.push(...read.dead);
    for (const { table, line, day = 0 } of read.rows) rows.get(table)?.push({ message, line, day });
  }
  const filled = [...rows].filter(([, each]) => each.length > 0);
  return { rows: filled.flatMap(([table, each]) => rowsByDays(table, each)), dead };
}

/** Points know their day. */
type Rows = readonly { readonly table: InsertedTable; readonly line: string; readonly day?: number }[];

/** A message as rows and dead, by decoding it first: the thorough way, which knows all there is to know. */
export function readMessage(signal: Signal, message: Message): { rows: Rows; dead: Dead[] } {
  const shape: Shape = shapes[signal];
  const rows: Rows[number][] = [];
  const dead: Dead[] = [];
  const { value } = message;
  if (value === null) return { rows, dead: [{ message, death: deathWithoutValue(message) }] };
  try {
    for (const { group, scope, records } of walkRequest(signal, readRequest(signal, message, value))) {
      const head = shape.scope(message, group, scope);
      const rowsOf = (record: Fields) => shape.rows(head, record, message);
      for (const record of records) {
        try {
          rows.push(...rowsOf(record));
        } catch (error) {
          const saved = salvage(shape, record, rowsOf);
          rows.push(...saved.good.flatMap(rowsOf));
          const bad = saved.good.length > 0 ? saved.bad : [{ part: record, error, isRecord: true }];
          for (const one of bad) {
            const value = one.isRecord ? recordRequest(signal, { group, scope }, one.part) : jsonOf(one.part);
            dead.push({ message: withValue(message, value), death: deathOf(one.error), isPart: true });
          }
        }
      }
    }
  } catch (error) {
    return { rows: [], dead: [{ message, death: deathOf(error) }] };
  }
  return { rows, dead };
}

function deathOf(error: unknown): Death {
  // The stack ends where lists and maps hold one another without end; what else may be nested has its places.
  if (error instanceof RangeError) return { reason: "bad_otlp", detail: "An attribute is nested too deeply." };
  const detail = error instanceof Error ? error.message.toWellFormed().slice(0, 500) : "It cannot be read.";
  return { reason: error instanceof BadRecord ? error.reason : "bad_otlp", detail };
}

const nothing: Salvaged = { good: [], bad: [] };

function salvage(shape: Shape, record: Fields, attempt: (record: Fields) => void): Salvaged {
  try {
    return shape.salvage?.(record, attempt) ?? nothing;
  } catch {
    return nothing;
  }
}
