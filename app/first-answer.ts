import { askOnServer } from "#app/server/ask.ts";
import { readQuery } from "#app/server/params.ts";
import { problemOf } from "#app/server/problem.ts";
import { paramsOf } from "#components/url/params.ts";
import { type PageQuestion, questionParams, questionPath } from "#components/url/question.ts";
import type { AnswerTo, ParamsOf } from "#contracts/api/questions.ts";

/** What a page's first paint has: the answer to its address, or why there is none; and what was asked. */
export interface FirstAnswer<Answer> {
  readonly path: string;
  readonly data: Answer | undefined;
  readonly problem: string | undefined;
}

export interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Asks what a page's address asks. A problem is a value: the page stands, and the live leaf tries again. */
export async function firstAnswer<Name extends PageQuestion>(
  question: Name,
  searchParams: PageProps["searchParams"],
): Promise<FirstAnswer<AnswerTo<Name>>> {
  const params = paramsOf(await searchParams);
  const path = questionPath(question, params);
  try {
    // The address is anybody's text: the question checks it.
    const asked = readQuery(questionParams(question, params)) as ParamsOf<Name>;
    return { path, data: await askOnServer(question, asked), problem: undefined };
  } catch (error) {
    const { title, detail } = problemOf(error);
    return { path, data: undefined, problem: detail ?? title };
  }
}
