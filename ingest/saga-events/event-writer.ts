import { compensationEventTypes, sagaEventTypes, stepEventTypes } from "#contracts/saga-event.ts";
import type { Message } from "#ingest/message.ts";
import type { NativeBlock } from "#ingest/native/block.ts";
import type { Column } from "#ingest/native/columns.ts";
import { isAt, isProto, JsonCursor, Names } from "#ingest/native/json-cursor.ts";
import { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { maxEventBytes } from "#ingest/read-text.ts";
import { storedStarts } from "#store/clickhouse/inserts/saga-days.ts";
import type { eventColumns } from "./event-columns.ts";
import { earliestMs } from "./saga-event-row.ts";

const attributes = new Names([
  "id",
  "source",
  "correlationid",
  "causationid",
  "subject",
  "time",
  "sagatype",
  "sagaversion",
  "sagastarted",
  "traceparent",
  "type",
  "data",
  "specversion",
  "dataschema",
  "datacontenttype",
  "tracestate",
]);
const [id, source, correlationid, causationid, subject, time, sagatype, sagaversion] = [0, 1, 2, 3, 4, 5, 6, 7];
const [sagastarted, traceparent, type, data, specversion, dataschema] = [8, 9, 10, 11, 12, 13];
const bit = (field: number): number => 1 << field;
const required = [id, source, correlationid, time, sagatype, sagastarted, type, specversion].reduce(
  (all, field) => all | bit(field),
  0,
);

const dataFields = new Names([
  "step",
  "attempt",
  "compensates",
  "serviceVersion",
  "labels",
  "plan",
  "undoOrder",
  "deadline",
  "error",
  "payload",
]);
const [step, attempt, compensates, serviceVersion, labels, plan, undoOrder, deadline, error, payload] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];
const [code, errorMessage, retryable] = [0, 1, 2];
const errorFields = new Names(["code", "message", "retryable"]);

const [ofSaga, ofStep, ofCompensation] = [0, 1, 2];
const types = [...sagaEventTypes, ...stepEventTypes, ...compensationEventTypes].map((name) => Buffer.from(name));
const kinds = [
  ...sagaEventTypes.map(() => ofSaga),
  ...stepEventTypes.map(() => ofStep),
  ...compensationEventTypes.map(() => ofCompensation),
];

const ownSchemas = Buffer.from("urn:sagascope:saga-event:");
const knownVersion = Buffer.from("1.0");
const defaultVersion = Buffer.from("1");
const reverse = Buffer.from("reverse");
const [zero, nine, dash] = [0x30, 0x39, 0x2d];
/** A map of more is left to whoever finds names that come twice in a better way. */
const mostLabels = 32;

const isHex = new Uint8Array(256);
for (const byte of Buffer.from("0123456789abcdef")) isHex[byte] = 1;

function isHexIn(bytes: Uint8Array, from: number, to: number): boolean {
  let all = 1;
  for (let at = from; at < to; at++) all &= isHex[bytes[at] ?? 0] ?? 0;
  return all === 1;
}

/** Of a W3C traceparent. */
const traceLength = 55;

const unusual = new Unusual("The event is out of the ordinary");

/** Copies saga events into the columns of their table without making objects of them. */
export class EventWriter {
  readonly #block: NativeBlock<typeof eventColumns>;
  readonly #json = new JsonCursor({ takesNul: false });
  /** For what has to be looked at and is not stored. */
  readonly #scratch = new Strip();
  readonly #topic = new Strip();
  #topicName = "";

  constructor(block: NativeBlock<typeof eventColumns>) {
    this.#block = block;
  }

  /**
   * Writes a message's row, the same as reading it first would come to. False, and nothing written, where anything about it is out of
   * the ordinary: the thorough way knows whether it is an event at all.
   */
  write(message: Message): boolean {
    const { valueBytes, source, sourceFrom } = message;
    if (source === null || valueBytes > maxEventBytes || message.hasHeader("ce_specversion")) return false;
    this.#block.mark();
    try {
      this.#json.open(source, sourceFrom, sourceFrom + valueBytes);
      this.#event();
      this.#json.close();
      this.#place(message);
      return true;
    } catch (error) {
      this.#block.back();
      if (error instanceof Unusual) return false;
      throw error;
    }
  }

