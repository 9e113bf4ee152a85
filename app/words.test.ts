import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { Alerts } from "#contracts/api/alerts.ts";
import { questions } from "#contracts/api/questions.ts";

const root = join(import.meta.dirname, "..");
const semantics = readFileSync(join(root, "docs/semantics.md"), "utf8");

/** What `docs/semantics.md` says in bold or italics, heads of its sections, and what its tables begin with: the words that it defines. */
const defined = wordsOf(/\*\*([^*]+)\*\*|(?<=[\s(])_([^_\n]+)_|^\| `?([^|`]+?)`? +\||^#+ ([^—\n]+)/gm);
/** The words of the API stand as they are in its answers. */
const quoted = wordsOf(/`([^`\n]+)`/g);

function wordsOf(pattern: RegExp): ReadonlySet<string> {
  const found = [...semantics.matchAll(pattern)].flatMap((match) =>
    match.slice(1).filter((word) => word !== undefined),
  );
  return new Set(found.flatMap((words) => [words, ...words.split(/, | and /)]).map(plain));
}

function plain(word: string): string {
  return word.replaceAll("`", "").trim().toLowerCase();
}

/** What a table, its columns, a page's panels and totals, and groups of choices are called, and how a page hears of news. */
const shown =
  /<caption>([^<{]+)<|<legend\b[^>]*>([^<{]+)<|<span(?: className=\{styles\.right\})?>([A-Z][^<{]+)<\/span>|\b(?:live|paused|broken): "([^"]+)"|\{ name: "([^"]+)"(?![^}]*hidden: true)|<(?:Sortable|Total|Fact)\b[^>]*? name="([^"]+)"|<Panel title="([^"]+)"|<Field\b[^>]*? label="([^"]+)"|<th scope="col">([^<{]+)<|<dt>([^<{]+)</g;

for (const path of globSync("{components,app}/**/*.tsx", { cwd: root })) {
  const source = readFileSync(join(root, path), "utf8");
  const words = [...source.matchAll(shown)].flatMap((match) => match.slice(1).filter((word) => word !== undefined));
  if (words.length === 0) continue;
  test(`semantics.md defines every head of ${path}`, () => {
    assert.deepEqual(
      words.filter((word) => !defined.has(plain(word))),
      [],
    );
  });
}

for (const [name, answer] of [
  ...Object.entries(questions).map(([name, question]) => [name, question.answer] as const),
  ["alerts", Alerts] as const,
])
  test(`semantics.md defines every word that an answer of ${name} chooses from`, () => {
    const words = chosen(z.toJSONSchema(answer, { unrepresentable: "any" }));
    assert.deepEqual(
      [...words].filter((word) => !quoted.has(plain(word)) && !defined.has(plain(word))),
      [],
    );
  });

/** The texts that a schema lists, at any depth. */
function chosen(schema: unknown): ReadonlySet<string> {
  if (typeof schema !== "object" || schema === null) return new Set();
  const own = "enum" in schema && Array.isArray(schema.enum) ? schema.enum : "const" in schema ? [schema.const] : [];
  const deeper = Object.values(schema).flatMap((part) => [...chosen(part)]);
  return new Set([...own.filter((word) => typeof word === "string"), ...deeper]);
}

for (const [name, { answer }] of Object.entries(questions))
  test(`semantics.md names every field of an answer of ${name}`, () => {
    const fields = namesOf(z.toJSONSchema(answer, { unrepresentable: "any" }));
    assert.deepEqual(
      [...fields].filter((field) => !quoted.has(plain(field)) && !defined.has(spoken(field))),
      [],
    );
  });

/** `serviceVersion` as it is said: service version. */
function spoken(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The names of a schema's fields, at any depth. */
function namesOf(schema: unknown): ReadonlySet<string> {
  if (typeof schema !== "object" || schema === null) return new Set();
  const own = "properties" in schema ? Object.keys(schema.properties ?? {}) : [];
  return new Set([...own, ...Object.values(schema).flatMap((part) => [...namesOf(part)])]);
}
