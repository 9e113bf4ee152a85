import { openApi } from "#app/server/openapi.ts";

/** The API's own description. */
export function GET(): Response {
  return Response.json(openApi(), { headers: { "cache-control": "no-store" } });
}
