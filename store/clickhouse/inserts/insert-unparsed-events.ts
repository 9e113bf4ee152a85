import type { StoreClient } from "#store/clickhouse/client.ts";
import { compressedBody, ofCompressed } from "./compressed-body.ts";
import { onceUnder } from "./insert-block.ts";
import { storedStarts } from "./saga-days.ts";

/** Saga events of one topic-partition as their producers wrote them. */
export interface UnparsedEvents {
  readonly topic: string;
  readonly partition: number;
  /** JSONCompactEachRow: `[offset, event, "seal"]` a line, in pieces of whole lines, each good until the next is asked for. */
  readonly body: () => Iterable<Uint8Array>;
  /** How large it is, about. */
  readonly bytes: number;
  /** Of 8 characters that no producer can know: it shows that each line ends where we ended it. */
  readonly seal: string;
  /** The same token for the same rows, as of `insertBlock` into `saga_events`. */
  readonly token: string;
}

// `attempt` is Dynamic since a numeric type would take a number written as text, which is none to the schema.
const event = `Tuple(
  specversion String, dataschema String, id String, correlationid String, sagatype String, sagaversion String, type LowCardinality(String),
  source LowCardinality(String), subject String, causationid String, traceparent String, time String, sagastarted String,
  datacontenttype String, tracestate String,
  data Tuple(
    step String, attempt Dynamic, compensates String, serviceVersion String, labels Map(String, String),
    plan Array(String), undoOrder String, deadline String, error Tuple(code String, message String, retryable Bool)))`;

const outside = (text: string, min: number, max: number) => `length(${text}) NOT BETWEEN ${min} AND ${max}`;

const fractions = Array.from({ length: 10 }, (_, digits) => (digits === 0 ? "'Z'" : `'.${"0".repeat(digits)}Z'`));

/** Whether `text` is anything but a time in UTC from 2000 on, written with up to 9 decimals and Z; `parsed` is its parsed form. */
const notPlain = (text: string, parsed: string) => `(
    toString(toDateTime(${parsed}, 'UTC')) != concat(left(${text}, 10), ' ', substring(${text}, 12, 8))
    OR substring(${text}, 11, 1) != 'T'
    OR ${text} < '2000'
    OR translate(substring(${text}, 20), '123456789', '000000000') NOT IN (${fractions.join(", ")}))`;

// Bytes are counted where the schema counts characters: what is near a limit is left to the schema.
const refused = [
  "seal != {seal:String}",
  "e.specversion != '1.0'",
  "startsWith(e.dataschema, 'urn:sagascope:saga-event:') AND e.dataschema != 'urn:sagascope:saga-event:1'",
  outside("event_id", 1, 256),
  outside("saga_id", 1, 256),
  outside("saga_type", 1, 200),
  outside("e.sagaversion", 0, 100),
  outside("source", 1, 500),
  outside("subject", 0, 500),
  outside("causation_id", 0, 256),
  outside("e.data.serviceVersion", 0, 100),
  outside("e.data.step", 0, 200),
  outside("e.data.compensates", 0, 200),
  outside("error_code", 0, 200),
  outside("error_message", 0, 10_000),
  "empty(error_code) AND (notEmpty(error_message) OR error_retryable)",
  "kind = 9",
  "kind > 0 AND empty(e.data.step)",
  "kind = 2 AND empty(e.data.compensates)",
  "dynamicType(e.data.attempt) NOT IN ('None', 'Int64') OR tries NOT BETWEEN 1 AND 65535",
  notPlain("e.time", "time"),
  notPlain("e.sagastarted", "begun"),
  `notEmpty(e.data.deadline) AND ${notPlain("e.data.deadline", "deadline")}`,
  `notEmpty(e.traceparent) AND translate(e.traceparent, '123456789abcdef', '000000000000000')
    != '00-00000000000000000000000000000000-0000000000000000-00'`,
  "arrayExists((name, value) -> length(name) NOT BETWEEN 1 AND 100 OR length(value) > 1000, mapKeys(labels), mapValues(labels))",
  "length(plan) > 10000",
  "arrayExists(name -> length(name) NOT BETWEEN 1 AND 200, plan)",
  "e.data.undoOrder NOT IN ('', 'reverse')",
];

