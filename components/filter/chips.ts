import { type Patch, withPatch } from "#components/url/params.ts";
import { breachRules, otherMoments, sagaStates, verdicts } from "#contracts/words.ts";

/** What narrows a list of sagas, as the URL names it; `when` is the moment that lies in the time, `minMs` and `maxMs` are how long it took, `q` is free text. */
export const chipKeys = [
  "state",
  "verdict",
  "rule",
  "when",
  "type",
  "version",
  "service",
  "serviceVersion",
  "error",
  "fingerprint",
  "step",
  "waitsIn",
  "failedStep",
  "residual",
  "minMs",
  "maxMs",
  "label",
  "q",
] as const;
export type ChipKey = (typeof chipKeys)[number];

export interface Chip {
  readonly key: ChipKey;
  readonly value: string;
}

/** The chips that an address holds, in its order. Only a step may be empty: that of an error that named none. */
export function readChips(params: URLSearchParams): readonly Chip[] {
  return [...params].flatMap(([key, value]) =>
    isChipKey(key) && (value !== "" || key === "step") ? [{ key, value }] : [],
  );
}

/** The same address with these chips instead. */
export function withChips(params: URLSearchParams, chips: readonly Chip[]): URLSearchParams {
  const patch: Patch = Object.fromEntries(
    chipKeys.map((key) => [key, chips.filter((chip) => chip.key === key).map(({ value }) => value)]),
  );
  return withPatch(params, patch);
}

/** Of these a list takes one value each. */
const single: ReadonlySet<ChipKey> = new Set(["when", "minMs", "maxMs", "q"]);

/** `chips` with one more; there is only one free text, one shortest and one longest duration, and no chip twice. */
export function addChip(chips: readonly Chip[], chip: Chip): readonly Chip[] {
  const others = chips.filter((one) => (single.has(chip.key) ? one.key !== chip.key : !isSame(one, chip)));
  return [...others, chip];
}

export const removeChip = (chips: readonly Chip[], chip: Chip) => chips.filter((one) => !isSame(one, chip));

/** On becomes off and off on. */
export const toggleChip = (chips: readonly Chip[], chip: Chip) =>
  chips.some((one) => isSame(one, chip)) ? removeChip(chips, chip) : addChip(chips, chip);

const isSame = (a: Chip, b: Chip) => a.key === b.key && a.value === b.value;

export type Parsed =
  | { readonly kind: "chips"; readonly chips: readonly Chip[] }
  | { readonly kind: "problem"; readonly problem: string };

/**
 * What someone typed, as chips: `state:failed`, `type:"order fulfilment"`, a label as `orderId=123`; the rest is free
 * text. A key or state that does not exist is a problem, in words that say which do.
 */
export function parseChips(text: string): Parsed {
  const chips: Chip[] = [];
  const words: string[] = [];
  for (const token of tokensOf(text)) {
    const label = /^([^\s:="]+)=(.+)$/.exec(token);
    const [, key = "", value = ""] = /^([a-zA-Z]+):(.+)$/.exec(token) ?? [];
    if (label) chips.push({ key: "label", value: `${label[1]}=${unquoted(label[2] ?? "")}` });
    else if (key === "") words.push(unquoted(token));
    else if (!isChipKey(key))
      return {
        kind: "problem",
        problem: `There is no “${key}:”. Filters are ${chipKeys.slice(0, -1).join(", ")}, and labels as key=value.`,
      };
    else chips.push({ key, value: unquoted(value) });
  }
  const wrong = chips.map(problemOf).find((problem) => problem !== undefined);
  if (wrong !== undefined) return { kind: "problem", problem: wrong };
  if (words.length > 0) chips.push({ key: "q", value: words.join(" ") });
  return { kind: "chips", chips };
}

const allowed: Partial<Record<ChipKey, readonly string[]>> = {
  state: sagaStates,
  verdict: verdicts,
  rule: breachRules,
  when: otherMoments,
};

function problemOf({ key, value }: Chip): string | undefined {
  if (key === "minMs" || key === "maxMs")
    return /^\d{1,15}(\.\d+)?$/.test(value) ? undefined : `${key}: wants milliseconds, as in ${key}:1500.`;
  const values = allowed[key];
  if (values === undefined || values.includes(value)) return undefined;
  return `There is no ${key}:${value}. There are ${values.join(", ")}.`;
}

/** Words, kept whole where quoted: `a "b c" d:"e f"`. */
const tokensOf = (text: string) => text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
const unquoted = (text: string) => text.replaceAll('"', "");
const isChipKey = (key: string): key is ChipKey => (chipKeys as readonly string[]).includes(key);
