import type { z } from "zod";
import { recently } from "#app/server/recently.ts";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SearchParams } from "#contracts/api/params.ts";
import type { Search } from "#contracts/api/search.ts";
import { codesWith, errorCodes } from "#store/clickhouse/queries/errors-by-code.ts";
import { labelsByValue } from "#store/clickhouse/queries/labels-by-value.ts";
import { sagasByPrefix } from "#store/clickhouse/queries/sagas-by-prefix.ts";
import { sagasByTrace } from "#store/clickhouse/queries/sagas-by-trace.ts";
import type { Answering } from "./answering.ts";

type Hit = Search["hits"][number];

/** Labels and errors are looked for in the sagas of this stretch; ids and traces in all. */
const searchedRange = "30d";
const mostHits = 10;

/** Whoever types asks a few times; which codes there are is the same for all of them. */
const codesForMs = 5000;

/** The pages that a text leads to: a saga by its id, the sagas of a trace, of a label's value, of an error. */
export async function answerSearch(
  { q }: z.output<typeof SearchParams>,
  { asker, nowMs }: Answering,
): Promise<Omit<Search, keyof Cost>> {
  const { window } = resolveRange({ range: searchedRange }, nowMs);
  const limit = mostHits;
  const [ids, traced, labels, codes] = await Promise.all([
    sagasByPrefix(asker, q, limit),
    /^[0-9a-f]{32}$/i.test(q) ? sagasByTrace(asker, q.toLowerCase(), limit) : [],
    labelsByValue(asker, { text: q, window, limit }),
    recently("error codes", codesForMs, () => errorCodes(asker, window)),
  ]);
  const errors = codesWith(codes, q).slice(0, limit);
  const saga = (id: string): Hit => ({ kind: "saga", text: id, sagas: 1, href: `/sagas/${encodeURIComponent(id)}` });
  const list =
    (kind: "label" | "error") =>
    (match: { value: string; sagas: number }): Hit => ({
      kind,
      text: match.value,
      sagas: match.sagas,
      href: `/sagas?${new URLSearchParams({ [kind]: match.value, range: searchedRange })}`,
    });
  return {
    hits: [
      ...ids.map(saga),
      ...traced.map((id): Hit => ({ ...saga(id), kind: "trace" })),
      ...labels.map(list("label")),
      ...errors.map(list("error")),
    ],
  };
}
