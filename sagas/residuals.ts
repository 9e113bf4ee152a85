import type { Residual, SagaEventRow, Step } from "#contracts/api/saga.ts";
import { compareText, distinctEvents, timeToMs } from "./distinct-events.ts";
import { groupBy } from "./group-by.ts";
import { stateOf } from "./state.ts";
import { labelsOf } from "./summary.ts";
import { serviceOf, timelineOf } from "./timeline.ts";

/**
 * What is still done that should be undone: of a saga that failed or says that it was undone, every step that completed
 * and whose compensation did not; and so of one that is still undoing, once it is `overdue`. A saga that a person has
 * resolved has none. In the order in which the steps took effect.
 */
export function residualsOf(events: readonly SagaEventRow[], { overdue }: { overdue: boolean }): Residual[] {
  const history = distinctEvents(events);
  const state = stateOf(history);
  if (state !== "failed" && state !== "compensated" && !(state === "compensating" && overdue)) return [];
  const completions = groupBy(
    history.filter((event) => event.type === "saga.step.completed"),
    (event) => event.step,
  );
  return timelineOf(history)
    .flatMap((step) => residualOf(step, completions.get(step.name) ?? []))
    .sort((a, b) => a.sinceMs - b.sinceMs || compareText(a.step, b.step));
}

function residualOf({ name, state, compensation }: Step, completions: readonly SagaEventRow[]): Residual[] {
  const [first] = completions;
  if (!first || state === "compensated") return [];
  const last = compensation?.attempts.at(-1);
  const labels = completions.flatMap((event) => Object.entries(event.labels));
  return [
    {
      step: name,
      service: serviceOf(first.source),
      sinceMs: timeToMs(first.time),
      labels: labelsOf(labels.map(([key, value]) => `${key}=${value}`)),
      undo:
        compensation && last
          ? {
              name: compensation.name,
              attempts: compensation.attempts.length,
              failed: last.outcome === "failed",
              error: last.error,
            }
          : null,
    },
  ];
}
