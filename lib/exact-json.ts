/** Of ECMAScript 2026, and not known to every browser. */
interface RawJson {
  readonly rawJSON?: (text: string) => unknown;
}

const { rawJSON } = JSON as unknown as RawJson;

/** Numbers of more digits than a double holds, with a fraction or an exponent; a text that looks like one costs a look. */
const mayChange = /\d{16}|\d[.eE]|-0/;

/**
 * A value to be written as JSON again: numbers that JavaScript would write in another way, or with other digits, stand in it as they were
 * written. Throws `SyntaxError` for what is not JSON.
 */
export function parseToRewrite(text: string): unknown {
  if (rawJSON === undefined || !mayChange.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && context?.source !== undefined && context.source !== String(value)
      ? rawJSON(context.source)
      : value,
  );
}
