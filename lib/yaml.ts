import { type Document, isNode, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import type { z } from "zod";
import { SagascopeError } from "./errors.ts";

/** Parses YAML by a schema. Throws `BAD_SETTING` with `file:line` for each thing that is wrong. */
export function parseYaml<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  const { document, value, lineOf } = readDocument(text, file);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = path.map((key) => (typeof key === "number" ? key + 1 : String(key))).join(" › ");
    return `${lineOf(positionOf(path))} ${name === "" ? "" : `${name}: `}${message}`;
  });
  return refuse(lines) as never;

  /** Where the value stands, or the nearest thing around it that is there. */
  function positionOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }
}

/** What YAML says. Throws `BAD_SETTING` with `file:line` where it is none. */
export const yamlValue = (text: string, file: string): unknown => readDocument(text, file).value;

type LineOf = (position: number) => string;

function readDocument(text: string, file: string) {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineOf: LineOf = (position) => `${file}:${lineCounter.linePos(position).line}`;
  const { errors } = document;
  // What is nested too deeply is told of by each level once more, in other words.
  const deep = errors.filter(({ code }) => code === "RESOURCE_EXHAUSTION").slice(0, 1);
  refuse((deep.length > 0 ? deep : errors).map((error) => `${lineOf(error.pos[0])} ${problemOf(error)}`));
  refuse(strayAliases(document, lineOf));
  return { document, value: contentOf(document, file), lineOf };
}

function problemOf({ code, message }: YAMLError): string {
  switch (code) {
    case "MULTIPLE_DOCS":
      return "begins a second document, where a file holds one: leave out the line ---, or make two files";
    case "RESOURCE_EXHAUSTION":
      return "is nested too deeply";
    default:
      return `is not YAML: ${message}`;
  }
}

function strayAliases(document: Document, lineOf: LineOf): string[] {
  const lines: string[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      const { source, range } = alias;
      lines.push(`${lineOf(range?.[0] ?? 0)} *${source} has no &${source} before it: quote it if it is text`);
    },
  });
  return lines;
}

function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    const message = `${file} says too much over again by its aliases (*name): write out what they stand for`;
    throw new SagascopeError("BAD_SETTING", message, { cause });
  }
}

function refuse(lines: readonly string[]): void {
  if (lines.length > 0) throw new SagascopeError("BAD_SETTING", lines.join("\n  "));
}
