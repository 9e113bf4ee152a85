/** Of ECMAScript 2026, and not known to every browser. */
interface RawJson {
  readonly rawJSON?: (text: string) => unknown;
}

const { rawJSON } = JSON as unknown as RawJson;

const oddNumber =
  /(?:^|[:[,])\s*(?:-0|-?\d+(?:\.\d+)?[eE][+-]?\d+|-?\d+\.\d*0|-?0\.0{6}\d+|-?\d[\d.]{15,})\s*(?:[,}\]]|$)/;

/**
 * Whether JSON may have a number that JavaScript writes otherwise than it stands there: with an exponent, zeros at its end or many
 * digits. Other texts are spared what it costs to look at each value, seven times the reading.
 */
export const mayHaveOddNumber = (text: string): boolean => oddNumber.test(text);

/**
 * A value to be written as JSON again: numbers that JavaScript would write in another way, or with other digits, stand in it as they were
 * written. Throws `SyntaxError` for what is not JSON.
 */
export function parseToRewrite(text: string): unknown {
  if (rawJSON === undefined || !mayHaveOddNumber(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && context?.source !== undefined && context.source !== String(value)
      ? rawJSON(context.source)
      : value,
  );
}
