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
  SagaValuesParams,
  SearchParams,
  TraceListParams,
  TraceParams,
} from "./params.ts";
import { Pipeline } from "./pipeline.ts";
import { Releases, ReleaseVerdict } from "./releases.ts";
import { SagaAudit, SagaDetail, SagaEvents, SagaList, SagaLogs, SagaTraces, SagaValues } from "./saga.ts";
import { SagaTypes } from "./saga-types.ts";
import { Search } from "./search.ts";
import { ServiceMap, Services } from "./services.ts";
import { Trace, TraceList } from "./trace.ts";

/** A question about the store: a GET route answers it, a page asks it, a live stream repeats it. */
interface Question {
  /** Under `apiRoot`, `{id}` standing for the parameter of that name. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description: string;
  readonly params: z.ZodObject;
  readonly answer: z.ZodType<Cost>;
}

export const apiRoot = "/api/v1";

export const questions = {
  freshness: {
    path: "/freshness",
    summary: "How far the store has come",
    description:
      "How far the store has come, and nothing else: the newest event, when it was stored, and how many messages could not be.",
    params: NoParams,
    answer: FreshnessAnswer,
  },
  overview: {
    path: "/overview",
    summary: "What is going on, and what is wrong, in a stretch of time",
    description:
      "Counts by state and verdict of the sagas that started in the time, and of the same stretch a week before; how those that ended in each bucket ended; the errors most sagas met and the slowest steps. Of the last hour by default.",
    params: RangeParams,
    answer: Overview,
  },
  sagas: {
    path: "/sagas",
    summary: "A page of the sagas that match, with their exact total and facets",
    description:
      "The sagas that started in the time and match every filter, the newest start first, 50 a page by default; `next` leads on by keyset, so that page 500 costs what the first does. Counts beside each facet's choices leave out that facet's own filter.",
    params: SagaListParams,
    answer: SagaList,
  },
  // These two before the saga of any id.
  sagaValues: {
    path: "/sagas/facets",
    summary: "The values of one filter, each with the exact number of sagas that it finds of those that match",
    description:
      "By which versions, services, steps or labels the sagas that match are found further, the most frequent first. The facet's own filter does not narrow it, but for labels, all of which must hold. 422 where more than 4 million sagas of the time would be read one by one, or for labels 1 million.",
    params: SagaValuesParams,
    answer: SagaValues,
  },
  differences: {
    path: "/sagas/differences",
    summary: "What sets the sagas that match apart from the others of the same time",
    description:
      "Labels, services, versions, steps and errors that the sagas which match bear more often than all others of the same time, by lift with its significance, corrected for how many were looked at. There are none where every saga matches, or none does. 422 where the time holds more than 4 million sagas.",
    params: DifferencesParams,
    answer: Differences,
  },
  saga: {
    path: "/sagas/{id}",
    summary: "One saga, told from its events",
    description:
      "State, verdicts and rules broken, timeline, residual effects, the first of its events, its traces, and what comes next by its peers. With `at`, as it was then. 404 where no event names the id.",
    params: SagaAtParams,
    answer: SagaDetail,
  },
  sagaCompare: {
    path: "/sagas/{id}/compare",
    summary: "A saga laid beside the typical one of its type, or beside another",
    description:
      "Attempts of both side by side, what differs first. The typical run is one that really happened: the completed saga of the type that is nearest to all others of that time.",
    params: CompareParams,
    answer: SagaComparison,
  },
  sagaEvents: {
    path: "/sagas/{id}/events",
    summary: "A page of a saga's events, in time order",
    description:
      "Each event once by its id, in time order, 50 a page by default, with its place in Kafka and how often it was stored again.",
    params: SagaEventsParams,
    answer: SagaEvents,
  },
  sagaAudit: {
    path: "/sagas/{id}/audit",
    summary: "What a saga's events say of each consistency rule, and what is left done that should be undone",
    description:
      "Every consistency rule, whether it is kept, broken or cannot be told yet, with the reason in a sentence; and the effects that are left.",
    params: SagaParams,
    answer: SagaAudit,
  },
  sagaTraces: {
    path: "/sagas/{id}/traces",
    summary: "Every span of every hop of a saga",
    description:
      "In time order. The traces are those that its events name; `cut` says that there are more spans than are listed.",
    params: SagaParams,
    answer: SagaTraces,
  },
  sagaLogs: {
    path: "/sagas/{id}/logs",
    summary: "The log lines of a saga's traces and of its id",
    description:
      "Of the saga's traces, and those that name its id, merged by time; `cut` says that there are more than are listed.",
    params: SagaParams,
    answer: SagaLogs,
  },
  traces: {
    path: "/traces",
    summary: "A page of the traces that match",
    description:
      "One row a trace, by those of its spans that lie in the time: the newest start first, 50 a page by default. 422 where the time holds more than 10 million spans.",
    params: TraceListParams,
    answer: TraceList,
  },
  trace: {
    path: "/traces/{id}",
    summary: "Every span of one trace",
    description: "In time order, with the sagas that its spans name. 404 where no span of it is stored.",
    params: TraceParams,
    answer: Trace,
  },
  logs: {
    path: "/logs",
    summary: "A page of the log lines that match, with their exact total and how they lie in time",
    description:
      "The newest first, 50 a page by default. 422 where the time holds more than 20 million lines, but for those of one trace or saga.",
    params: LogListParams,
    answer: Logs,
  },
  latency: {
    path: "/latency",
    summary: "How long sagas and their steps took",
    description:
      "Percentiles over time and by type and step, and a heatmap of durations, of the sagas that started in the time: of those that have ended, or of attempts at a step that have, failed or not.",
    params: LatencyParams,
    answer: Latency,
  },
  gateway: {
    path: "/gateway",
    summary: "Traffic through the gateways, and the sagas that it started",
    description:
      "Requests by status class and percentiles over time, by route with what became of the sagas that they started, and the newest requests. Gateways are the services that `GATEWAY_SERVICES` names.",
    params: RangeParams,
    answer: Gateway,
  },
  types: {
    path: "/types",
    summary: "The types of sagas in a stretch of time",
    description: "Each type with its versions and steps, most sagas first.",
    params: RangeParams,
    answer: SagaTypes,
  },
  definition: {
    path: "/types/{id}",
    summary: "The definition of a saga type, mined from its sagas, and which of them leave the usual paths",
    description:
      "Steps, compensations and ways between them with how many sagas went there and how long it took, from rollups of the slots that the time covers; and the sagas whose paths are rare.",
    params: DefinitionParams,
    answer: Definition,
  },
  pipeline: {
    path: "/pipeline",
    summary: "How far each partition is stored, and whether the counts balance; or what waited at a past moment",
    description:
      "By partition: the last message stored, the last in Kafka, the lag and the age of what waits; whether messages in are those stored, dead or lost; duplicates, gaps and sizes of tables.",
    params: PipelineParams,
    answer: Pipeline,
  },
  "dead-letters": {
    path: "/dead-letters",
    summary: "A page of the messages that could not be stored",
    description:
      "Those that died within the time, the newest first, 50 a page by default: all tries of one message are one letter.",
    params: DeadLetterListParams,
    answer: DeadLetterList,
  },
  deadLetter: {
    path: "/dead-letters/{id}",
    summary: "One of them, with its bytes and what became of it",
    description:
      "Key, value and headers of the newest try, why each try died, and every replay. 404 where nothing died there.",
    params: DeadLetterParams,
    answer: DeadLetterDetail,
  },
  errors: {
    path: "/errors",
    summary: "Errors by what does not vary in them",
    description:
      "Errors of one code in one step whose messages are the same but for ids, numbers, hosts and the like: how many events and sagas, since when, in which versions, with examples. Those that most sagas met first.",
    params: ErrorsParams,
    answer: Errors,
  },
  releases: {
    path: "/releases",
    summary: "Version against version of a service",
    description:
      "Every version that sagas met in the time with its shares of failures and compensations and its percentiles; and two of them compared, where a type is given.",
    params: ReleasesParams,
    answer: Releases,
  },
  releaseVerdict: {
    path: "/releases/verdict",
    summary: "Whether a canary may go on: pass, fail or inconclusive",
    description:
      "In the shape that a web metric of Argo Rollouts reads: `result` is `pass`, `fail` or `inconclusive`, `value` 1, -1 or 0. Looking often does no harm: a false `fail` has a chance of `alpha` at most over all looks together.",
    params: ReleaseVerdictParams,
    answer: ReleaseVerdict,
  },
  services: {
    path: "/services",
    summary: "Rate, errors and duration of every service, by version",
    description: "By the spans of requests served and of messages taken, the busiest 200, with series over the time.",
    params: RangeParams,
    answer: Services,
  },
  serviceMap: {
    path: "/services/map",
    summary: "Which services call and send to which",
    description: "Calls between services and messages through queues, with rates, errors and p95.",
    params: RangeParams,
    answer: ServiceMap,
  },
  search: {
    path: "/search",
    summary: "The pages that a text leads to",
    description:
      "Sagas by their id or its beginning, traces by theirs, labels by their value, errors by their words; the best first. Each hit is the path of a page.",
    params: SearchParams,
    answer: Search,
  },
} as const satisfies Record<string, Question>;

export type QuestionName = keyof typeof questions;
export type ParamsOf<Name extends QuestionName> = z.input<(typeof questions)[Name]["params"]>;
export type AnswerTo<Name extends QuestionName> = z.output<(typeof questions)[Name]["answer"]>;
