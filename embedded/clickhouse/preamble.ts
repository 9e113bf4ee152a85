import { exception } from "./exception.ts";
import type { Ask } from "./parse-request.ts";

/** A ClickHouse string literal; nothing in `value` can end it. */
export function quote(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}

/** A quoted identifier. */
export function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, "\\$&")}\``;
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What `readonly` a request runs under, `0` for none: given, or 2 (reads, and changes of settings) for GET and HEAD. */
export function readonlyOf(ask: Ask): string {
  return ask.settings.get("readonly") ?? (ask.readonly ? "2" : "0");
}

/**
 * The statements that put a connection into the state that a request asks for: its database, settings and parameters.
 * Names are checked and values quoted, so that no setting can carry a statement of its own.
 */
export function preambleOf(ask: Ask, defaults: ReadonlyMap<string, string>): readonly string[] {
  const settings = [...new Map([...defaults, ...ask.settings])].filter(([name]) => name !== "readonly");
  for (const [name] of settings) {
    if (!plainName.test(name))
      throw exception(
        "UNKNOWN_SETTING",
        `Setting ${name} is neither a builtin setting nor started with the prefix 'SQL_'.`,
      );
  }
  const params = [...ask.params];
  for (const [name] of params) {
    if (!plainName.test(name)) throw exception("BAD_ARGUMENTS", `Bad name of a query parameter: ${name}.`);
  }
  const readonly = readonlyOf(ask);
  const pairs = [
    ...settings,
    ...params.map(([name, value]) => [`param_${name}`, value] as const),
    // The engine holds a statement's settings against what held before it.
    ...(readonly === "0" || ask.sessionId !== undefined ? [] : [["readonly", readonly] as const]),
  ];
  const set = pairs.map(([name, value]) => `${name} = ${quote(value)}`).join(", ");
  return [
    ...(ask.database === undefined ? [] : [`USE ${quoteName(ask.database)}`]),
    ...(set === "" ? [] : [`SET ${set}`]),
  ];
}

/**
 * The state that a question leaves its connection in, for as long as nothing but its parameters' values is set anew; undefined where it
 * is a session's, or may not be set. A database that is dropped meanwhile is only missed by what reads of it.
 */
export function stateOf(ask: Ask, defaults: ReadonlyMap<string, string>): string | undefined {
  const readonly = readonlyOf(ask);
  if (ask.sessionId !== undefined || !["0", "2"].includes(readonly)) return undefined;
  const settings = [...new Map([...defaults, ...ask.settings])];
  return JSON.stringify([ask.database, readonly, settings, [...ask.params.keys()].sort()]);
}

/** The statements that make a connection in that state the request's own. */
export function renewalOf(ask: Ask, own: ReadonlyMap<string, string>): readonly string[] {
  const pairs = [
    ...[...own].filter(([name]) => !ask.settings.has(name)),
    ...[...ask.params].map(([name, value]) => [`param_${name}`, value] as const),
  ];
  const set = pairs.map(([name, value]) => `${name} = ${quote(value)}`).join(", ");
  return set === "" ? [] : [`SET ${set}`];
}

/** What takes a session's connection out of a request's state again: settings of a request are not the session's. */
export function epilogueOf(ask: Ask): readonly string[] {
  const names = [...ask.settings.keys()].filter((name) => name !== "readonly");
  return names.length === 0 ? [] : [`SET ${names.map((name) => `${name} = DEFAULT`).join(", ")}`];
}
