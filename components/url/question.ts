import { chipKeys } from "#components/filter/chips.ts";

const timeKeys = ["range", "from", "to"] as const;

/** Which of a page's parameters each question of the API takes; the rest is the page's own business. */
export const questionKeys = {
  overview: timeKeys,
  sagas: [...timeKeys, ...chipKeys, "sort"],
  latency: [...timeKeys, "type", "step"],
  gateway: timeKeys,
  pipeline: timeKeys,
  "dead-letters": [...timeKeys, "state", "reason", "topic", "limit"],
} as const;

/**
 * The part of a page's address that a question takes. Absolute time wins over relative, as it does on the page. Of what
 * is empty only the step of an error that named none says anything.
 */
export function questionParams(question: keyof typeof questionKeys, params: URLSearchParams): URLSearchParams {
  const keys: readonly string[] = questionKeys[question];
  const absolute = params.has("from") && params.has("to");
  return new URLSearchParams(
    [...params].filter(
      ([key, value]) =>
        keys.includes(key) &&
        (value !== "" || (question === "sagas" && key === "step")) &&
        (key === "range" ? !absolute : isTimeEnd(key) ? absolute : true),
    ),
  );
}

const isTimeEnd = (key: string) => key === "from" || key === "to";

/** `/api/v1/sagas?state=failed`. */
export function questionPath(question: keyof typeof questionKeys, params: URLSearchParams): string {
  const query = questionParams(question, params).toString();
  return `/api/v1/${question}${query === "" ? "" : `?${query}`}`;
}
