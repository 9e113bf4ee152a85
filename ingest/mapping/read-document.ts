import type { JSONValue } from "json-p3";
import type { Death, Message } from "#ingest/message.ts";
import { readText } from "#ingest/read-text.ts";

/** What the paths of a mapping lead into. */
export type Document = { kind: "document"; document: JSONValue } | ({ kind: "dead" } & Death);

/** A message's value as JSON. Text that is JSON once more, as some converters write it, is read as what it says. */
export function readDocument(message: Message): Document {
  const read = readText(message);
  if (read.kind === "dead") return read;
  try {
    const document = parseJson(read.text);
    return { kind: "document", document: typeof document === "string" ? again(document) : document };
  } catch (error) {
    const detail = error instanceof Error ? error.message.toWellFormed().slice(0, 500) : "The value is not JSON.";
    return { kind: "dead", reason: "not_json", detail };
  }
}

function again(text: string): JSONValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

const longNumber = /\d{16}/;

/** JSON, but that a number of more digits than a double holds stays as it is written: it may be somebody's id. */
export function parseJson(text: string): JSONValue {
  if (!longNumber.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && longNumber.test(context?.source ?? "") ? context?.source : value,
  );
}
