import type { SagaEvent } from "#contracts/saga-event.ts";
import type { Dead, Encode } from "#ingest/encoded.ts";
import { millisOf } from "#ingest/epoch.ts";
import type { Message } from "#ingest/message.ts";
import { type DatedRow, dayMs } from "#ingest/rows-by-days.ts";
import type { StartHint, Starts } from "#ingest/saga-starts.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { nestedTooDeeply } from "./decode-saga-event.ts";
import { type SplitLine, sagaEventRow, storedStart } from "./saga-event-row.ts";
import { Sheet } from "./sheet.ts";
import { type EventRow, SilentRows } from "./silent-rows.ts";

/** What a message comes to; one that comes to nothing is left aside. */
export interface ReadMessage {
  readonly rows: readonly EventRow[];
  readonly dead: readonly Dead[];
}

export type Read = (message: Message) => ReadMessage;

/** What the events that a message tells of come to: rows, and whichever cannot be written among the dead. */
export function readEvents(events: readonly SagaEvent[], message: Message): ReadMessage {
  const rows: EventRow[] = [];
  const dead: Dead[] = [];
  for (const event of events) {
    const { correlationid, sagastarted, time, type } = event;
    try {
      rows.push({ hint: { correlationid, sagastarted, time, type }, row: sagaEventRow(event, message) });
    } catch (error) {
      // Read without recursion, written with it: a payload may be nested more deeply than the stack is.
      if (!(error instanceof RangeError)) throw error;
      dead.push({ message, death: { reason: "bad_schema", detail: nestedTooDeeply } });
    }
  }
  return { rows, dead };
}

/** Messages as rows of `saga_events`, each read by itself. */
export function eachEncoder(read: Read, settle: SettleStarts): Encode {
  return async (messages, signal) => {
    const sheet = new Sheet();
    const each = writeEach(messages, { read, sheet });
    sheet.seal();
    const starts = await settle(each.hints, signal);
    const rows = writeSilent(each.silent, { sheet, starts, rowsOf: () => datedRows(messages, { read, starts }) });
    return { rows, dead: each.dead, ignored: each.ignored };
  };
}

export interface Written {
  /** Of all events. */
  readonly hints: readonly StartHint[];
  /** Still to be written. */
  readonly silent: SilentRows;
  readonly dead: readonly Dead[];
  /** How many messages came to nothing. */
  readonly ignored: number;
}

/** Keeps no event: one takes several times its bytes, and there are many in a chunk. */
export function writeEach(messages: Iterable<Message>, { read, sheet }: { read: Read; sheet: Sheet }): Written {
  const hints: StartHint[] = [];
  const silent = new SilentRows();
  const dead: Dead[] = [];
  let ignored = 0;
  for (const message of messages) {
    const found = read(message);
    if (found.rows.length === 0 && found.dead.length === 0) ignored += 1;
    dead.push(...found.dead);
    for (const one of found.rows) {
      hints.push(one.hint);
      if (one.hint.sagastarted === undefined) silent.add(one);
      else sheet.write(Buffer.from(lineUnder(startOf(one.hint, noStarts), one.row)));
    }
  }
  return { hints, silent, dead, ignored };
}

const noStarts: Starts = new Map();

/** Adds them to the sheet; what is on it then, with `rowsOf` to have it one by one. */
export function writeSilent(
  silent: SilentRows,
  { sheet, starts, rowsOf }: { sheet: Sheet; starts: Starts; rowsOf: () => Iterable<DatedRow> },
): TableRows[] {
  sheet.reopen();
  for (const line of silent.lines((hint) => startOf(hint, starts))) sheet.write(line);
  sheet.seal();
  return sheet.rows(rowsOf);
}

/** All of them, in the order of the messages. */
export function* datedRows(
  messages: Iterable<Message>,
  { read, starts }: { read: Read; starts: Starts },
): Generator<DatedRow> {
  for (const message of messages)
    for (const { hint, row } of read(message).rows) {
      const startedMs = startOf(hint, starts);
      yield { message, line: lineUnder(startedMs, row), day: Math.floor(startedMs / dayMs) };
    }
}

const lineUnder = (startedMs: number, { before, after }: SplitLine): string => `${before}${startedMs}${after}`;

/** Under which moment an event's saga is stored, ms since the epoch. */
function startOf({ correlationid, sagastarted, time }: StartHint, starts: Starts): number {
  const startedMs = sagastarted === undefined ? starts.get(correlationid) : millisOf(sagastarted);
  return storedStart(startedMs ?? millisOf(time));
}
