import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { historyCases } from "#sagas/history-cases.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { residualsOf } from "#sagas/residuals.ts";
import { type Asker, type AskOptions, createAsker } from "#store/clickhouse/ask.ts";
import type { OwnDatabase } from "#store/clickhouse/own-database.ts";
import { countSagas } from "./count-sagas.ts";
import { findSaga, foldedSaga } from "./find-saga.ts";
import { withKeys } from "./learned-limits.ts";
import { listSagas } from "./list-sagas.ts";
import { listAlone } from "./listed-sagas.ts";
import type { MadeSaga } from "./made-history.ts";
import {
  all,
  cases,
  inOrder,
  late,
  limits,
  listings,
  made,
  msOf,
  newestFirst,
  noFilter,
  nowMs,
  sagas,
  spanMs,
  storeMadeSagas,
  tally,
  told,
} from "./made-sagas.ts";
import { sagaEvents } from "./saga-events.ts";
import { type FreeText, readFreeText, type SagaFilter } from "./saga-filter.ts";
import { type SagaCursor, type SagaOrder, sortValues } from "./saga-order.ts";
import { sagasByPrefix } from "./sagas-by-prefix.ts";
import { sagasByTrace } from "./sagas-by-trace.ts";
import { sagasPage } from "./sagas-page.ts";

let database: OwnDatabase;
/** What is counted is believed where the list is read alone. */
let from: AskOptions = {};
const asker = () => createAsker(database.client, from);

const rowOf = (saga: MadeSaga, id = saga.id) => told.get(id);
const hasAllWords = ({ labels, error }: SagaSummary, words: readonly string[]) => {
  const text = [...Object.values(labels), error?.code, error?.message].join(" ");
  const own = text.toLowerCase().split(/[^a-z0-9]+/);
  return words.every((word) => own.includes(word));
};
const versionOf = ({ source, serviceVersion }: MadeSaga["events"][number]) =>
  `${source.replace("/services/", "")}@${serviceVersion}`;
