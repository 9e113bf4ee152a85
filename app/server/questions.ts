import type { z } from "zod";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import { SagaComparison } from "#contracts/api/compare.ts";
import { DeadLetterDetail, DeadLetterList } from "#contracts/api/dead-letters.ts";
import { Definition } from "#contracts/api/definition.ts";
import { Differences } from "#contracts/api/differences.ts";
import { Errors } from "#contracts/api/errors.ts";
import { FreshnessAnswer } from "#contracts/api/freshness.ts";
import { Gateway } from "#contracts/api/gateway.ts";
import { Latency } from "#contracts/api/latency.ts";
import { Logs } from "#contracts/api/logs.ts";
import { Overview } from "#contracts/api/overview.ts";
import { Pipeline } from "#contracts/api/pipeline.ts";
import { Releases, ReleaseVerdict } from "#contracts/api/releases.ts";
import { SagaAudit, SagaDetail, SagaEvents, SagaList, SagaLogs, SagaTraces, SagaValues } from "#contracts/api/saga.ts";
import { SagaTypes } from "#contracts/api/saga-types.ts";
import { Search } from "#contracts/api/search.ts";
import { ServiceMap, Services } from "#contracts/api/services.ts";
import { Trace, TraceList } from "#contracts/api/trace.ts";
import { sagaTypes } from "#store/clickhouse/queries/saga-types.ts";
import type { Answering } from "./answers/answering.ts";
import { answerCompare } from "./answers/compare.ts";
import { answerDeadLetter, answerDeadLetters } from "./answers/dead-letters.ts";
import { answerDefinition } from "./answers/definition.ts";
import { answerDifferences } from "./answers/differences.ts";
import { answerErrors } from "./answers/errors.ts";
import { answerGateway } from "./answers/gateway.ts";
import { answerLatency } from "./answers/latency.ts";
import { answerLogs } from "./answers/logs.ts";
import { answerOverview } from "./answers/overview.ts";
import { answerPipeline } from "./answers/pipeline.ts";
import { answerReleases, answerReleaseVerdict } from "./answers/releases.ts";
import { answerSaga, answerSagaLogs, answerSagaTraces } from "./answers/saga.ts";
import { answerSagaAudit, answerSagaEvents } from "./answers/saga-events.ts";
import { answerSagaValues } from "./answers/saga-values.ts";
import { answerSagas } from "./answers/sagas.ts";
import { answerSearch } from "./answers/search.ts";
import { answerServiceMap, answerServices } from "./answers/services.ts";
import { answerTrace } from "./answers/trace.ts";
import { answerTraces } from "./answers/traces.ts";
import {
  CompareParams,
  DeadLetterListParams,
  DeadLetterParams,
  DefinitionParams,
  DifferencesParams,
  ErrorsParams,
  LatencyParams,
  LogListParams,
  NoParams,
  PipelineParams,
  RangeParams,
  ReleasesParams,
  ReleaseVerdictParams,
  SagaAtParams,
  SagaEventsParams,
  SagaListParams,
  SagaParams,
  SagaValuesParams,
  SearchParams,
  TraceListParams,
  TraceParams,
} from "./params.ts";

/** A question that a GET route answers, a page asks on the server, and a live stream repeats. */
export interface Question<Params extends z.ZodType, Answer extends Cost> {
  /** Its path under `/api/v1`, `{id}` standing for the parameter of that name. */
  readonly path: string;
  readonly params: Params;
  readonly answer: z.ZodType<Answer>;
  readonly ask: (params: z.output<Params>, answering: Answering) => Promise<Omit<Answer, keyof Cost>>;
}

function question<Params extends z.ZodType, Answer extends Cost>(
  path: string,
  { params, answer, ask }: Omit<Question<Params, Answer>, "path">,
): Question<Params, Answer> {
  return { path, params, answer, ask };
}

export const questions = {
  freshness: question("/freshness", { params: NoParams, answer: FreshnessAnswer, ask: async () => ({}) }),
  overview: question("/overview", { params: RangeParams, answer: Overview, ask: answerOverview }),
  sagas: question("/sagas", { params: SagaListParams, answer: SagaList, ask: answerSagas }),
  // These two before the saga of any id.
  sagaValues: question("/sagas/facets", { params: SagaValuesParams, answer: SagaValues, ask: answerSagaValues }),
  differences: question("/sagas/differences", {
    params: DifferencesParams,
    answer: Differences,
    ask: answerDifferences,
  }),
  saga: question("/sagas/{id}", { params: SagaAtParams, answer: SagaDetail, ask: answerSaga }),
  sagaCompare: question("/sagas/{id}/compare", { params: CompareParams, answer: SagaComparison, ask: answerCompare }),
  sagaEvents: question("/sagas/{id}/events", { params: SagaEventsParams, answer: SagaEvents, ask: answerSagaEvents }),
  sagaAudit: question("/sagas/{id}/audit", { params: SagaParams, answer: SagaAudit, ask: answerSagaAudit }),
  sagaTraces: question("/sagas/{id}/traces", { params: SagaParams, answer: SagaTraces, ask: answerSagaTraces }),
  sagaLogs: question("/sagas/{id}/logs", { params: SagaParams, answer: SagaLogs, ask: answerSagaLogs }),
  traces: question("/traces", { params: TraceListParams, answer: TraceList, ask: answerTraces }),
  trace: question("/traces/{id}", { params: TraceParams, answer: Trace, ask: answerTrace }),
  logs: question("/logs", { params: LogListParams, answer: Logs, ask: answerLogs }),
  latency: question("/latency", { params: LatencyParams, answer: Latency, ask: answerLatency }),
  gateway: question("/gateway", { params: RangeParams, answer: Gateway, ask: answerGateway }),
  types: question("/types", {
    params: RangeParams,
    answer: SagaTypes,
    ask: async (range, { asker, nowMs }) => ({ types: await sagaTypes(asker, resolveRange(range, nowMs).window) }),
  }),
  definition: question("/types/{id}", { params: DefinitionParams, answer: Definition, ask: answerDefinition }),
  pipeline: question("/pipeline", { params: PipelineParams, answer: Pipeline, ask: answerPipeline }),
  "dead-letters": question("/dead-letters", {
    params: DeadLetterListParams,
    answer: DeadLetterList,
    ask: answerDeadLetters,
  }),
  deadLetter: question("/dead-letters/{id}", {
    params: DeadLetterParams,
    answer: DeadLetterDetail,
    ask: answerDeadLetter,
  }),
  errors: question("/errors", { params: ErrorsParams, answer: Errors, ask: answerErrors }),
  releases: question("/releases", { params: ReleasesParams, answer: Releases, ask: answerReleases }),
  releaseVerdict: question("/releases/verdict", {
    params: ReleaseVerdictParams,
    answer: ReleaseVerdict,
    ask: answerReleaseVerdict,
  }),
  services: question("/services", { params: RangeParams, answer: Services, ask: answerServices }),
  serviceMap: question("/services/map", { params: RangeParams, answer: ServiceMap, ask: answerServiceMap }),
  search: question("/search", { params: SearchParams, answer: Search, ask: answerSearch }),
};

export type QuestionName = keyof typeof questions;
export type ParamsOf<Name extends QuestionName> = z.input<(typeof questions)[Name]["params"]>;
export type AnswerTo<Name extends QuestionName> = z.output<(typeof questions)[Name]["answer"]>;

export const apiRoot = "/api/v1";
