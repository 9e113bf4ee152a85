import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { BreachRule, SagaState, type SagaSummary } from "#contracts/api/saga.ts";
import { moment, sql } from "#lib/sql.ts";
import { chanceOf, nastyHistory, nastySteps } from "#sagas/nasty-history.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { residualsOf } from "#sagas/residuals.ts";
import { startOf } from "#sagas/start.ts";
import { summaryOf } from "#sagas/summary.ts";
import { breachesOf } from "#sagas/verdicts.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { Count, Time } from "./column-shapes.ts";
import { listedSagas } from "./listed-sagas.ts";
import { type MadeSaga, storeHistory } from "./made-history.ts";
import { began, durationMs, hasResidual, overdue, state } from "./saga-expressions.ts";

// `npm run agree` is the long form of what `npm test` tries in short.
const wanted = process.env.AGREE === "long" ? 1_000_000 : 100_000;
const sagasAtOnce = 2_000;
const nowMs = Date.UTC(2026, 5, 2);

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

/** What both must say of a saga. */
interface Meaning {
  readonly state: SagaState;
  readonly overdue: boolean;
  readonly rules: readonly BreachRule[];
  readonly residuals: readonly string[];
  readonly startedAt: string;
  readonly durationMs: number;
}

function toldByTypeScript(saga: MadeSaga): Meaning {
  const { events } = saga;
  const breaches = breachesOf(events);
  const summary = summaryOf(
    { ...saga, id: saga.id as SagaSummary["id"] },
    { events, breaches, nowMs, limits: Limits.none },
  );
  const isOverdue = summary.verdicts.includes("overdue");
  return {
    state: summary.state,
    overdue: isOverdue,
    rules: summary.rules,
    residuals: residualsOf(events, { overdue: isOverdue })
      .map(({ step }) => step)
      .sort(),
    startedAt: summary.startedAt,
    durationMs: summary.durationMs,
  };
}

const Row = z.object({
  id: z.string(),
  state: SagaState,
  overdue: z.number(),
  rules: z.array(BreachRule),
  residuals: z.array(z.number()),
  started_at: Time,
  duration_ms: Count,
});

/** Of the sagas that are stored under this moment, by id. */
async function toldBySql(startedMs: number): Promise<Map<string, Meaning>> {
  const left = nastySteps
    .map((step) => sql`[${hasResidual([step], nowMs)}]`)
    .reduce((all, one) => sql`arrayConcat(${all}, ${one})`);
  const rows = await createAsker(database.client).ask(
    sql`SELECT saga_id AS id, ${state} AS state, ${overdue(nowMs)} AS overdue, broken AS rules, ${left} AS residuals,
        ${began} AS started_at, ${durationMs} AS duration_ms
      FROM ${listedSagas} WHERE started = ${moment(startedMs)} LIMIT 10000`,
    Row,
  );
  return new Map(
    rows.map((row) => [
      row.id,
      {
        state: row.state,
        overdue: row.overdue === 1,
        rules: row.rules,
        residuals: nastySteps.filter((_, index) => row.residuals[index] === 1).sort(),
        startedAt: row.started_at,
        durationMs: row.duration_ms,
      },
    ]),
  );
}

test(`TypeScript and SQL agree on state, rules, residuals, start and duration of every saga of ${wanted.toLocaleString("en-US")} events`, async () => {
  const chance = chanceOf(20_260_601);
  let events = 0;
  let sagas = 0;
  for (let batch = 0; events < wanted; batch++) {
    const startedMs = nowMs - 3_600_000 + batch;
    const made = Array.from({ length: sagasAtOnce }, (_, index): MadeSaga => {
      const id = `nasty-${batch}-${index}`;
      const storedAt = new Date(startedMs).toISOString();
      // Of every other saga no event says when it began, and it is stored under the time of a later one.
      const isUnsaid = index % 2 === 1;
      const events = nastyHistory(chance, { id, baseMs: startedMs - (isUnsaid ? (index % 7) * 400 : 0) });
      const known = { id, type: "nasty", version: "1", subject: "", events };
      if (!isUnsaid) return { ...known, startedAt: storedAt };
      const times = events.map(({ time }) => time);
      return { ...known, startedAt: startOf(storedAt, times), storedAt };
    }).filter((saga) => saga.events.length > 0);
    await storeHistory(database.client, made);
    const told = await toldBySql(startedMs);
    assert.equal(told.size, made.length);
    for (const saga of made) assert.deepEqual(told.get(saga.id), toldByTypeScript(saga), describe(saga));
    events += made.reduce((sum, saga) => sum + saga.events.length, 0);
    sagas += made.length;
  }
  assert.ok(sagas > wanted / 20);
});

/** A saga's events as lines, to be looked at where the two disagree. */
function describe({ id, events }: MadeSaga): string {
  const lines = events.map(
    ({ time, type, step, compensates, attempt }) => `${time} ${type} ${step} ${compensates} ${attempt}`,
  );
  return [id, ...lines].join("\n");
}
