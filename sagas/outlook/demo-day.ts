import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { SagaEvent } from "#contracts/saga-event.ts";
import { type History, historyOf, type Told } from "#sagas/history.ts";

/** A saga of the demo's simulated past day, for tests. */
export interface DemoSaga {
  readonly type: string;
  readonly history: History;
}

/** The sagas of the demo's past day, as its own generator prints their events; the same for the same seed. */
export async function demoDay({ sagas, seed }: { sagas: number; seed: number }): Promise<DemoSaga[]> {
  const program = `${import.meta.dirname}/../../services-demo/load/print-history.ts`;
  const flags = [`--sagas=${sagas}`, `--seed=${seed}`, "--end=2026-11-23T12:00:00Z"];
  const generator = spawn(process.execPath, [program, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  const told = new Map<string, { type: string; startedAt: string; events: Told[] }>();
  for await (const line of createInterface({ input: generator.stdout })) {
    const event = SagaEvent.parse(JSON.parse(line));
    const { correlationid: id, sagatype: type, sagastarted: startedAt = event.time } = event;
    const saga = told.get(id) ?? { type, startedAt, events: [] };
    told.set(id, saga);
    saga.events.push(toldBy(event));
  }
  return [...told].map(([id, { type, startedAt, events }]) => ({
    type,
    history: historyOf({ id, startedAt }, events),
  }));
}

function toldBy({ id, type, time, causationid = "", data }: SagaEvent): Told {
  const step = "step" in data ? data.step : "";
  const attempt = "attempt" in data ? data.attempt : 0;
  const compensates = "compensates" in data ? data.compensates : "";
  return { id, type, time, causationId: causationid, step, attempt, compensates };
}
