import type { SagaEventInput } from "#contracts/saga-event.ts";
import { historyEvents } from "./history-events.ts";
import { historyTelemetry, type Telemetry } from "./history-telemetry.ts";
import { hopsOf } from "./hops.ts";
import { createRandom } from "./random.ts";
import { carrierOutage, nextScenario } from "./scenario.ts";
import { simulateSaga } from "./simulate-saga.ts";
import { inOutage, versionAt } from "./versions.ts";

const dayMs = 86_400_000;

/** One saga of the past day, with what its services would have told of it. */
export interface PastSaga {
  readonly id: string;
  readonly events: readonly SagaEventInput[];
  readonly telemetry: Telemetry;
}

/** `count` sagas spread over the day before `endMs`, in order of their start. The same seed gives the same day. */
export function* pastDay({ count, seed, endMs }: { count: number; seed: number; endMs: number }): Generator<PastSaga> {
  const random = createRandom(seed);
  const versionOf = (service: string, atMs: number) => versionAt(service, { atMs, endMs });
  for (let index = 0; index < count; index++) {
    const startMs = endMs - dayMs + momentOf((index + 0.5) / count) * dayMs;
    const scenario = nextScenario(random, inOutage({ atMs: startMs, endMs }) ? carrierOutage : undefined);
    const saga = simulateSaga(scenario, startMs, random);
    const hops = hopsOf(saga, random);
    const events = historyEvents(saga, { hops, versionOf });
    yield { id: saga.id, events, telemetry: historyTelemetry(saga, { hops, random, versionOf }) };
  }
}

/** Where in the day (0..1) this share of its sagas has started: quieter at its ends, busiest past its middle. */
const momentOf = (share: number) => share + 0.08 * Math.sin(2 * Math.PI * share);
