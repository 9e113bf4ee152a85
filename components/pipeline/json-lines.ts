/** A line of indented JSON, with what is wrong about it. */
export interface JsonLine {
  readonly text: string;
  /** What the check said of the value that begins on this line. */
  readonly wrong: string | undefined;
}

/** What a check found wrong where: `data.step`, or nothing for the whole. */
export interface Issue {
  readonly path: readonly string[];
  readonly message: string;
}

/** The issues that a dead letter's detail tells: `data.step: wants text; id: is too long`. */
export function issuesIn(detail: string): Issue[] {
  return detail.split("; ").flatMap((part) => {
    const [, path = "", message = ""] = /^(the event|[\p{L}\p{N}_$.-]+): (.+)$/u.exec(part) ?? [];
    if (message === "") return [];
    return [{ path: path === "the event" ? [] : path.split("."), message }];
  });
}

/**
 * JSON text as indented lines, each issue at the line of its value, or of what should hold it where it is absent;
 * undefined where the text is not JSON.
 */
export function jsonLines(text: string, issues: readonly Issue[]): readonly JsonLine[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const placed: Placed[] = [];
  place(value, { path: [], name: "", depth: 0, comma: "" }, placed);
  const known = new Set(placed.flatMap(({ path }) => (path === undefined ? [] : [keyOf(path)])));
  const wrong = new Map<string, string>();
  for (const { path, message } of issues) {
    const held = holderOf(path, known);
    const missing = path.slice(held.length).join(".");
    const key = keyOf(held);
    const said = missing === "" ? message : `${missing}: ${message}`;
    wrong.set(key, wrong.has(key) ? `${wrong.get(key)}; ${said}` : said);
  }
  return placed.map(({ text: line, path }) => ({
    text: line,
    wrong: path === undefined ? undefined : wrong.get(keyOf(path)),
  }));
}

interface Placed {
  readonly text: string;
  /** Of the value that begins here. */
  readonly path: readonly string[] | undefined;
}

interface Where {
  readonly path: readonly string[];
  readonly name: string;
  readonly depth: number;
  readonly comma: string;
}

function place(value: unknown, { path, name, depth, comma }: Where, lines: Placed[]): void {
  const indent = "  ".repeat(depth);
  const head = `${indent}${name}`;
  const isList = Array.isArray(value);
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) {
    lines.push({ text: `${head}${JSON.stringify(value)}${comma}`, path });
    return;
  }
  lines.push({ text: `${head}${isList ? "[" : "{"}`, path });
  for (const [index, [key, inner]] of entries.entries()) {
    const next = { path: [...path, key], name: isList ? "" : `${JSON.stringify(key)}: `, depth: depth + 1 };
    place(inner, { ...next, comma: index < entries.length - 1 ? "," : "" }, lines);
  }
  lines.push({ text: `${indent}${isList ? "]" : "}"}${comma}`, path: undefined });
}

const keyOf = (path: readonly string[]) => JSON.stringify(path);

function holderOf(path: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return path.length === 0 || known.has(keyOf(path)) ? path : holderOf(path.slice(0, -1), known);
}
