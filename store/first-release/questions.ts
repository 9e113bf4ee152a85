import { moment } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { countSagas } from "#store/clickhouse/queries/count-sagas.ts";
import { errorGroups } from "#store/clickhouse/queries/error-groups.ts";
import { freshness } from "#store/clickhouse/queries/freshness.ts";
import { gatewayFigures } from "#store/clickhouse/queries/gateway-figures.ts";
import { labelsByValue } from "#store/clickhouse/queries/labels-by-value.ts";
import { latencyOverTime } from "#store/clickhouse/queries/latency-over-time.ts";
import { listSagas } from "#store/clickhouse/queries/list-sagas.ts";
import { noFilter } from "#store/clickhouse/queries/made-sagas.ts";
import { newestRequests } from "#store/clickhouse/queries/newest-requests.ts";
import { outcomesOverTime } from "#store/clickhouse/queries/outcomes-over-time.ts";
import { overviewCounts } from "#store/clickhouse/queries/overview-counts.ts";
import { sagaEvents } from "#store/clickhouse/queries/saga-events.ts";
import { sagaLatency } from "#store/clickhouse/queries/saga-latency.ts";
import { sagaLogs } from "#store/clickhouse/queries/saga-logs.ts";
import { sagaTraceIds, telemetryWindow } from "#store/clickhouse/queries/saga-trace-ids.ts";
import { sagaTypes } from "#store/clickhouse/queries/saga-types.ts";
import { stepLatency } from "#store/clickhouse/queries/step-latency.ts";
import { traceSpans } from "#store/clickhouse/queries/trace-spans.ts";

/** Shortly after the last event of the first release's data. */
export const nowMs = Date.UTC(2026, 10, 25, 4, 0);
// What was learned since has no part in what the first release said.
const late = nowMs;
const window = { fromMs: nowMs - 26 * 3_600_000, toMs: nowMs };
const gateway = { services: ["gateway"], window };
const buckets = { bucketSeconds: 3600 };
const all = { ...noFilter, window };
const whole = moment(0);
const end = moment(nowMs);

/** What the pages ask, of data that the first release stored, by the name of the question. */
export const questions: Readonly<Record<string, (asker: Asker) => Promise<unknown>>> = {
  list: (asker) =>
    listSagas(asker, all, { order: { by: "started", direction: "desc" }, cursor: undefined, limit: 1000, late }),
  facets: (asker) => countSagas(asker, all, late),
  overview: (asker) => overviewCounts(asker, window, late),
  outcomes: (asker) => outcomesOverTime(asker, window, buckets),
  errors: (asker) => errorGroups(asker, window, { ...buckets, limit: 100 }),
  types: (asker) => sagaTypes(asker, window),
  label: (asker) => labelsByValue(asker, { text: "history", window, limit: 5 }),
  latency: (asker) => sagaLatency(asker, window, buckets),
  "latency over time": async (asker) => (await latencyOverTime(asker, window, { ...buckets, filter: {} })).series,
  "latency of steps": (asker) => stepLatency(asker, window, { filter: {} }),
  "gateway traffic": async (asker) => {
    const { total, series } = await gatewayFigures(asker, gateway, buckets.bucketSeconds);
    return { total, series };
  },
  "gateway routes": async (asker) => (await gatewayFigures(asker, gateway, buckets.bucketSeconds)).routes,
  "newest requests": (asker) => newestRequests(asker, gateway, 1000),
  freshness: (asker) => freshness(asker, nowMs),
  "events, spans and logs of some sagas": async (asker) => {
    const sagas = await listSagas(asker, all, {
      order: { by: "started", direction: "asc" },
      cursor: undefined,
      limit: 1000,
      late,
    });
    const answers = [];
    for (const { id, startedAt, lastEventAt } of sagas.filter((_, index) => index % 6 === 0)) {
      const events = (await sagaEvents(asker, { id, limit: 1000 }))?.events;
      const ofEvents = [...new Set(events?.map(({ traceId }) => traceId))].filter((traceId) => traceId !== "");
      const life = { id, startedMs: Date.parse(startedAt), lastEventMs: Date.parse(lastEventAt), traceIds: ofEvents };
      const traceIds = await sagaTraceIds(asker, life, 1000);
      answers.push({
        id,
        events,
        traceIds,
        spans: await traceSpans(asker, traceIds, { ...telemetryWindow(life), limit: 1000 }),
        logs: await sagaLogs(asker, { id, traceIds }, { from: whole, to: end, limit: 1000 }),
      });
    }
    return answers;
  },
};
