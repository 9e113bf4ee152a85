/**
 * What of a message varies from one saga to the next, in the order in which it is tried at each place. Written in what
 * JavaScript and RE2 understand alike: ASCII classes, no looking around, no `\s`. The store's view has the same text.
 */
const variable = [
  // Quoted values. An apostrophe within a word opens none.
  '"[^"]*"',
  String.raw`\B'[^']*'`,
  "`[^`]*`",
  // URLs, e-mail addresses.
  String.raw`\b[A-Za-z][A-Za-z0-9+.-]*://[^\t\n\r "'<>(),;]+`,
  String.raw`\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*`,
  // Moments and times of day.
  String.raw`\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?`,
  String.raw`\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\b`,
  // UUIDs, IP addresses with a port or a prefix, hosts with a port or under a domain that is known to be one.
  String.raw`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`,
  String.raw`\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:[:/][0-9]+)?\b`,
  String.raw`\[?\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}\]?(?::[0-9]+)?`,
  String.raw`\b(?:localhost|[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)+):[0-9]{2,5}\b`,
  String.raw`\b(?:[A-Za-z0-9_-]+\.)+(?:com|net|org|io|dev|app|cloud|local|internal|lan|svc|test|example)\b`,
  // Hexadecimal numbers and hashes, words that are joined to a number, words in which letters and digits take turns.
  String.raw`\b0x[0-9a-fA-F]+\b`,
  String.raw`\b[0-9a-fA-F]{8,}\b`,
  String.raw`\b[A-Za-z]+(?:[-_][A-Za-z0-9]+)*[-_][A-Za-z]*[0-9][A-Za-z0-9_-]*`,
  String.raw`\b[A-Za-z]*[0-9][A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*[0-9][A-Za-z0-9]*\b`,
  String.raw`\b[A-Za-z]+[0-9]{4,}\b`,
  // Numbers, with a unit.
  String.raw`\b[0-9]+(?:[.,][0-9]+)*(?:[A-Za-z]{1,3}\b|%)?`,
].join("|");

/** Several placeholders in a row: a list of ids is one, however long. */
const listed = String.raw`\*(?:[,; ]+\*)+`;

/** The patterns, in the order in which the store replaces them by `*` too. */
export const fingerprintPatterns: readonly string[] = [variable, listed];

const regexps = fingerprintPatterns.map((pattern) => new RegExp(pattern, "g"));

/** Longer messages are told apart by their beginning, in characters. */
export const longestMessage = 1000;

/** A message without what varies: ids, numbers, hosts, times and quoted values are `*`. */
export function normaliseMessage(message: string): string {
  const beginning = [...message].slice(0, longestMessage).join("");
  return regexps.reduce((text, pattern) => text.replaceAll(pattern, "*"), beginning);
}

export interface ErrorFact {
  readonly code: string;
  readonly step: string;
  readonly message: string;
}

/** Errors are the same where this is the same: the code, the step, and the message without what varies. */
export function fingerprintOf({ code, step, message }: ErrorFact): ErrorFact {
  return { code, step, message: normaliseMessage(message) };
}
