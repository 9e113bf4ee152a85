import type { Hub, Told } from "./hub.ts";
import { readView, type View } from "./view.ts";

/** A view under the words in which the page asked for it. */
export interface NamedView {
  readonly asked: string;
  readonly view: View;
}

export interface LivePorts {
  readonly hub: Hub;
  /** How to end each open stream. */
  readonly streams: Set<() => void>;
}

const heartbeatMs = 15_000;

/**
 * A server-sent stream of these views: `event: view` with `{view, answer}`, `event: problem` with `{view, problem}`,
 * `event: freshness`, and comments as heartbeats. Each event's id says what the page has seen of every view, so that
 * one that comes back with it gets only what changed meanwhile. What a slow reader has not taken is replaced, not queued.
 */
export function liveStream(
  { hub, streams }: LivePorts,
  views: readonly NamedView[],
  lastEventId: string | null,
): ReadableStream<Uint8Array> {
  const seen = readSeen(lastEventId, views.length);
  const waiting = new Map<string, () => string>();
  const leave: (() => void)[] = [];
  let wake: (() => void) | undefined;
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  let ended = false;
  const put = (slot: string, write: () => string) => {
    waiting.set(slot, write);
    wake?.();
  };
  const close = () => {
    ended = true;
    clearInterval(heartbeat);
    for (const out of leave) out();
    streams.delete(close);
    wake?.();
  };
  const tell = (index: number, asked: string) => (told: Told) => {
    if (told.kind === "answer" && seen[index] === told.print) return;
    put(`view ${index}`, () => {
      seen[index] = told.kind === "answer" ? told.print : "";
      if (told.kind === "problem") return event("problem", { view: asked, problem: told.problem });
      return `id: ${seen.join(".")}\nevent: view\ndata: {"view":${JSON.stringify(asked)},"answer":${told.json}}\n\n`;
    });
  };
  return new ReadableStream<Uint8Array>(
    {
      start() {
        streams.add(close);
        put("hello", () => "retry: 1000\n\n");
        for (const [index, { asked, view }] of views.entries()) leave.push(hub.watch(view, tell(index, asked)));
        heartbeat = setInterval(() => put("heartbeat", () => ": alive\n\n"), heartbeatMs);
        leave.push(hub.watch(freshnessView, (told) => put("freshness", () => freshnessEvent(told))));
      },
      async pull(controller) {
        while (waiting.size === 0 && !ended) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (ended) return controller.close();
        const text = [...waiting.values()].map((write) => write()).join("");
        waiting.clear();
        controller.enqueue(new TextEncoder().encode(text));
      },
      cancel: close,
    },
    { highWaterMark: 1 },
  );
}

const freshnessView = readView("/api/v1/freshness");

function freshnessEvent(told: Told): string {
  if (told.kind === "problem") return event("problem", { view: null, problem: told.problem });
  const { freshness } = JSON.parse(told.json) as { freshness: unknown };
  return event("freshness", freshness);
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function readSeen(lastEventId: string | null, count: number): string[] {
  const parts = lastEventId?.split(".") ?? [];
  return Array.from({ length: count }, (_, index) => (parts.length === count ? (parts[index] ?? "") : ""));
}
