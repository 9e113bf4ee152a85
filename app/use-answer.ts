"use client";

import { useLive } from "#app/client/use-live.ts";
import type { FirstAnswer } from "#app/first-answer.ts";
import type { AnswerState } from "#components/page.tsx";
import { useReportFreshness } from "#components/shell/freshness.tsx";
import { type questionKeys, questionPath } from "#components/url/question.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { Cost } from "#contracts/api/answer.ts";

/** The live answer to what this page's address asks, beginning with what the server had for the first paint. */
export function useAnswer<Answer extends Cost>(
  question: keyof typeof questionKeys,
  first: FirstAnswer<Answer>,
): { path: string; data: Answer | undefined; state: AnswerState } {
  const { params } = useUrl();
  const path = questionPath(question, params);
  const isFirst = path === first.path;
  const { data, isOld, problem } = useLive(path, isFirst ? first.data : undefined);
  useReportFreshness(data?.freshness);
  const trouble = problem ?? (isFirst && data === undefined ? first.problem : undefined);
  const failed = data === undefined && trouble !== undefined;
  return { path, data, state: { waiting: isOld, problem: trouble, failed } };
}
