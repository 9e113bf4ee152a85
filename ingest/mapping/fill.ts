import type { JSONPathQuery, JSONValue } from "json-p3";
import type { Reference, Template } from "#contracts/mapping/template.ts";
import type { Condition, Value } from "#contracts/mapping/values.ts";
import { type DeadReason, headerOf, type Message } from "#ingest/message.ts";
import { type Found, type JsonDocument, parseJson, textOfScalar } from "./json-document.ts";

/** A message, and its value as JSON. */
export interface Mappable {
  readonly message: Message;
  readonly document: JsonDocument;
}

/** A message that its mapping cannot make events of; the message of the error says why. */
export class Unmappable extends Error {
  readonly reason: DeadReason;

  constructor(message: string, reason: DeadReason = "bad_schema") {
    super(message);
    this.reason = reason;
  }
}

/** What the first of the templates gives whose references all lead to something that is not empty. */
export function fill(value: Value | undefined, from: Mappable): string | undefined {
  for (const template of value ?? []) {
    const text = fillOne(template, from);
    if (text !== undefined) return text;
  }
  return undefined;
}

function fillOne({ parts }: Template, from: Mappable): string | undefined {
  let text = "";
  for (const part of parts) {
    const found = typeof part === "string" ? part : textAt(part, from);
    if (found === undefined) return undefined;
    text += found;
  }
  return text === "" ? undefined : text;
}

/** Why templates give nothing: what they lead to is not there, or there is nothing in it. */
export function whyNothing(value: Value, from: Mappable): string {
  const { empty = [], absent = [] } = Object.groupBy(value, ({ parts }) =>
    parts.some((part) => typeof part !== "string" && isEmpty(part, from)) ? "empty" : "absent",
  );
  return [
    ...(absent.length > 0 ? [`there is no ${absent.map(({ written }) => written).join(", nor ")}`] : []),
    ...empty.map(({ written }) => `${written} is empty`),
  ].join(", and ");
}

function isEmpty(reference: Reference, from: Mappable): boolean {
  switch (reference.kind) {
    case "value":
      return isThereWithoutText(reference, from.document);
    case "key path":
      return isThereWithoutText(reference, keyOf(from.message));
    case "header":
      return headerOf(from.message, reference.name) === "";
    case "key":
      return from.message.key?.length === 0;
    default:
      return false;
  }
}

const isThereWithoutText = (reference: PathReference, document: JsonDocument): boolean =>
  found(reference.path, document).length > 0 && textOf(reference, document) === undefined;

/** Whether what stands in the message is as the rule wants it. */
export function holds({ reference, expected }: Condition, from: Mappable): boolean {
  switch (expected.kind) {
    case "exists":
      return isThere(reference, from) === expected.exists;
    case "one of":
      return valuesAt(reference, from).some((text) => expected.texts.includes(text)) !== expected.negated;
  }
}

function isThere(reference: Reference, from: Mappable): boolean {
  if (reference.kind === "value") return found(reference.path, from.document).some(({ value }) => value !== null);
  return textAt(reference, from) !== undefined;
}

/** Of a number two texts: `1.10` in the message is `1.10` and 1.1, which is all that is left of it in a mapping. */
function valuesAt(reference: Reference, from: Mappable): readonly string[] {
  if (reference.kind === "value")
    return found(reference.path, from.document).flatMap((at) => {
      const text = textOfScalar(from.document, at);
      return text === undefined ? [] : [text, String(at.value)];
    });
  const text = textAt(reference, from);
  return text === undefined ? [] : [text];
}

function textAt(reference: Reference, { message, document }: Mappable): string | undefined {
  switch (reference.kind) {
    case "value":
      return textOf(reference, document);
    case "key path":
      return textOf(reference, keyOf(message));
    case "header":
      return headerOf(message, reference.name) || undefined;
    case "key":
      return message.key === null ? undefined : Buffer.from(message.key).toString("utf8") || undefined;
    case "topic":
      return message.topic;
    case "partition":
      return String(message.partition);
    case "offset":
      return String(message.offset);
    case "time":
      return message.timeMs < 0 ? undefined : String(message.timeMs);
  }
}

function keyOf(message: Message): JsonDocument {
  try {
    return message.key === null ? { value: null } : parseJson(Buffer.from(message.key).toString("utf8"));
  } catch {
    throw new Unmappable("the key is not JSON");
  }
}

type PathReference = Extract<Reference, { path: JSONPathQuery }>;

/** What a path leads to, as text; several things, and the items of a list, by comma. */
function textOf({ path, written }: PathReference, document: JsonDocument): string | undefined {
  const texts = found(path, document).flatMap((at) => {
    const verb = Array.isArray(at.value) ? "holds" : "is";
    return itemsOf(at)
      .filter(({ value }) => value !== null && value !== "")
      .map((item) => textOfScalar(document, item) ?? refuseText(`${written} ${verb}`, item.value));
  });
  return texts.length === 0 ? undefined : texts.join(",");
}

function refuseText(what: string, value: JSONValue): never {
  throw new Unmappable(`${what} ${Array.isArray(value) ? "a list" : "an object"}, where text is wanted`);
}

function found(path: JSONPathQuery, { value }: JsonDocument): readonly Found[] {
  return path.query(value).nodes;
}

/** Those of a list, or the thing itself. */
function itemsOf({ value, location }: Found): readonly Found[] {
  if (!Array.isArray(value)) return [{ value, location }];
  return value.map((item, index) => ({ value: item, location: [...location, index] }));
}

/** The first thing that a path leads to, as it is. */
export function jsonAt(path: JSONPathQuery, { document }: Mappable): JSONValue | undefined {
  return found(path, document)[0]?.value;
}