const moment = (ms: number) => `toDateTime64('${new Date(ms).toISOString().slice(0, -1)}', 3, 'UTC')`;

const columns = {
  event_id: "e.id",
  saga_id: "e.correlationid",
  saga_type: "e.sagatype",
  saga_version: "if(empty(e.sagaversion), '1', e.sagaversion)",
  event_type: "e.type",
  source: "e.source",
  subject: "e.subject",
  causation_id: "e.causationid",
  trace_id: "substring(e.traceparent, 4, 32)",
  span_id: "substring(e.traceparent, 37, 16)",
  step: "if(kind = 0, '', e.data.step)",
  attempt: "toUInt16(if(kind = 0, 0, tries))",
  compensates: "if(kind = 2, e.data.compensates, '')",
  service_version: "e.data.serviceVersion",
  labels: "e.data.labels",
  plan: "e.data.plan",
  undo_order: "if(e.data.undoOrder = 'reverse', 'reverse', '')",
  deadline: "parseDateTime64BestEffortOrZero(e.data.deadline, 3, 'UTC')",
  error_code: "e.data.error.code",
  error_message: "e.data.error.message",
  error_retryable: "e.data.error.retryable",
  time: "parseDateTime64BestEffort(e.time, 9, 'UTC')",
  saga_started: `least(greatest(begun, ${moment(storedStarts.fromMs)}), ${moment(storedStarts.toMs)})`,
  _topic: "{topic:String}",
  _partition: "{partition:UInt32}",
  _offset: "at",
};

const names = Object.keys(columns).join(", ");
const query = `INSERT INTO saga_events (${names})
SELECT ${names} FROM (
  SELECT
    at, seal, e,
    multiIf(
      e.type IN ('saga.started', 'saga.completed', 'saga.compensated', 'saga.failed', 'saga.resolved'), 0,
      e.type IN ('saga.step.started', 'saga.step.completed', 'saga.step.failed'), 1,
      e.type IN ('saga.compensation.started', 'saga.compensation.completed', 'saga.compensation.failed'), 2,
      9) AS kind,
    ifNull(e.data.attempt.Int64, 1) AS tries,
    parseDateTime64BestEffort(e.sagastarted, 3, 'UTC') AS begun,
    ${Object.entries(columns)
      .map(([name, expression]) => `${expression} AS ${name}`)
      .join(",\n    ")}
  FROM input('at UInt64, e ${event}, seal String'))
WHERE NOT throwIf(${refused.join("\n  OR ")}, 'Not a saga event as it stands')
FORMAT JSONCompactEachRow`;

// A type that differs from the schema's is refused, not turned into text.
const asTheyAre = {
  input_format_json_defaults_for_missing_elements_in_named_tuple: 1,
  input_format_json_ignore_unknown_keys_in_named_tuple: 1,
  input_format_json_read_numbers_as_strings: 0,
  input_format_json_read_bools_as_strings: 0,
  input_format_json_read_bools_as_numbers: 0,
  input_format_json_read_arrays_as_strings: 0,
  input_format_json_read_objects_as_strings: 0,
  input_format_null_as_default: 0,
} as const;

/**
 * Inserts saga events once, without anybody having parsed them before: the store checks each, and takes all or none.
 * What it takes, `contracts/saga-event.ts` takes too, and the rows are the same. But in a field that nobody reads a number may be written
 * as JSON does not allow: `01`.
 */
export async function insertUnparsedEvents(client: StoreClient, events: UnparsedEvents): Promise<void> {
  const { topic, partition, body, bytes, seal, token } = events;
  const answer = await client.exec({
    query,
    query_params: { topic, partition, seal },
    values: compressedBody(body()),
    http_headers: ofCompressed,
    clickhouse_settings: { ...onceUnder(token, bytes), ...asTheyAre },
  });
  await answer.stream.resume().toArray();
}
