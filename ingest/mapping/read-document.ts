import type { Death, Message } from "#ingest/message.ts";
import { readText } from "#ingest/read-text.ts";
import { type JsonDocument, parseJson } from "./json-document.ts";

/** What the paths of a mapping lead into. */
export type Document = { kind: "document"; document: JsonDocument } | ({ kind: "dead" } & Death);

export const nestedTooDeeply = {
  kind: "dead",
  reason: "bad_schema",
  detail: "The value is nested too deeply.",
} as const satisfies Document;

/** A message's value as JSON. Text that is JSON once more, as some converters write it, is read as what it says. */
export function readDocument(message: Message): Document {
  const read = readText(message);
  if (read.kind === "dead") return read;
  try {
    const document = parseJson(read.text);
    return { kind: "document", document: typeof document.value === "string" ? again(document.value) : document };
  } catch (error) {
    if (error instanceof RangeError) return nestedTooDeeply;
    const detail = error instanceof Error ? error.message.toWellFormed().slice(0, 500) : "The value is not JSON.";
    return { kind: "dead", reason: "not_json", detail };
  }
}

function again(text: string): JsonDocument {
  try {
    return parseJson(text);
  } catch {
    return { value: text };
  }
}
