import { problemResponse } from "#app/server/problem.ts";
import { SagascopeError } from "#lib/errors.ts";

/** Whatever no other route of the API answers. */
function nothingHere(request: Request): Response {
  const { pathname } = new URL(request.url);
  return problemResponse(
    new SagascopeError("NOT_FOUND", `There is no ${pathname.slice(0, 200)}; the API begins at /api/v1/sagas.`),
  );
}

export const GET = nothingHere;
export const POST = nothingHere;
export const PUT = nothingHere;
export const PATCH = nothingHere;
export const DELETE = nothingHere;
