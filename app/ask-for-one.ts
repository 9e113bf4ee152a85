import { askOnServer } from "#app/server/ask.ts";
import { problemOf } from "#app/server/problem.ts";
import type { AnswerTo, ParamsOf, QuestionName } from "#contracts/api/questions.ts";
import { SagascopeError } from "#lib/errors.ts";

/** An answer, that there is no such thing, or why it could not be read. */
export type Asked<Answer> =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "missing" }
  | { readonly kind: "problem"; readonly problem: string };

/** Asks for one thing by its id, on the server. What is no id, or the id of nothing, is missing. */
export async function askForOne<Name extends QuestionName>(
  name: Name,
  params: ParamsOf<Name>,
): Promise<Asked<AnswerTo<Name>>> {
  try {
    return { kind: "answer", answer: await askOnServer(name, params) };
  } catch (error) {
    if (error instanceof SagascopeError && (error.code === "NOT_FOUND" || error.code === "BAD_REQUEST")) {
      return { kind: "missing" };
    }
    const { title, detail } = problemOf(error);
    return { kind: "problem", problem: detail ?? title };
  }
}