const firstVersion = made[0]?.events.filter(({ serviceVersion }) => serviceVersion !== "").map(versionOf)[0] ?? "";
const idsOf = (sagas: readonly MadeSaga[]): FreeText => ({
  kind: "id",
  text: "order-",
  sagas: sagas.map(({ id, startedAt }) => ({ id, startedAt })),
});
const passes: [name: string, filter: Partial<SagaFilter>, test: (row: SagaSummary, saga: MadeSaga) => boolean][] = [
  ["nothing", {}, () => true],
  ["one state", { states: ["failed"] }, (row) => row.state === "failed"],
  ["two states", { states: ["running", "compensating"] }, (row) => ["running", "compensating"].includes(row.state)],
  ["overdue", { verdicts: ["overdue"] }, (row) => row.verdicts.includes("overdue")],
  [
    "overdue without a deadline",
    { verdicts: ["overdue"], types: ["order-fulfilment"] },
    (row) => row.type === "order-fulfilment" && row.verdicts.includes("overdue"),
  ],
  ["inconsistent", { verdicts: ["inconsistent"] }, (row) => row.verdicts.includes("inconsistent")],
  ["either verdict", { verdicts: ["inconsistent", "overdue"] }, (row) => row.verdicts.length > 0],
  ["a rule", { rules: ["never_compensated"] }, (row) => row.rules.includes("never_compensated")],
  [
    "either of two rules",
    { rules: ["effect_twice", "missing_event"] },
    (row) => row.rules.some((rule) => ["effect_twice", "missing_event"].includes(rule)),
  ],
  [
    "what is left done",
    { residuals: ["charge-payment", "a"] },
    (row, saga) =>
      residualsOf(saga.events, { overdue: row.verdicts.includes("overdue") }).some(({ step }) =>
        ["charge-payment", "a"].includes(step),
      ),
  ],
  ["a type", { types: ["order-fulfilment"] }, (row) => row.type === "order-fulfilment"],
  ["an error", { errors: ["card_declined"] }, (row) => row.error?.code === "card_declined"],
  [
    "a step reached",
    { steps: ["confirm-order"] },
    (_, saga) => saga.events.some((event) => event.type.startsWith("saga.step.") && event.step === "confirm-order"),
  ],
  [
    "an error in a step",
    { errors: ["carrier_timeout"], steps: ["schedule-shipment"] },
    (row) => row.error?.code === "carrier_timeout" && row.error.step === "schedule-shipment",
  ],
  ["a version", { versions: ["4"] }, (row) => row.version === "4"],
  ["either of two versions", { versions: ["3", "4"] }, (row) => ["3", "4"].includes(row.version)],
  [
    "a service",
    { services: ["shipping"] },
    (_, saga) => saga.events.some(({ source }) => source === "/services/shipping"),
  ],
  [
    "a service's version",
    { serviceVersions: [firstVersion] },
    (_, saga) => saga.events.some((event) => versionOf(event) === firstVersion),
  ],
  [
    "the step where it is now",
    { waitsIn: ["charge-payment", "refund-payment"] },
    (row) =>
      ["running", "compensating"].includes(row.state) && ["charge-payment", "refund-payment"].includes(row.step ?? ""),
  ],
  [
    "a step that failed",
    { failedSteps: ["charge-payment"] },
    (_, saga) => saga.events.some(({ type, step }) => type === "saga.step.failed" && step === "charge-payment"),
  ],
  [
    "an overdue verdict, a service and a step",
    { verdicts: ["overdue"], services: ["payments"], steps: ["charge-payment"] },
    (row, saga) =>
      row.verdicts.includes("overdue") &&
      saga.events.some(({ source }) => source === "/services/payments") &&
      saga.events.some((event) => event.type.startsWith("saga.step.") && event.step === "charge-payment"),
  ],
  [
    "a version, a step that failed and a state",
    { versions: ["3"], failedSteps: ["charge-payment"], states: ["failed", "compensated"] },
    (row, saga) =>
      row.version === "3" &&
      ["failed", "compensated"].includes(row.state) &&
      saga.events.some(({ type, step }) => type === "saga.step.failed" && step === "charge-payment"),
  ],
  ["a label", { labels: ["orderId=o-7"] }, (row) => row.labels.orderId === "o-7"],
  [
    "the beginning of many ids",
    { text: { kind: "id", text: "order-0", sagas: "many" } },
    (row) => row.id.startsWith("order-0"),
  ],
  ["a whole id", { text: idsOf(made.slice(11, 12)) }, (row) => row.id === made[11]?.id],
  [
    "the beginning of few ids",
    { text: idsOf(made.slice(3, 9)) },
    (row) => made.slice(3, 9).some(({ id }) => id === row.id),
  ],
  ["words of labels", { text: { kind: "words", text: "O-77" } }, (row) => hasAllWords(row, ["o", "77"])],
  ["a trace", { text: { kind: "trace", text: made[3]?.events[0]?.traceId ?? "" } }, (row) => row.id === made[3]?.id],
  ["a word of an error", { text: { kind: "words", text: "Bank" } }, (row) => row.error?.code === "bank_down"],
  ["a quote and a backslash", { text: { kind: "words", text: "'\\\" --" } }, () => false],
  [
    "half of the window",
    { window: { fromMs: nowMs - spanMs / 2, toMs: nowMs } },
    (row) => msOf(row.startedAt) >= nowMs - spanMs / 2,
  ],
  [
    "their end in a part of the window",
    { window: { fromMs: nowMs - spanMs / 2, toMs: nowMs - spanMs / 4 }, moment: "ended" },
    (row) => row.endedAt !== null && msOf(row.endedAt) >= nowMs - spanMs / 2 && msOf(row.endedAt) < nowMs - spanMs / 4,
  ],
];

const byKinds = [
  "one state",
  "two states",
  "overdue",
  "inconsistent",
  "a rule",
  "a type",
  "an error",
  "a step reached",
  "an error in a step",
  "either of two versions",
  "a service",
  "a service's version",
  "a step that failed",
  "an overdue verdict, a service and a step",
  "a version, a step that failed and a state",
  "half of the window",
];

/** Each order somewhere, and each kind of value both ways. */
const pagedBy: Record<(typeof listings)[number], readonly SagaOrder[]> = {
  nothing: [
    { by: "started", direction: "desc" },
    { by: "duration", direction: "asc" },
    { by: "state", direction: "desc" },
    { by: "error", direction: "asc" },
    { by: "compensations", direction: "asc" },
    { by: "label", direction: "desc" },
  ],
  counted: [
    { by: "started", direction: "asc" },
    { by: "started", direction: "desc" },
    { by: "duration", direction: "desc" },
    { by: "verdict", direction: "asc" },
  ],
  half: [
    { by: "lastEvent", direction: "desc" },
    { by: "state", direction: "asc" },
    { by: "id", direction: "desc" },
    { by: "ended", direction: "asc" },
    { by: "error", direction: "desc" },
    { by: "attempts", direction: "desc" },
    { by: "verdict", direction: "desc" },
    { by: "subject", direction: "desc" },
  ],
  all: [
    { by: "started", direction: "asc" },
    { by: "duration", direction: "desc" },
    { by: "state", direction: "desc" },
    { by: "type", direction: "asc" },
    { by: "version", direction: "desc" },
    { by: "step", direction: "asc" },
    { by: "ended", direction: "desc" },
    { by: "deadline", direction: "asc" },
    { by: "subject", direction: "asc" },
    { by: "label", direction: "asc" },
  ],
};