  #event(): void {
    const { columns } = this.#block;
    const json = this.#json;
    let seen = 0;
    let kind = ofSaga;
    this.#startOfData();
    let goesOn = json.object();
    for (; goesOn; goesOn = json.goesOn()) {
      const field = json.field(attributes);
      if (field === -1) {
        json.skip();
        continue;
      }
      if ((seen & bit(field)) !== 0) throw unusual;
      seen |= bit(field);
      switch (field) {
        case id:
          json.text(columns.event_id.values, 1, 256);
          break;
        case source:
          json.text(columns.source.values, 1, 500);
          break;
        case correlationid:
          json.text(columns.saga_id.values, 1, 256);
          break;
        case causationid:
          json.text(columns.causation_id.values, 0, 256);
          break;
        case subject:
          json.text(columns.subject.values, 0, 500);
          break;
        case time:
          this.#time();
          break;
        case sagatype:
          json.text(columns.saga_type.values, 1, 200);
          break;
        case sagaversion:
          this.#version();
          break;
        case sagastarted:
          this.#started();
          break;
        case traceparent:
          this.#trace();
          break;
        case type:
          kind = this.#type();
          break;
        case data:
          this.#data();
          break;
        case specversion:
          this.#exactly(knownVersion);
          break;
        case dataschema:
          this.#schema();
          break;
        default:
          this.#unstored();
      }
    }
    this.#unsaid(seen);
    this.#endOfData(kind);
  }

  /** What an event does not say, and need not. */
  #unsaid(seen: number): void {
    const { columns } = this.#block;
    if ((seen & required) !== required) throw unusual;
    if ((seen & bit(causationid)) === 0) columns.causation_id.values.uint8(0);
    if ((seen & bit(subject)) === 0) columns.subject.values.uint8(0);
    if ((seen & bit(sagaversion)) === 0) columns.saga_version.values.text(defaultVersion, 0, 1);
    if ((seen & bit(traceparent)) === 0) this.#noTrace();
  }

  #time(): void {
    const seconds = this.#json.seconds();
    if (seconds * 1000 < earliestMs) throw unusual;
    writeNanos(this.#block.columns.time.values, seconds, this.#json.nanos);
  }

  #started(): void {
    const seconds = this.#json.seconds();
    if (seconds === -1) throw unusual;
    const millis = seconds * 1000 + Math.floor(this.#json.nanos / 1_000_000);
    writeMillis(
      this.#block.columns.saga_started.values,
      Math.min(Math.max(millis, storedStarts.fromMs), storedStarts.toMs),
    );
  }

  #version(): void {
    const { values } = this.#block.columns.saga_version;
    const before = values.at;
    if (this.#json.text(values, 0, 100) > 0) return;
    values.at = before;
    values.text(defaultVersion, 0, 1);
  }

  #trace(): void {
    const json = this.#json;
    const from = json.span(traceLength);
    if (from === -1) {
      this.#noTrace();
      return;
    }
    const { bytes } = json;
    const [trace, span, flags] = [from + 3, from + 36, from + 53];
    const areHex =
      isHexIn(bytes, from, from + 2) &&
      isHexIn(bytes, trace, trace + 32) &&
      isHexIn(bytes, span, span + 16) &&
      isHexIn(bytes, flags, flags + 2);
    if (!areHex || bytes[trace - 1] !== dash || bytes[span - 1] !== dash || bytes[flags - 1] !== dash) throw unusual;
    this.#block.columns.trace_id.values.text(bytes, trace, trace + 32);
    this.#block.columns.span_id.values.text(bytes, span, span + 16);
  }

  #noTrace(): void {
    this.#block.columns.trace_id.values.uint8(0);
    this.#block.columns.span_id.values.uint8(0);
  }

  #type(): number {
    const { values } = this.#block.columns.event_type;
    const from = values.at + 1;
    this.#json.text(values, 1, 100);
    const kind = kinds[typeAt(values.bytes, from, values.at)];
    if (kind === undefined) throw unusual;
    return kind;
  }

  #schema(): void {
    const { bytes, at, length } = this.#aside(0, 1000);
    if (length < ownSchemas.length || !isAt(ownSchemas, bytes, at)) return;
    if (length !== ownSchemas.length + 1 || bytes[at + ownSchemas.length] !== defaultVersion[0]) throw unusual;
  }

  #exactly(text: Uint8Array): void {
    const { bytes, at, length } = this.#aside(text.length, text.length);
    if (length !== text.length || !isAt(text, bytes, at)) throw unusual;
  }

  #unstored(): void {
    this.#aside(0, maxEventBytes);
  }

  /** A text that goes into no column as it stands; good until the next. */
  #aside(least: number, most: number): { bytes: Uint8Array; at: number; length: number } {
    const scratch = this.#scratch;
    scratch.at = 0;
    const length = this.#json.text(scratch, least, most);
    return { bytes: scratch.bytes, at: scratch.at - length, length };
  }

  #seen = 0;
  #attempt = 1;
  #stepFrom = 0;
  #compensatesFrom = 0;

  #startOfData(): void {
    const { columns } = this.#block;
    this.#seen = 0;
    this.#attempt = 1;
    this.#stepFrom = columns.step.values.at;
    this.#compensatesFrom = columns.compensates.values.at;
  }

  #data(): void {
    const { columns } = this.#block;
    const json = this.#json;
    let seen = 0;
    let goesOn = json.object();
    for (; goesOn; goesOn = json.goesOn()) {
      const field = json.field(dataFields);
      if (field === -1) {
        json.skip();
        continue;
      }
      if ((seen & bit(field)) !== 0) throw unusual;
      seen |= bit(field);
      switch (field) {
        case step:
          json.text(columns.step.values, 1, 200);
          break;
        case attempt:
          this.#attempt = json.integer();
          if (this.#attempt < 1 || this.#attempt > 65_535) throw unusual;
          break;
        case compensates:
          json.text(columns.compensates.values, 1, 200);
          break;
        case serviceVersion:
          json.text(columns.service_version.values, 0, 100);
          break;
        case labels:
          this.#labels(columns.labels);
          break;
        case plan:
          this.#plan(columns.plan);
          break;
        case undoOrder:
          if (json.text(columns.undo_order.values, 0, reverse.length) > 0) this.#isReverse(columns.undo_order.values);
          break;
        case deadline:
          this.#deadline(columns.deadline.values);
          break;
        case error:
          this.#error();
          break;
        case payload:
          json.value(columns.payload.values);
          break;
      }
    }
    this.#seen = seen;
  }

  #isReverse({ bytes, at }: Strip): void {
    if (bytes[at - reverse.length - 1] !== reverse.length || !isAt(reverse, bytes, at - reverse.length)) throw unusual;
  }

  /** What the data did not say, and what it said that is nothing to an event of this kind. */
  #endOfData(kind: number): void {
    const { columns } = this.#block;
    const seen = this.#seen;
    const hasStep = (seen & bit(step)) !== 0;
    const hasCompensates = (seen & bit(compensates)) !== 0;
    if (kind !== ofSaga && !hasStep) throw unusual;
    if (kind === ofCompensation && !hasCompensates) throw unusual;
    if (kind === ofSaga || !hasStep) emptied(columns.step.values, this.#stepFrom);
    if (kind !== ofCompensation) emptied(columns.compensates.values, this.#compensatesFrom);
    columns.attempt.values.uint16(kind === ofSaga ? 0 : this.#attempt);
    if ((seen & bit(serviceVersion)) === 0) columns.service_version.values.uint8(0);
    if ((seen & bit(labels)) === 0) columns.labels.endMap(0);
    if ((seen & bit(plan)) === 0) columns.plan.endList(0);
    if ((seen & bit(undoOrder)) === 0) columns.undo_order.values.uint8(0);
    if ((seen & bit(deadline)) === 0) columns.deadline.values.uint64(0, 0);
    if ((seen & bit(error)) === 0) this.#errorWas(0, 0);
    if ((seen & bit(payload)) === 0) columns.payload.values.uint8(0);
    // Of an event that does not say when its saga began nothing is written here.
    columns.start_unsaid.values.uint8(0);
  }

  #deadline(strip: Strip): void {
    const seconds = this.#json.seconds();
    if (seconds === -1) strip.uint64(0, 0);
    else if (seconds * 1000 < earliestMs) throw unusual;
    else writeMillis(strip, seconds * 1000 + Math.floor(this.#json.nanos / 1_000_000));
  }

  #labels(column: Column): void {
    const json = this.#json;
    const { keys, values } = column;
    const first = keys.at;
    let pairs = 0;
    let goesOn = json.object();
    for (; goesOn; goesOn = json.goesOn()) {
      const from = keys.at;
      const length = json.text(keys, 1, 100);
      const digit = keys.bytes[from + 1] ?? 0;
      // JavaScript has one of each name, those that are numbers first, and this one apart.
      if (digit >= zero && digit <= nine) throw unusual;
      if (isProto(keys.bytes, from + 1, from + 1 + length)) throw unusual;
      if (pairs >= mostLabels || isAmong(keys.bytes, { first, from, length })) throw unusual;
      json.colon();
      json.text(values, 0, 1000);
      pairs++;
    }
    column.endMap(pairs);
  }

  #plan(column: Column): void {
    const json = this.#json;
    let items = 0;
    let goesOn = json.list();
    for (; goesOn; goesOn = json.listGoesOn()) {
      json.text(column.values, 1, 200);
      items++;
    }
    if (items > 10_000) throw unusual;
    column.endList(items);
  }

  #error(): void {
    const { columns } = this.#block;
    const json = this.#json;
    let seen = 0;
    let said = 0;
    let codeLength = 0;
    let isRetryable = false;
    let goesOn = json.object();
    for (; goesOn; goesOn = json.goesOn()) {
      const field = json.field(errorFields);
      if (field === -1) {
        json.skip();
        continue;
      }
      if ((seen & bit(field)) !== 0) throw unusual;
      seen |= bit(field);
      switch (field) {
        case code:
          codeLength = json.text(columns.error_code.values, 0, 200);
          break;
        case errorMessage:
          said = json.text(columns.error_message.values, 0, 10_000);
          break;
        case retryable:
          isRetryable = json.boolean();
          break;
      }
    }
    // One that says nothing is none.
    if (codeLength === 0 && (said > 0 || isRetryable)) throw unusual;
    this.#errorWas(seen, isRetryable ? 1 : 0);
  }

  #errorWas(seen: number, isRetryable: 0 | 1): void {
    const { columns } = this.#block;
    if ((seen & bit(code)) === 0) columns.error_code.values.uint8(0);
    if ((seen & bit(errorMessage)) === 0) columns.error_message.values.uint8(0);
    columns.error_retryable.values.uint8(isRetryable);
  }

  #place({ topic, partition, offset }: Message): void {
    const { columns } = this.#block;
    if (topic !== this.#topicName) {
      this.#topic.at = 0;
      this.#topic.string(topic);
      this.#topicName = topic;
    }
    columns._topic.values.append(this.#topic);
    columns._partition.values.uint32(partition);
    columns._offset.values.uint64(Number(offset & 0xffff_ffffn), Number(offset >> 32n));
  }
}

