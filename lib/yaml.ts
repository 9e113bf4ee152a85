import { isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { SagascopeError } from "./errors.ts";

/** Parses YAML by a schema. Throws `BAD_SETTING` with `file:line` for each thing that is wrong. */
export function parseYaml<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineOf = (position: number) => `${file}:${lineCounter.linePos(position).line}`;
  refuse(document.errors.map((error) => `${lineOf(error.pos[0])} is not YAML: ${error.message}`));
  const parsed = schema.safeParse(document.toJS());
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

function refuse(lines: readonly string[]): void {
  if (lines.length > 0) throw new SagascopeError("BAD_SETTING", lines.join("\n  "));
}
