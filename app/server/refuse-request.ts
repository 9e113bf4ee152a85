import { NoParams } from "#contracts/api/params.ts";
import { apiRoot } from "#contracts/api/questions.ts";
import { SagascopeError } from "#lib/errors.ts";
import { allowedMethods, readsQuery } from "./allowed-methods.ts";
import { parseParams, readQuery } from "./params.ts";
import { methodNotAllowed, problemResponse } from "./problem.ts";

/** A request, as far as is looked at here. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly search: URLSearchParams;
}

/**
 * What the API says to a path, a method or a query that it does not have: to the first two Next.js would answer with no body, or
 * with a page. Undefined where a route may answer; what reads a query checks it there.
 */
export function refuseRequest({ method, path, search }: Asked): Response | undefined {
  if (!path.startsWith("/api/")) return undefined;
  const allowed = allowedMethods(path);
  if (!allowed) {
    const what = `There is no ${path.slice(0, 200)}; what there is says ${apiRoot}/openapi.json.`;
    return problemResponse(new SagascopeError("NOT_FOUND", what));
  }
  if (!allowed.includes(method)) return problemResponse(methodNotAllowed(method, allowed), allowed);
  return method === "OPTIONS" || readsQuery(path) ? undefined : refuseQuery(search);
}

function refuseQuery(search: URLSearchParams): Response | undefined {
  try {
    parseParams(NoParams, readQuery(search));
    return undefined;
  } catch (error) {
    return problemResponse(error);
  }
}