/** Which type is between `from` and `to`; -1 where it is none. */
function typeAt(bytes: Uint8Array, from: number, to: number): number {
  for (let index = 0; index < types.length; index++) {
    const type = types[index] ?? reverse;
    if (type.length === to - from && isAt(type, bytes, from)) return index;
  }
  return -1;
}

/** An empty text in place of what was written from there on. */
function emptied(strip: Strip, from: number): void {
  strip.at = from;
  strip.uint8(0);
}

/** Whether the name that stands from there on is one of those before it, the first of which stands at `first`. */
function isAmong(bytes: Uint8Array, { first, from, length }: { first: number; from: number; length: number }): boolean {
  // None is longer than 100 bytes, so the length is one byte.
  for (let at = first; at < from; at += 1 + (bytes[at] ?? 0)) {
    if (bytes[at] !== length) continue;
    let same = 1;
    while (same <= length && bytes[at + same] === bytes[from + same]) same++;
    if (same > length) return true;
  }
  return false;
}

const half = 2 ** 16;
const word = 2 ** 32;

/** Nanoseconds are past what a number holds exactly: they are put together of halves. */
function writeNanos(strip: Strip, seconds: number, nanos: number): void {
  const upper = Math.floor(seconds / half) * 1e9;
  const lower = (seconds % half) * 1e9 + nanos;
  const rest = (upper % half) * half + lower;
  strip.uint64(rest % word, Math.floor(upper / half) + Math.floor(rest / word));
}

function writeMillis(strip: Strip, millis: number): void {
  strip.uint64(millis % word, Math.floor(millis / word));
}
