import { z } from "zod";
import type { SagaEvent } from "#contracts/saga-event.ts";
import type { Dead, Encode, Encoded } from "#ingest/encoded.ts";
import { nanosOf } from "#ingest/epoch.ts";
import type { Death, Message } from "#ingest/message.ts";
import { NativeBlock } from "#ingest/native/block.ts";
import { writeLine } from "#ingest/native/line.ts";
import { type DatedRow, dayMs, rowsByDays } from "#ingest/rows-by-days.ts";
import type { StartHint, Starts } from "#ingest/saga-starts.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { decodeSagaEvent, nestedTooDeeply } from "./decode-saga-event.ts";
import { eventColumns } from "./event-columns.ts";
import { EventWriter } from "./event-writer.ts";
import { type RowUnder, sagaEventRow, storedStart } from "./saga-event-row.ts";

/** An event, and the message that told of it. */
export interface ReadEvent {
  readonly message: Message;
  readonly event: SagaEvent;
}

/** Messages of `saga.events` as rows of `saga_events`. What is out of the ordinary is read one by one, all else copied. */
export function sagaEventsEncoder(settle: SettleStarts): Encode {
  const block = new NativeBlock(eventColumns, "saga_started");
  const writer = new EventWriter(block);
  return async (messages, signal) => {
    const sheet = new Sheet(block);
    const odd: Message[] = [];
    const areOdd: boolean[] = [];
    for (const message of messages) {
      const isOdd = !writer.write(message);
      areOdd.push(isOdd);
      if (isOdd) odd.push(message);
      else sheet.added();
    }
    const rest = readRest(odd, (line) => {
      writeLine(block.inOrder, line);
      sheet.added();
    });
    sheet.seal();
    const silent = new Set(rest.silent.map(({ hint }) => hint.correlationid));
    const said = silent.size === 0 ? [] : hintsAbout(silent, { messages, areOdd });
    const starts = await settle([...said, ...rest.hints], signal);
    sheet.reopen();
    for (const { hint, row } of rest.silent) {
      writeLine(block.inOrder, row(startOf(hint, starts)));
      sheet.added();
    }
    sheet.seal();
    return { rows: sheet.rows(() => rowsOf(messages, starts)), dead: rest.dead };
  };
}

interface Rest {
  /** Of all events. */
  readonly hints: StartHint[];
  /** The rows of events that do not say when their saga began. */
  readonly silent: { readonly hint: StartHint; readonly row: RowUnder }[];
  readonly dead: Dead[];
}

/** Reads messages one by one, and keeps no event: one takes several times its bytes, and all of a chunk may be out of the ordinary. */
function readRest(messages: readonly Message[], write: (line: string) => void): Rest {
  const rest: Rest = { hints: [], silent: [], dead: [] };
  for (const message of messages) {
    const read = readRow(message);
    if (read.kind === "dead") {
      rest.dead.push({ message, death: read });
      continue;
    }
    const { hint, row } = read;
    rest.hints.push(hint);
    if (hint.sagastarted === undefined) rest.silent.push({ hint, row });
    else write(row(startOf(hint, noStarts)));
  }
  return rest;
}

const Named = z.object({ correlationid: z.string() });

/** What the others, which were copied, say of the starts of these sagas. */
function hintsAbout(
  sagas: ReadonlySet<string>,
  { messages, areOdd }: { messages: Iterable<Message>; areOdd: readonly boolean[] },
): StartHint[] {
  const hints: StartHint[] = [];
  let index = 0;
  for (const message of messages) {
    if (areOdd[index++]) continue;
    // They are events, so this is there.
    const { correlationid } = Named.parse(JSON.parse(String(message.value)));
    if (!sagas.has(correlationid)) continue;
    const read = readRow(message);
    if (read.kind === "row") hints.push(read.hint);
  }
  return hints;
}

const noStarts: Starts = new Map();

