import { store } from "#app/server/store.ts";

export const dynamic = "force-dynamic";

/** Ready once the event store answers. */
export async function GET(): Promise<Response> {
  const answer = await store().ping();
  const text = answer.success ? "ready\n" : "the event store cannot be reached\n";
  return new Response(text, { status: answer.success ? 200 : 503, headers: { "cache-control": "no-store" } });
}
