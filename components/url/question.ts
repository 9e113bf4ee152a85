import { chipKeys } from "#components/filter/chips.ts";
import type { Address, ParamsAt, ReadPath } from "#contracts/api/address.ts";

const timeKeys = ["range", "from", "to"] as const;

/** Which of a page's parameters each question of the API takes; the rest is the page's own business. */
export const questionKeys = {
  overview: timeKeys,
  sagas: [...timeKeys, ...chipKeys, "sort"],
  latency: [...timeKeys, "type", "step"],
  gateway: timeKeys,
  pipeline: timeKeys,
  "dead-letters": [...timeKeys, "state", "reason", "topic", "limit"],
} as const satisfies {
  readonly [Path in ReadPath as Path extends `/${infer Name}` ? Name : never]?: readonly (keyof ParamsAt<Path>)[];
};

export type PageQuestion = keyof typeof questionKeys;

/**
 * The part of a page's address that a question takes. Absolute time wins over relative, as it does on the page. Of what
 * is empty only the step of an error that named none says anything.
 */
export function questionParams(question: PageQuestion, params: URLSearchParams): URLSearchParams {
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

/** Where to ask what a page's address asks. Its values are anybody's text: the API checks them. */
export function questionPath<Name extends PageQuestion>(question: Name, params: URLSearchParams): Address<`/${Name}`> {
  const query = questionParams(question, params).toString();
  return `/api/v1/${question}${query === "" ? "" : `?${query}`}` as Address<`/${Name}`>;
}