function readRow(message: Message): { kind: "row"; hint: StartHint; row: RowUnder } | ({ kind: "dead" } & Death) {
  const decoded = decodeSagaEvent(message);
  if (decoded.kind === "dead") return decoded;
  const { correlationid, sagastarted, time, type } = decoded.event;
  const row = rowUnder(decoded.event, message);
  if (typeof row !== "function") return { kind: "dead", ...row };
  return { kind: "row", hint: { correlationid, sagastarted, time, type }, row };
}

/** The same rows one by one, all of them read. */
function rowsOf(messages: Iterable<Message>, starts: Starts): DatedRow[] {
  const rows: DatedRow[] = [];
  for (const message of messages) {
    const read = readRow(message);
    if (read.kind === "row") rows.push(datedRow(message, read.row, startOf(read.hint, starts)));
  }
  return rows;
}

const datedRow = (message: Message, row: RowUnder, startedMs: number): DatedRow => ({
  message,
  line: row(startedMs),
  day: Math.floor(startedMs / dayMs),
});

/** Rows that go from a block of columns, which others use in between, into one insert. */
class Sheet {
  readonly #block: NativeBlock<typeof eventColumns>;
  readonly #packed: Uint8Array[] = [];
  readonly #days = new Set<number>();
  #bytes = 0;
  #count = 0;
  #unsealed = 0;

  constructor(block: NativeBlock<typeof eventColumns>) {
    this.#block = block;
    block.clear();
  }

  /** A row was written to the block. */
  added(): void {
    this.#count += 1;
    this.#unsealed += 1;
    if (this.#unsealed === addedTogether) this.#add();
  }

  #add(): void {
    this.#block.added(this.#unsealed);
    this.#unsealed = 0;
  }

  /** To be called once what was waited for is there: whoever used the block meanwhile may have left something. */
  reopen(): void {
    this.#block.clear();
  }

  /** To be called before anything is waited for: then the block is another's. */
  seal(): void {
    this.#add();
    const { packed, bytes } = this.#block.take();
    this.#packed.push(...packed);
    this.#bytes += bytes;
    for (const day of this.#block.days) this.#days.add(day);
    this.#block.clear();
  }

  /** In one insert, but where they are of days all over the calendar. */
  rows(each: () => DatedRow[]): TableRows[] {
    if (this.#count === 0) return [];
    if (this.#days.size > daysAnInsert) return rowsByDays("saga_events", each());
    const [count, body] = [this.#count, { packed: this.#packed, bytes: this.#bytes }];
    return [{ table: "saga_events", count, format: "Native", body: () => body, each }];
  }
}

/** To look after each row whether the block is to be sealed would take longer than to write it. */
const addedTogether = 500;

/** Events as rows of `saga_events`; one that cannot be written is added to the `dead`. */
export async function encodeEvents(
  read: readonly ReadEvent[],
  { dead, settle, signal }: { dead: readonly Dead[]; settle: SettleStarts; signal: AbortSignal },
): Promise<Encoded> {
  const events = read.map(({ event }) => event);
  const starts = await settle(events, signal);
  const rows: DatedRow[] = [];
  const unwritten: Dead[] = [];
  for (const { message, event } of read) {
    const row = rowUnder(event, message);
    if (typeof row === "function") rows.push(datedRow(message, row, startOf(event, starts)));
    else unwritten.push({ message, death: row });
  }
  return { rows: rowsByDays("saga_events", rows), dead: [...dead, ...unwritten] };
}

/** Under which moment an event's saga is stored, ms since the epoch. */
function startOf({ correlationid, sagastarted, time }: StartHint, starts: Starts): number {
  const started = sagastarted === undefined ? starts.get(correlationid) : nanosOf(sagastarted);
  return storedStart(started ?? nanosOf(time));
}

function rowUnder(event: SagaEvent, message: Message): RowUnder | Death {
  try {
    return sagaEventRow(event, message);
  } catch (error) {
    // Read without recursion, written with it: a payload may be nested more deeply than the stack is.
    if (!(error instanceof RangeError)) throw error;
    return { reason: "bad_schema", detail: nestedTooDeeply };
  }
}
