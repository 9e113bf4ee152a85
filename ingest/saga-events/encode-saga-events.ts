import type { SagaEvent } from "#contracts/saga-event.ts";
import type { Dead, Encode, Encoded } from "#ingest/encoded.ts";
import { nanosOf } from "#ingest/epoch.ts";
import type { Death, Message } from "#ingest/message.ts";
import { NativeBlock } from "#ingest/native/block.ts";
import { writeLine } from "#ingest/native/line.ts";
import { type DatedRow, dayMs, rowsByDays } from "#ingest/rows-by-days.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { decodeSagaEvent, nestedTooDeeply } from "./decode-saga-event.ts";
import { eventColumns } from "./event-columns.ts";
import { EventWriter } from "./event-writer.ts";
import { sagaEventRow, storedStart } from "./saga-event-row.ts";

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
    for (const message of messages) {
      if (writer.write(message)) sheet.added();
      else odd.push(message);
    }
    sheet.seal();
    const { read, dead } = readAll(odd);
    const startOf = await startsOf(read, { settle, signal });
    for (const { message, event } of read) {
      const line = lineOf(event, startOf(event), message);
      if (typeof line === "string") {
        writeLine(block.inOrder, line);
        sheet.added();
      } else dead.push({ message, death: line });
    }
    sheet.seal();
    return { rows: sheet.rows(() => rowsOf(messages, startOf)), dead };
  };
}

function readAll(messages: Iterable<Message>): { read: ReadEvent[]; dead: Dead[] } {
  const read: ReadEvent[] = [];
  const dead: Dead[] = [];
  for (const message of messages) {
    const decoded = decodeSagaEvent(message);
    if (decoded.kind === "dead") dead.push({ message, death: decoded });
    else read.push({ message, event: decoded.event });
  }
  return { read, dead };
}

/** The same rows one by one, all of them read. */
function rowsOf(messages: Iterable<Message>, startOf: (event: SagaEvent) => number): DatedRow[] {
  return readAll(messages).read.flatMap(({ message, event }) => {
    const startedMs = startOf(event);
    const line = lineOf(event, startedMs, message);
    return typeof line === "string" ? [{ message, line, day: Math.floor(startedMs / dayMs) }] : [];
  });
}

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
  const startOf = await startsOf(read, { settle, signal });
  const rows: DatedRow[] = [];
  const unwritten: Dead[] = [];
  for (const { message, event } of read) {
    const startedMs = startOf(event);
    const line = lineOf(event, startedMs, message);
    if (typeof line === "string") rows.push({ line, message, day: Math.floor(startedMs / dayMs) });
    else unwritten.push({ message, death: line });
  }
  return { rows: rowsByDays("saga_events", rows), dead: [...dead, ...unwritten] };
}

/** Under which moment each event's saga is stored, ms since the epoch. */
async function startsOf(
  read: readonly ReadEvent[],
  { settle, signal }: { settle: SettleStarts; signal: AbortSignal },
): Promise<(event: SagaEvent) => number> {
  const starts = await settle(
    read.map(({ event }) => event),
    signal,
  );
  return (event) => {
    const started = event.sagastarted === undefined ? starts.get(event.correlationid) : nanosOf(event.sagastarted);
    return storedStart(started ?? nanosOf(event.time));
  };
}

function lineOf(event: SagaEvent, startedMs: number, message: Message): string | Death {
  try {
    return sagaEventRow(event, startedMs, message);
  } catch (error) {
    // Read without recursion, written with it: a payload may be nested more deeply than the stack is.
    if (!(error instanceof RangeError)) throw error;
    return { reason: "bad_schema", detail: nestedTooDeeply };
  }
}
