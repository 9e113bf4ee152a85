import type { Asker } from "#store/clickhouse/ask.ts";
import { countSagas } from "./count-sagas.ts";
import { mostFirst } from "./most-first.ts";
import { allWithin } from "./saga-filter.ts";
import type { TimeWindow } from "./time-window.ts";

/** A code of last errors, and how many sagas have it. */
export interface ErrorCode {
  readonly value: string;
  readonly sagas: number;
}

/** The codes of last errors of the sagas that started within the window, most sagas first. */
export async function errorCodes(asker: Asker, window: TimeWindow): Promise<ErrorCode[]> {
  const { facets } = await countSagas(asker, allWithin(window), window.toMs);
  return mostFirst(Object.entries(facets.error));
}

/** Those that contain `text` in any case. */
export const codesWith = (codes: readonly ErrorCode[], text: string): ErrorCode[] =>
  codes.filter(({ value }) => value.toLowerCase().includes(text.toLowerCase()));
