import { compile, JSONPathError, type JSONPathQuery } from "json-p3";

/** Where in a message a piece of text comes from. */
export type Reference =
  | { readonly kind: "value"; readonly path: JSONPathQuery; readonly written: string }
  /** A path into a key that is JSON itself. */
  | { readonly kind: "key path"; readonly path: JSONPathQuery; readonly written: string }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "key" | "topic" | "partition" | "offset" | "time" };

/** Text with holes, as parsed; `written` is how the mapping file has it. */
export interface Template {
  readonly written: string;
  readonly parts: readonly (string | Reference)[];
}

/** Something a mapping file may not say; the message tells why. */
export class BadTemplate extends Error {}

const places = ["key", "topic", "partition", "offset", "time"] as const;

/** A path by itself (`$.order_id`), or text with references in braces (`order-{$.order_id}`, `{header:type}`). */
export function parseTemplate(written: string): Template {
  if (isPath(written)) return { written, parts: [parseReference(written)] };
  const parts = written.split(/(\{[^{}]*\})/).filter((part) => part !== "");
  return {
    written,
    parts: parts.map((part) => {
      if (part.startsWith("{") && part.endsWith("}")) return parseReference(part.slice(1, -1).trim());
      if (/[{}]/.test(part)) throw new BadTemplate(`"${written}" has a brace without its other half`);
      return part;
    }),
  };
}

/** What stands in a template's braces, or before the colon of a `when`. */
export function parseReference(text: string): Reference {
  if (isPath(text)) return { kind: "value", path: parsePath(text), written: text };
  if (text.startsWith("key:")) return { kind: "key path", path: parsePath(text.slice("key:".length)), written: text };
  if (text.startsWith("header:")) return { kind: "header", name: text.slice("header:".length) };
  const place = places.find((name) => name === text);
  if (place === undefined)
    throw new BadTemplate(`"${text}" is neither a path ($.order_id), header:NAME, nor one of ${places.join(", ")}`);
  return { kind: place };
}

/** A JSONPath by RFC 9535. */
export function parsePath(text: string): JSONPathQuery {
  if (!isPath(text)) throw new BadTemplate(`"${text}" is not a path: one begins with $, as $.order_id does`);
  try {
    return compile(text);
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    throw new BadTemplate(`"${text}" is not a JSONPath (RFC 9535): ${error.message}`, { cause: error });
  }
}

/** Whether the text is the same for every message. */
export function isConstant({ parts }: Template): boolean {
  return parts.every((part) => typeof part === "string");
}

const isPath = (text: string) => text === "$" || text.startsWith("$.") || text.startsWith("$[");
