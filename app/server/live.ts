import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Cost } from "#contracts/api/answer.ts";
import { waitsMs } from "#store/clickhouse/shown-within.ts";
import { askQuestion } from "./ask.ts";
import { createHub } from "./hub.ts";
import type { LivePorts } from "./live-stream.ts";
import { perProcess } from "./per-process.ts";
import { problemOf } from "./problem.ts";
import type { View } from "./view.ts";

/** The process's hub and its open streams, which end when the process is told to stop: it would wait for them. */
export function live(): LivePorts {
  return perProcess("live", () => {
    const hub = createHub({
      ask: ({ name, params }) => askQuestion(name, params),
      printOf,
      problemOf,
      pause: (ms) => setTimeout(ms),
      everyMs: waitsMs.page,
    });
    const streams = new Set<() => void>();
    const endAll = () => {
      for (const end of streams) end();
    };
    process.once("SIGTERM", endAll);
    process.once("SIGINT", endAll);
    return { hub, streams };
  });
}

/**
 * What an answer says, without what differs each time it is asked: its cost, its freshness, and the sentence, which
 * counts seconds and is made again in the browser. The question of freshness itself is always news.
 */
export function printOf({ name }: Pick<View, "name">, answer: Cost): string {
  const freshness = name === "freshness" ? answer.freshness : null;
  const content = JSON.stringify({ ...answer, freshness, rowsRead: 0, bytesRead: 0, tookMs: 0, sentence: "" });
  return createHash("sha256").update(content).digest("base64url").slice(0, 12);
}
