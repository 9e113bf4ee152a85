import type { z } from "zod";
import type { Problem } from "#contracts/api/problem.ts";

/** A question that was refused or failed: `problem.detail` says what to do. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/**
 * Brings a schema when the first answer is to be parsed by it, not with the page: the schemas and their library weigh
 * as much as a page, and the first paint's data came parsed.
 */
export type SchemaSource<Answer> = () => Promise<z.ZodType<Answer>>;

/**
 * Asks the API (`/api/v1/sagas?state=failed`), and parses the answer by its schema. Throws `ProblemError`; one that
 * lost its session goes to the log-in page.
 */
export async function ask<Answer>(
  path: string,
  schema: SchemaSource<Answer>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await reach(path, { headers: { accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (response.ok) return (await schema()).parse(await response.json());
  throw await problemIn(response);
}

/** Tells the API to change something; throws `ProblemError` as `ask` does. */
export async function tell(method: "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<void> {
  const response = await reach(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (!response.ok) throw await problemIn(response);
}

async function problemIn(response: Response): Promise<ProblemError> {
  const { Problem } = await import("#contracts/api/problem.ts");
  const problem = Problem.safeParse(await response.json().catch(() => undefined));
  if (response.status === 401) {
    window.location.assign(
      `/login?${new URLSearchParams({ next: window.location.pathname + window.location.search })}`,
    );
  }
  return new ProblemError(
    problem.data ?? { type: "about:blank", title: "The answer is not understood", status: response.status },
  );
}

async function reach(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(path, request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    const detail = "Sagascope does not answer. Check that it still runs and that the network is there.";
    throw new ProblemError({ type: "about:blank", title: "Not reached", status: 0, detail });
  }
}
