import { live } from "#app/server/live.ts";
import { liveStream } from "#app/server/live-stream.ts";
import { parseParams, readQuery } from "#app/server/params.ts";
import { problemResponse } from "#app/server/problem.ts";
import { readView } from "#app/server/view.ts";
import { StreamParams } from "#contracts/api/stream.ts";
import { SagascopeError } from "#lib/errors.ts";

const mostStreams = 500;

/** `?view=<path and query of a GET question>&view=…`: tells each view whenever its answer changes. */
export function GET(request: Request): Response {
  try {
    const { view } = parseParams(StreamParams, readQuery(new URL(request.url).searchParams));
    const views = view.map((text) => ({ asked: text, view: readView(text) }));
    const ports = live();
    if (ports.streams.size >= mostStreams) {
      throw new SagascopeError("STORE_DOWN", "Too many pages are live at once. Pause some of them.");
    }
    // Nobody would read, nor end, what is opened for a HEAD.
    const isHead = request.method === "HEAD";
    return new Response(isHead ? null : liveStream(ports, views, request.headers.get("last-event-id")), {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    return problemResponse(error);
  }
}
