"use client";

import { useLive } from "#app/client/use-live.ts";
import type { FirstAnswer } from "#app/first-answer.ts";
import type { AnswerState } from "#components/page.tsx";
import { useReportFreshness } from "#components/shell/freshness.tsx";
import { type PageQuestion, questionPath } from "#components/url/question.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { Address, AnswerAt } from "#contracts/api/address.ts";

/** The live answer to what this page's address asks, beginning with what the server had for the first paint. */
export function useAnswer<Name extends PageQuestion>(
  question: Name,
  first: FirstAnswer<AnswerAt<`/${Name}`>>,
): { path: Address<`/${Name}`>; data: AnswerAt<`/${Name}`> | undefined; state: AnswerState } {
  const { params } = useUrl();
  const path = questionPath(question, params);
  const isFirst = path === first.path;
  const { data, isOld, problem } = useLive(path, isFirst ? first.data : undefined);
  useReportFreshness(data?.freshness);
  const trouble = problem ?? (isFirst && data === undefined ? first.problem : undefined);
  const failed = data === undefined && trouble !== undefined;
  return { path, data, state: { waiting: isOld, problem: trouble, failed } };
}