// They only ask, so that two may ask at a time.
for (const listed of listings)
  describe(`with ${listed} listed`, { concurrency: 2 }, () => {
    before(async () => {
      database = await storeMadeSagas(process.env.SAGASCOPE_ENDPOINTS, listed);
      from = listed === "counted" ? { sagas: listAlone } : {};
    });
    after(() => database?.drop());
    for (const [name, filter, test_] of passes) {
      test(`by ${name}: rows, total and facets`, async () => {
        const expected = sagas.flatMap((saga) => {
          const row = rowOf(saga);
          return row && test_(row, saga) ? [row] : [];
        });
        const rows = await listSagas(
          asker(),
          { ...noFilter, ...filter },
          { order: newestFirst, cursor: undefined, limit: 5000, late },
        );
        assert.deepEqual(new Map(rows.map((row) => [row.id, row])), new Map(expected.map((row) => [row.id, row])));
        const counts = await countSagas(asker(), { ...noFilter, ...filter }, late);
        assert.equal(counts.total, expected.length);
        for (const limit of [5, 5000]) {
          const page = { order: newestFirst, cursor: undefined, limit, late };
          const both = await sagasPage(asker(), { ...noFilter, ...filter }, page);
          assert.deepEqual(both, { rows: rows.slice(0, limit), counts });
        }
      });
    }

    test("some sagas are overdue by what was learned, and others wait within it", () => {
      const waiting = all.filter(
        ({ type, state, deadline }) => type === "order-fulfilment" && state === "running" && deadline === null,
      );
      const learned = waiting.filter(({ verdicts }) => verdicts.includes("overdue"));
      assert.ok(limits.all().length > 0 && learned.length > 0 && learned.length < waiting.length);
      const others = all.filter(({ type, deadline }) => type !== "order-fulfilment" && deadline === null);
      assert.ok(others.every(({ verdicts }) => !verdicts.includes("overdue")));
    });

    test("overdue is the same by limits whose places the store has numbered", async () => {
      const numbered = new Limits(await withKeys(asker(), limits.all()));
      assert.ok(numbered.all().every(({ key }) => key !== undefined));
      const options = { order: newestFirst, cursor: undefined, limit: 5000, late: { nowMs, limits: numbered } };
      const rows = await listSagas(asker(), { ...noFilter, verdicts: ["overdue"] }, options);
      const expected = all.filter(({ verdicts }) => verdicts.includes("overdue"));
      assert.deepEqual(rows, inOrder(expected, newestFirst));
      assert.equal((await countSagas(asker(), noFilter, options.late)).facets.verdict.overdue, expected.length);
    });

    test("named histories mean in SQL what they mean in TypeScript", async () => {
      const rows = await listSagas(
        asker(),
        { ...noFilter, types: ["case"] },
        { order: newestFirst, cursor: undefined, limit: 500, late },
      );
      const byId = new Map(rows.map((row) => [String(row.id), row]));
      for (const [index, one] of historyCases.entries()) {
        const row = byId.get(`case-${index}`);
        assert.equal(row?.state, one.state, one.name);
        assert.deepEqual(row?.rules, one.state === "resolved" ? [] : (one.rules ?? []), one.name);
        assert.equal(
          row?.verdicts.includes("inconsistent"),
          one.state !== "resolved" && (one.rules ?? []).length > 0,
          one.name,
        );
      }
    });

    test("a facet's own filter does not narrow it", async () => {
      const filter = {
        ...noFilter,
        states: ["failed", "compensated"] as const,
        types: ["order-fulfilment"],
        errors: ["card_declined"],
      };
      const { facets } = await countSagas(asker(), filter, late);
      const has = {
        state: (row: SagaSummary) => ["failed", "compensated"].includes(row.state),
        type: (row: SagaSummary) => row.type === "order-fulfilment",
        error: (row: SagaSummary) => row.error?.code === "card_declined",
      };
      assert.deepEqual(
        facets.state,
        tally(all.filter((row) => has.type(row) && has.error(row)).map((row) => row.state)),
      );
      assert.deepEqual(
        facets.type,
        tally(all.filter((row) => has.state(row) && has.error(row)).map((row) => row.type)),
      );
      assert.deepEqual(
        facets.error,
        tally(all.filter((row) => has.state(row) && has.type(row)).flatMap((row) => row.error?.code ?? [])),
      );
      assert.deepEqual(
        facets.rule,
        tally(all.filter((row) => has.state(row) && has.type(row) && has.error(row)).flatMap((row) => row.rules)),
      );
      assert.deepEqual(
        facets.verdict,
        tally(all.filter((row) => has.state(row) && has.type(row) && has.error(row)).flatMap((row) => row.verdicts)),
      );
    });

    for (const order of pagedBy[listed]) {
      test(`pages by ${order.by} ${order.direction} show each saga once, in order`, async () => {
        const seen: SagaSummary[] = [];
        let cursor: SagaCursor | undefined;
        for (;;) {
          const page = await listSagas(asker(), noFilter, { order, cursor, limit: 317, late });
          seen.push(...page);
          assert.ok(seen.length <= all.length, "pages come to an end");
          const last = page.at(-1);
          if (!last || page.length < 317) break;
          cursor = { value: sortValues[order.by].of(last), startedMs: msOf(last.startedAt), id: last.id };
        }
        assert.deepEqual(seen, inOrder(all, order));
      });
    }

    test("pages of one filter show each saga once, in order", async () => {
      for (const direction of ["asc", "desc"] as const) {
        const order = { by: "started", direction } as const;
        for (const [name, filter, test_] of passes.filter(([name]) => byKinds.includes(name))) {
          const expected = inOrder(
            sagas.flatMap((saga) => {
              const row = rowOf(saga);
              return row && test_(row, saga) ? [row] : [];
            }),
            order,
          );
          const seen: SagaSummary[] = [];
          let cursor: SagaCursor | undefined;
          do {
            const page = await listSagas(asker(), { ...noFilter, ...filter }, { order, cursor, limit: 34, late });
            seen.push(...page);
            const last = page.length < 34 ? undefined : page.at(-1);
            cursor = last && { value: sortValues.started.of(last), startedMs: msOf(last.startedAt), id: last.id };
          } while (cursor && seen.length < 100);
          assert.deepEqual(seen, expected.slice(0, seen.length), `${name} ${direction}`);
          assert.ok(seen.length >= Math.min(100, expected.length), name);
        }
      }
    });

    test("a label's pages are the same where the store refuses to read them at once", async () => {
      const own = asker();
      let refused = 0;
      const refusing: Asker = {
        ...own,
        async ask(query, row) {
          const text = query.text.replace(/max_rows_to_read = \{\w+:UInt32\}/, "max_rows_to_read = 1");
          try {
            return await own.ask({ ...query, text }, row);
          } catch (error) {
            if (text !== query.text) refused += 1;
            throw error;
          }
        },
      };
      const filter = { ...noFilter, labels: ["orderId=o-7"] };
      for (const order of pagedBy[listed]) {
        const page = { order, cursor: undefined, limit: 2, late };
        const [first] = await listSagas(own, filter, page);
        assert.ok(first);
        const cursor = { value: sortValues[order.by].of(first), startedMs: msOf(first.startedAt), id: first.id };
        for (const one of [page, { ...page, limit: 5000 }, { ...page, cursor }])
          assert.deepEqual(await listSagas(refusing, filter, one), await listSagas(own, filter, one));
      }
      assert.equal(refused, listed === "counted" ? 3 * pagedBy.counted.length : 0);
    });

    test("its row and its events come back as they went in, each once", async () => {
      for (const saga of [made[0], made[7], cases[12]]) {
        assert.ok(saga);
        const row = rowOf(saga);
        assert.ok(row);
        const { id, type, version, subject, startedAt, lastEventAt } = row;
        assert.deepEqual(await findSaga(asker(), id), { id, type, version, subject, startedAt, lastEventAt });
        assert.deepEqual(await foldedSaga(asker(), row, { late }), row);
        const told = await sagaEvents(asker(), { id: saga.id, limit: 100 });
        assert.deepEqual(told?.saga, { id, type, version, subject, startedAt });
        const key = (event: { time: string; id: string }) => `${event.time} ${event.id}`;
        assert.deepEqual(
          // How often each was stored is another test's.
          told.events.map((event) => ({ ...event, duplicates: 0 })),
          [...saga.events].sort((a, b) => (key(a) < key(b) ? -1 : 1)),
        );
      }
    });
    test("an unknown one is undefined", async () => {
      assert.equal(await findSaga(asker(), "nobody"), undefined);
      assert.equal(await sagaEvents(asker(), { id: "nobody", limit: 100 }), undefined);
    });
    test("is found by the beginning of its id and by its trace", async () => {
      const saga = made[11];
      assert.deepEqual(await sagasByPrefix(asker(), saga?.id ?? "", 5), [saga?.id]);
      const { id = "", startedAt = "" } = saga ?? {};
      assert.deepEqual(await readFreeText(asker(), id), { kind: "id", text: id, sagas: [{ id, startedAt }] });
      assert.deepEqual(await readFreeText(asker(), "order-"), { kind: "id", text: "order-", sagas: "many" });
      assert.deepEqual(await readFreeText(asker(), "order-x"), { kind: "words", text: "order-x" });
      assert.deepEqual(await sagasByTrace(asker(), saga?.events[0]?.traceId ?? "", 5), [saga?.id]);
    });
  });
