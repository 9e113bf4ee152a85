import { isUtf8 } from "node:buffer";
import { cloudEventsContentType, SagaEvent, SagaEventVersions } from "#contracts/saga-event.ts";
import { type Death, headerList, headerOf, type Message } from "#ingest/message.ts";
import { readText } from "#ingest/read-text.ts";
import { mayHaveOddNumber, parseToRewrite } from "#lib/exact-json.ts";

export type DecodedEvent = { kind: "event"; event: SagaEvent } | ({ kind: "dead" } & Death);

/** Reads a message of `saga.events`: a CloudEvent in structured or binary mode that keeps the saga event's contract. */
export function decodeSagaEvent(message: Message): DecodedEvent {
  const read = readJson(message);
  return read.kind === "dead" ? read : decodeJson(read.json);
}

export const nestedTooDeeply = "The payload is nested too deeply.";

function readJson(message: Message): { kind: "json"; json: unknown } | ({ kind: "dead" } & Death) {
  const isBinary = isBinaryMode(message);
  const unreadable = isBinary ? unreadableAttribute(message) : undefined;
  if (unreadable !== undefined)
    return { kind: "dead", reason: "bad_utf8", detail: `The header ${unreadable} is not UTF-8.` };
  // Of binary mode an event without data has no value.
  const read = isBinary && message.value === null ? { kind: "text" as const, text: "" } : readText(message);
  if (read.kind === "dead") return read;
  const { text } = read;
  try {
    const json: unknown = isBinary && text === "" ? undefined : JSON.parse(text);
    if (!isBinary) return { kind: "json", json: withDataPayload(json, text) };
    const data = withPayload(json, text, (exact) => exact);
    return { kind: "json", json: fromHeaders(message, data) };
  } catch (error) {
    // Read without recursion, and numbers as they were written with it.
    if (error instanceof RangeError) return { kind: "dead", reason: "bad_schema", detail: nestedTooDeeply };
    const detail = error instanceof Error ? error.message : "The value is not JSON.";
    return { kind: "dead", reason: "not_json", detail };
  }
}

function withDataPayload(json: unknown, text: string): unknown {
  if (!isObject(json)) return json;
  const data = withPayload(json.data, text, (exact) => (isObject(exact) ? exact.data : undefined));
  return data === json.data ? json : { ...json, data };
}

/** The data of a text with its payload as it is written there: of the rest, numbers are to be JavaScript's. */
function withPayload(data: unknown, text: string, dataOf: (json: unknown) => unknown): unknown {
  if (!isObject(data) || data.payload === undefined || !mayHaveOddNumber(text)) return data;
  const exact = dataOf(parseToRewrite(text));
  return isObject(exact) ? { ...data, payload: exact.payload } : data;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function decodeJson(json: unknown): DecodedEvent {
  const parsed = SagaEvent.safeParse(withoutEmptyError(json));
  if (parsed.success) return { kind: "event", event: parsed.data };
  return { kind: "dead", ...(unknownVersion(json) ?? whyNot(parsed.error.issues)) };
}

/** An error that says nothing is none: some languages write the fields of an event whether they are set or not. */
function withoutEmptyError(json: unknown): unknown {
  if (!isObject(json) || !isObject(json.data) || !isObject(json.data.error)) return json;
  const { code = "", message = "", retryable = false } = json.data.error;
  return code === "" && message === "" && retryable === false
    ? { ...json, data: { ...json.data, error: undefined } }
    : json;
}

/** Why an event of another version is refused; whatever else of it is different follows from that. */
function unknownVersion(given: unknown): Death | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const attributes = new Map(Object.entries(given));
  const issues = SagaEventVersions.safeParse(given).error?.issues ?? [];
  const said = issues.flatMap(({ code, path }) => {
    const name = String(path[0]);
    const value: unknown = attributes.get(name);
    const isOther = code === "invalid_value" || code === "invalid_format";
    return isOther && typeof value === "string" ? [`${name} ${JSON.stringify(value.slice(0, 100))}`] : [];
  });
  if (said.length === 0) return undefined;
  return { reason: "unknown_version", detail: `This ingest does not understand ${said.join(" and ")}. ${understood}` };
}

const understood =
  'It reads specversion "1.0" with the dataschema urn:sagascope:saga-event:1, the same without ":1", one of the producer\'s own, or none. ' +
  "Upgrade the ingest and replay this dead letter, or mend its producer.";

function isBinaryMode(message: Message): boolean {
  if (!message.hasHeader("ce_specversion")) return false;
  return !headerOf(message, "content-type")?.startsWith(cloudEventsContentType);
}

/** In binary mode each attribute is a header `ce_<name>` and the value is the data alone. */
function fromHeaders(message: Message, data: unknown): Record<string, unknown> {
  const event: Record<string, unknown> = data === undefined ? {} : { data };
  for (const name of Object.keys(message.headers)) {
    if (isAttribute(name)) event[name.slice(3)] = headerOf(message, name);
  }
  const contentType = headerOf(message, "content-type");
  if (contentType !== undefined) event.datacontenttype = contentType;
  return event;
}

/** The data is the value, whatever a header says. */
const isAttribute = (name: string) => name.startsWith("ce_") && name !== "ce_data";

/** The name of an attribute's header that is not UTF-8: of two that differ one would be taken for the other. */
const unreadableAttribute = (message: Message): string | undefined =>
  headerList(message).find(({ name, value }) => isAttribute(name) && value !== null && !isUtf8(value))?.name;

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const timeAttributes = new Set<PropertyKey>(["time", "sagastarted", "deadline"]);

/** Why the schema refuses an event. */
export function whyNot(issues: readonly Issue[]): Death {
  const [first] = issues;
  const detail = issues
    .slice(0, 3)
    .map((issue) => `${issue.path.map(String).join(".") || "the event"}: ${issue.message}`)
    .join("; ")
    .toWellFormed()
    .slice(0, 500);
  return { reason: first ? reasonOf(first) : "bad_schema", detail };
}

function reasonOf({ code, path, message }: Issue): Death["reason"] {
  if (path[0] === "type") return "unknown_type";
  if (code === "invalid_type") return "bad_schema";
  if (timeAttributes.has(path.at(-1) ?? "")) return "bad_time";
  return message.includes("lone surrogate") ? "bad_text" : "bad_schema";
}
