import type {
  Address,
  AnswerAt,
  ChangeAnswer,
  ChangeGiven,
  ChangeMethod,
  ChangePath,
  ReadPath,
} from "#contracts/api/address.ts";
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
 * Asks the API. The answer is not checked here: the page and the API are one program, its tests hold every answer to
 * the schema that its type comes from, and a library of schemas weighs as much as a page.
 * Throws `ProblemError`; one that lost its session goes to the log-in page.
 */
export async function ask<Path extends ReadPath>(
  address: Address<Path>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<AnswerAt<Path>> {
  const response = await reach(address, { headers: { accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (response.ok) return (await response.json()) as AnswerAt<Path>;
  throw await problemIn(response);
}

/** Tells the API to change something; throws `ProblemError` as `ask` does. */
export async function tell<Method extends ChangeMethod, Path extends ChangePath<Method>>(
  method: Method,
  path: Path,
  given: ChangeGiven<Method, Path>,
): Promise<ChangeAnswer<Method, Path>> {
  const { id = "", body }: { id?: string; body?: unknown } = given;
  const response = await reach(
    `/api/v1${path}`.replace("{id}", () => encodeURIComponent(id)),
    {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    },
  );
  if (!response.ok) throw await problemIn(response);
  return (response.status === 204 ? undefined : await response.json()) as ChangeAnswer<Method, Path>;
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
