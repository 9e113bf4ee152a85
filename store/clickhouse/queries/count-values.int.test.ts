import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SagaSummary, SagaValueFacet } from "#contracts/api/saga.ts";
import { sagaValueFacets } from "#contracts/words.ts";
import { residualsOf } from "#sagas/residuals.ts";
import { type AskOptions, createAsker } from "#store/clickhouse/ask.ts";
import type { OwnDatabase } from "#store/clickhouse/own-database.ts";
import { countValues } from "./count-values.ts";
import { listAlone } from "./listed-sagas.ts";
import type { MadeSaga } from "./made-history.ts";
import { late, noFilter, sagas, storeMadeSagas, tally, told } from "./made-sagas.ts";
import type { SagaFilter } from "./saga-filter.ts";

const databases = new Map<AskOptions, OwnDatabase>();
/** What is counted is believed where the list is read alone. */
const counted: AskOptions = { sagas: listAlone };
const halfListed: AskOptions = {};
before(async () => {
  databases.set(counted, await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS, "counted"));
  databases.set(halfListed, await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS, "half"));
});
after(async () => {
  for (const database of databases.values()) await database.drop();
});

const stepsOf = ({ events }: MadeSaga, type: string) =>
  events.filter((event) => event.type.startsWith(type)).map(({ step }) => step);

const valuesOf: Record<SagaValueFacet, (saga: MadeSaga, row: SagaSummary) => readonly string[]> = {
  version: (_, { version }) => [version],
  service: ({ events }) => events.map(({ source }) => source.replace("/services/", "")),
  serviceVersion: ({ events }) =>
    events
      .filter(({ serviceVersion }) => serviceVersion !== "")
      .map(({ source, serviceVersion }) => `${source.replace("/services/", "")}@${serviceVersion}`),
  step: (saga) => stepsOf(saga, "saga.step."),
  waitsIn: (_, { state, step }) => (["running", "compensating"].includes(state) ? [step ?? ""] : []),
  failedStep: (saga) => stepsOf(saga, "saga.step.failed"),
  residual: ({ events }, { verdicts }) =>
    residualsOf(events, { overdue: verdicts.includes("overdue") }).map(({ step }) => step),
  label: ({ events }) =>
    events.flatMap(({ labels }) => Object.entries(labels).map(([key, value]) => `${key}=${value}`)),
};

/** How many of the sagas that pass have each value. */
function counts(facet: SagaValueFacet, passes: (row: SagaSummary, saga: MadeSaga) => boolean) {
  const values = sagas.flatMap((saga) => {
    const row = told.get(saga.id);
    return row && passes(row, saga) ? [...new Set(valuesOf[facet](saga, row))] : [];
  });
  return tally(values.filter((value) => value !== ""));
}

/** The same where half of them are listed, and where past hours are counted. */
async function asked(facet: SagaValueFacet, filter: Partial<SagaFilter>, limit = 5000) {
  const answers = await Promise.all(
    [...databases].map(([from, { client }]) =>
      countValues(createAsker(client, from), { ...noFilter, ...filter }, { facet, late, limit, most: 1_000_000 }),
    ),
  );
  const [first = [], second] = answers;
  assert.deepEqual(second, first);
  return first;
}
const askedCounts = async (facet: SagaValueFacet, filter: Partial<SagaFilter>) =>
  Object.fromEntries((await asked(facet, filter)).map(({ value, sagas: count }) => [value, count]));

for (const facet of sagaValueFacets)
  test(`each ${facet} with its sagas, of all and of some`, async () => {
    const all = counts(facet, () => true);
    assert.ok(Object.keys(all).length > 1);
    assert.deepEqual(await askedCounts(facet, {}), all);
    const ofSome = counts(facet, ({ state }) => ["failed", "running"].includes(state));
    assert.notDeepEqual(ofSome, all);
    assert.deepEqual(await askedCounts(facet, { states: ["failed", "running"] }), ofSome);
  });

test("of those that are overdue, and of those of a kind that are", async () => {
  const filter = { verdicts: ["overdue"], services: ["payments"] } as const;
  const passes = ({ verdicts }: SagaSummary, { events }: MadeSaga) =>
    verdicts.includes("overdue") && events.some(({ source }) => source === "/services/payments");
  assert.deepEqual(await askedCounts("step", filter), counts("step", passes));
});

test("a facet's own choice does not narrow it, another's does", async () => {
  const filter = { failedSteps: ["charge-payment"], versions: ["3"] };
  assert.deepEqual(
    await askedCounts("failedStep", filter),
    counts("failedStep", ({ version }) => version === "3"),
  );
  assert.deepEqual(
    await askedCounts("version", filter),
    counts("version", (_, saga) => stepsOf(saga, "saga.step.failed").includes("charge-payment")),
  );
});

test("of labels, all of which must hold, each narrows the others", async () => {
  const narrowed = await askedCounts("label", { labels: ["orderId=o-7"] });
  assert.deepEqual(
    narrowed,
    counts("label", ({ labels }) => labels.orderId === "o-7"),
  );
});

test("beside an error a step is that of the error", async () => {
  const errors = [...told.values()].flatMap(({ error }) => (error?.code === "carrier_timeout" ? [error] : []));
  const steps = tally(errors.map(({ step }) => step));
  assert.ok(Object.keys(steps).length > 1);
  assert.deepEqual(await askedCounts("step", { errors: ["carrier_timeout"] }), steps);
});

test("the most frequent come first, and no more than asked for", async () => {
  const [first, second, ...others] = await asked("label", {}, 2);
  assert.ok(first && second && first.sagas >= second.sagas);
  assert.deepEqual(others, []);
  assert.equal(first.sagas, Math.max(...Object.values(counts("label", () => true))));
});
