import type { z } from "zod";
import type { Cost } from "./answer.ts";
import { SagaComparison } from "./compare.ts";
import { DeadLetterDetail, DeadLetterList } from "./dead-letters.ts";
import { Definition } from "./definition.ts";
import { Differences } from "./differences.ts";
import { Errors } from "./errors.ts";
import { FreshnessAnswer } from "./freshness.ts";
import { Gateway } from "./gateway.ts";
import { Latency } from "./latency.ts";
import { Logs } from "./logs.ts";
import { Overview } from "./overview.ts";
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
  SearchParams,
  TraceListParams,
  TraceParams,
} from "./params.ts";
import { Pipeline } from "./pipeline.ts";
import { Releases, ReleaseVerdict } from "./releases.ts";
import { SagaAudit, SagaDetail, SagaEvents, SagaList, SagaLogs, SagaTraces } from "./saga.ts";
import { SagaTypes } from "./saga-types.ts";
import { Search } from "./search.ts";
import { ServiceMap, Services } from "./services.ts";
import { Trace, TraceList } from "./trace.ts";

/** A question about the store: a GET route answers it, a page asks it, a live stream repeats it. */
interface Question {
  /** Under `apiRoot`, `{id}` standing for the parameter of that name. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly answer: z.ZodType<Cost>;
}

export const apiRoot = "/api/v1";

export const questions = {
  freshness: { path: "/freshness", summary: "How far the store has come", params: NoParams, answer: FreshnessAnswer },
  overview: {
    path: "/overview",
    summary: "What is going on, and what is wrong, in a stretch of time",
    params: RangeParams,
    answer: Overview,
  },
  sagas: {
    path: "/sagas",
    summary: "A page of the sagas that match, with their exact total and facets",
    params: SagaListParams,
    answer: SagaList,
  },
  // Before the saga of any id.
  differences: {
    path: "/sagas/differences",
    summary: "What sets the sagas that match apart from the others of the same time",
    params: DifferencesParams,
    answer: Differences,
  },
  saga: { path: "/sagas/{id}", summary: "One saga, told from its events", params: SagaAtParams, answer: SagaDetail },
  sagaCompare: {
    path: "/sagas/{id}/compare",
    summary: "A saga laid beside the typical one of its type, or beside another",
    params: CompareParams,
    answer: SagaComparison,
  },
  sagaEvents: {
    path: "/sagas/{id}/events",
    summary: "A page of a saga's events, in time order",
    params: SagaEventsParams,
    answer: SagaEvents,
  },
  sagaAudit: {
    path: "/sagas/{id}/audit",
    summary: "What a saga's events say of each consistency rule, and what is left done that should be undone",
    params: SagaParams,
    answer: SagaAudit,
  },
  sagaTraces: {
    path: "/sagas/{id}/traces",
    summary: "Every span of every hop of a saga",
    params: SagaParams,
    answer: SagaTraces,
  },
  sagaLogs: {
    path: "/sagas/{id}/logs",
    summary: "The log lines of a saga's traces and of its id",
    params: SagaParams,
    answer: SagaLogs,
  },
  traces: { path: "/traces", summary: "A page of the traces that match", params: TraceListParams, answer: TraceList },
  trace: { path: "/traces/{id}", summary: "Every span of one trace", params: TraceParams, answer: Trace },
  logs: {
    path: "/logs",
    summary: "A page of the log lines that match, with their exact total and how they lie in time",
    params: LogListParams,
    answer: Logs,
  },
  latency: { path: "/latency", summary: "How long sagas and their steps took", params: LatencyParams, answer: Latency },
  gateway: {
    path: "/gateway",
    summary: "Traffic through the gateways, and the sagas that it started",
    params: RangeParams,
    answer: Gateway,
  },
  types: { path: "/types", summary: "The types of sagas in a stretch of time", params: RangeParams, answer: SagaTypes },
  definition: {
    path: "/types/{id}",
    summary: "The definition of a saga type, mined from its sagas, and which of them leave the usual paths",
    params: DefinitionParams,
    answer: Definition,
  },
  pipeline: {
    path: "/pipeline",
    summary: "How far each partition is stored, and whether the counts balance; or what waited at a past moment",
    params: PipelineParams,
    answer: Pipeline,
  },
  "dead-letters": {
    path: "/dead-letters",
    summary: "A page of the messages that could not be stored",
    params: DeadLetterListParams,
    answer: DeadLetterList,
  },
  deadLetter: {
    path: "/dead-letters/{id}",
    summary: "One of them, with its bytes and what became of it",
    params: DeadLetterParams,
    answer: DeadLetterDetail,
  },
  errors: { path: "/errors", summary: "Errors by what does not vary in them", params: ErrorsParams, answer: Errors },
  releases: {
    path: "/releases",
    summary: "Version against version of a service",
    params: ReleasesParams,
    answer: Releases,
  },
  releaseVerdict: {
    path: "/releases/verdict",
    summary: "Whether a canary may go on: pass, fail or inconclusive",
    params: ReleaseVerdictParams,
    answer: ReleaseVerdict,
  },
  services: {
    path: "/services",
    summary: "Rate, errors and duration of every service, by version",
    params: RangeParams,
    answer: Services,
  },
  serviceMap: {
    path: "/services/map",
    summary: "Which services call and send to which",
    params: RangeParams,
    answer: ServiceMap,
  },
  search: { path: "/search", summary: "The pages that a text leads to", params: SearchParams, answer: Search },
} as const satisfies Record<string, Question>;

export type QuestionName = keyof typeof questions;
export type ParamsOf<Name extends QuestionName> = z.input<(typeof questions)[Name]["params"]>;
export type AnswerTo<Name extends QuestionName> = z.output<(typeof questions)[Name]["answer"]>;
