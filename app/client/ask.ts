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
 * Asks the API (`/api/v1/sagas?state=failed`). The answer is what the caller says it is: the page and the API are one
 * program, its tests hold every answer to its schema, and a library of schemas weighs as much as a page.
 * Throws `ProblemError`; one that lost its session goes to the log-in page.
 */
export async function ask<Answer>(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<Answer> {
  const response = await reach(path, { headers: { accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (response.ok) return (await response.json()) as Answer;
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
  // Something between here and Sagascope may have answered in its own words.
  const problem: Partial<Problem> | undefined = await response.json().catch(() => undefined);
  if (response.status === 401) {
    window.location.assign(
      `/login?${new URLSearchParams({ next: window.location.pathname + window.location.search })}`,
    );
  }
  const { type = "about:blank", title = "The answer is not understood", detail } = problem ?? {};
  return new ProblemError({ type, title, status: response.status, ...(detail ? { detail } : {}) });
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
