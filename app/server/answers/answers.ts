import type { z } from "zod";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { AnswerTo, QuestionName, questions } from "#contracts/api/questions.ts";
import { sagaTypes } from "#store/clickhouse/queries/saga-types.ts";
import type { Answering } from "./answering.ts";
import { answerCompare } from "./compare.ts";
import { answerDeadLetter, answerDeadLetters } from "./dead-letters.ts";
import { answerDefinition } from "./definition.ts";
import { answerDifferences } from "./differences.ts";
import { answerErrors } from "./errors.ts";
import { answerGateway } from "./gateway.ts";
import { answerLatency } from "./latency.ts";
import { answerLogs } from "./logs.ts";
import { answerOverview } from "./overview.ts";
import { answerPipeline } from "./pipeline.ts";
import { answerReleases, answerReleaseVerdict } from "./releases.ts";
import { answerSaga, answerSagaLogs, answerSagaTraces } from "./saga.ts";
import { answerSagaAudit, answerSagaEvents } from "./saga-events.ts";
import { answerSagaValues } from "./saga-values.ts";
import { answerSagas } from "./sagas.ts";
import { answerSearch } from "./search.ts";
import { answerServiceMap, answerServices } from "./services.ts";
import { answerTrace } from "./trace.ts";
import { answerTraces } from "./traces.ts";

/** What answers a question: its parameters, parsed, to all that its answer says but what that cost. */
export type Answer<Name extends QuestionName> = (
  params: z.output<(typeof questions)[Name]["params"]>,
  answering: Answering,
) => Promise<Omit<AnswerTo<Name>, keyof Cost>>;

export const answers: { readonly [Name in QuestionName]: Answer<Name> } = {
  freshness: async () => ({}),
  overview: answerOverview,
  sagas: answerSagas,
  sagaValues: answerSagaValues,
  differences: answerDifferences,
  saga: answerSaga,
  sagaCompare: answerCompare,
  sagaEvents: answerSagaEvents,
  sagaAudit: answerSagaAudit,
  sagaTraces: answerSagaTraces,
  sagaLogs: answerSagaLogs,
  traces: answerTraces,
  trace: answerTrace,
  logs: answerLogs,
  latency: answerLatency,
  gateway: answerGateway,
  types: async (range, { asker, nowMs }) => ({ types: await sagaTypes(asker, resolveRange(range, nowMs).window) }),
  definition: answerDefinition,
  pipeline: answerPipeline,
  "dead-letters": answerDeadLetters,
  deadLetter: answerDeadLetter,
  errors: answerErrors,
  releases: answerReleases,
  releaseVerdict: answerReleaseVerdict,
  services: answerServices,
  serviceMap: answerServiceMap,
  search: answerSearch,
};
