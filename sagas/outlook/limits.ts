import { type Histogram, quantileAtMost, totalOf } from "#sagas/histogram.ts";
import { waitsOf } from "./moves.ts";

/** A position of the sagas of a type and version. */
export interface LearnedPlace {
  readonly type: string;
  readonly version: string;
  readonly position: string;
}

/** How long a saga may wait in a position before it is overdue, as learned from its peers. */
export interface LearnedLimit extends LearnedPlace {
  readonly limitMs: number;
  /** How many waits it is learned from. */
  readonly samples: number;
  /** The store's own number for the place, where it has been asked for. */
  readonly key?: bigint | undefined;
}

/** Of all waits in a position this share is shorter than its limit. */
export const limitLevel = 0.999;
/** No limit is shorter: what takes milliseconds is not late after a few more. */
export const leastLimitMs = 5_000;
/** Fewer waits say nothing of the longest in a thousand. */
export const fewestWaits = 1_000;

/** The limit of a position by its packed waits; undefined where there are too few. */
export function learnedLimit(waits: Histogram): Pick<LearnedLimit, "limitMs" | "samples"> | undefined {
  const samples = totalOf(waits);
  if (samples < fewestWaits) return undefined;
  const found = quantileAtMost(waitsOf(waits), limitLevel);
  return found === null ? undefined : { limitMs: Math.max(leastLimitMs, Math.ceil(found)), samples };
}

/** Limits by saga type, version and position. */
export class Limits {
  readonly #byPlace: ReadonlyMap<string, LearnedLimit>;

  constructor(limits: readonly LearnedLimit[]) {
    this.#byPlace = new Map(limits.map((limit) => [placeOf(limit), limit]));
  }

  of(place: LearnedPlace): LearnedLimit | undefined {
    return this.#byPlace.get(placeOf(place));
  }

  all(): readonly LearnedLimit[] {
    return [...this.#byPlace.values()];
  }

  static readonly none = new Limits([]);
}

const placeOf = ({ type, version, position }: LearnedPlace) => `${type}\n${version}\n${position}`;
