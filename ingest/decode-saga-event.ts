import { cloudEventsContentType, SagaEvent } from "#contracts/saga-event.ts";
import { type Death, headerOf, type Message } from "./message.ts";
import { readText } from "./read-text.ts";

export type DecodedEvent = { kind: "event"; event: SagaEvent } | ({ kind: "dead" } & Death);

/** Reads a message of `saga.events`: a CloudEvent in structured or binary mode that keeps the saga event's contract. */
export function decodeSagaEvent(message: Message): DecodedEvent {
  const read = readText(message);
  if (read.kind === "dead") return read;
  let json: unknown;
  try {
    json = read.text === "" && isBinaryMode(message) ? undefined : JSON.parse(read.text);
  } catch (error) {
    return {
      kind: "dead",
      reason: "not_json",
      detail: error instanceof Error ? error.message : "The value is not JSON.",
    };
  }
  const parsed = SagaEvent.safeParse(isBinaryMode(message) ? fromHeaders(message, json) : json);
  return parsed.success ? { kind: "event", event: parsed.data } : { kind: "dead", ...whyNot(parsed.error.issues) };
}

function isBinaryMode(message: Message): boolean {
  if (message.headers.ce_specversion === undefined) return false;
  return !headerOf(message, "content-type")?.startsWith(cloudEventsContentType);
}

/** In binary mode each attribute is a header `ce_<name>` and the value is the data alone. */
function fromHeaders(message: Message, data: unknown): Record<string, unknown> {
  const event: Record<string, unknown> = data === undefined ? {} : { data };
  for (const name of Object.keys(message.headers)) {
    if (name.startsWith("ce_")) event[name.slice(3)] = headerOf(message, name);
  }
  const contentType = headerOf(message, "content-type");
  if (contentType !== undefined) event.datacontenttype = contentType;
  return event;
}

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
