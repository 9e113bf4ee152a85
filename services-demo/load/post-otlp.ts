import { pause } from "#sdk/backoff.ts";
import type { HistoryPorts } from "./send-history.ts";

const tries = 60;

/** Posts OTLP/JSON bodies to a collector; waits out its back-pressure (503 with Retry-After) and its absence, for a minute. */
export function createOtlpPost(endpoint: string, signal: AbortSignal): HistoryPorts["postOtlp"] {
  return async (kind, body) => {
    const text = JSON.stringify(body);
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(`${endpoint.replace(/\/+$/, "")}/v1/${kind}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: text,
        signal,
      }).catch((error: unknown) => new Error("The collector does not answer", { cause: error }));
      if (answer instanceof Response) {
        const said = await answer.text();
        if (answer.ok) return;
        if (answer.status !== 503 && answer.status !== 429) {
          throw new Error(`The collector refused the history's ${kind} with ${answer.status}: ${said}`);
        }
      }
      if (signal.aborted || attempt === tries)
        throw answer instanceof Error ? answer : new Error(`The collector stays busy (${answer.status})`);
      const retryAfter = answer instanceof Response ? Number(answer.headers.get("retry-after") ?? 1) : 1;
      await pause(retryAfter * 1000, signal);
    }
  };
}
