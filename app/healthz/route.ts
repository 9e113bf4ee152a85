export const dynamic = "force-dynamic";

/** Alive, whatever the store does. */
export function GET(): Response {
  return new Response("ok\n", { headers: { "cache-control": "no-store" } });
}
