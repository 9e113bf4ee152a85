import type { JSONPathNode, JSONValue } from "json-p3";
import { mayHaveOddNumber } from "#lib/exact-json.ts";

/** JSON, and how it writes those of its numbers whose own text is another: `1.10`, `1e3`, `-0`. */
export interface JsonDocument {
  readonly value: JSONValue;
  readonly written?: Written;
}

interface Written {
  /** Holds the whole value, under an empty name. */
  readonly root: object;
  /** By what holds the number, and its name or index there. */
  readonly texts: ReadonlyMap<object, ReadonlyMap<string, string>>;
}

/** Where a path led to. */
export type Found = Pick<JSONPathNode, "value" | "location">;

const longNumber = /\d{16}/;

/** Reads JSON. A number of more digits than a double holds is text, also where it is kept as JSON: it may be somebody's id. */
export function parseJson(text: string): JsonDocument {
  if (!mayHaveOddNumber(text)) return { value: JSON.parse(text) };
  const texts = new Map<object, Map<string, string>>();
  let root: object = {};
  const value = JSON.parse(text, function (this: object, key, value: unknown, context?: { source?: string }) {
    // The last call is for the whole.
    root = this;
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    if (longNumber.test(source) || !Number.isFinite(value)) return source;
    const ofHolder = texts.get(this) ?? new Map<string, string>();
    texts.set(this, ofHolder.set(key, source));
    return value;
  });
  return { value, written: { root, texts } };
}

/** The text of a text, a flag or a number, of this as it is written; undefined of anything else. */
export function textOfScalar({ written }: JsonDocument, { value, location }: Found): string | undefined {
  if (typeof value === "number") return (written && writtenAt(written, location)) ?? String(value);
  return typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;
}

function writtenAt({ root, texts }: Written, location: Found["location"]): string | undefined {
  const names = ["", ...location.map(String)];
  const holder = names.slice(0, -1).reduce((at: unknown, name) => (at as Record<string, unknown>)[name], root);
  return texts.get(holder as object)?.get(names.at(-1) ?? "");
}
