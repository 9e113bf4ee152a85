import { z } from "zod";
import { AlertRule, AlertRuleInput, Alerts, Delivery, WebhookSecret } from "#contracts/api/alerts.ts";
import { Replayed, ReplayRequest } from "#contracts/api/dead-letters.ts";
import { Problem } from "#contracts/api/problem.ts";
import { apiRoot, type QuestionName, questions } from "./questions.ts";

const summaries: Readonly<Record<QuestionName, string>> = {
  freshness: "How far the store has come",
  overview: "What is going on, and what is wrong, in a stretch of time",
  sagas: "A page of the sagas that match, with their exact total and facets",
  sagaValues: "The values of one filter, each with the exact number of sagas that it finds of those that match",
  differences: "What sets the sagas that match apart from the others of the same time",
  saga: "One saga, told from its events",
  sagaCompare: "A saga laid beside the typical one of its type, or beside another",
  sagaEvents: "A page of a saga's events, in time order",
  sagaAudit: "What a saga's events say of each consistency rule, and what is left done that should be undone",
  sagaTraces: "Every span of every hop of a saga",
  sagaLogs: "The log lines of a saga's traces and of its id",
  traces: "A page of the traces that match",
  trace: "Every span of one trace",
  logs: "A page of the log lines that match, with their exact total and how they lie in time",
  latency: "How long sagas and their steps took",
  gateway: "Traffic through the gateways, and the sagas that it started",
  errors: "Errors by what does not vary in them",
  releases: "Version against version of a service",
  releaseVerdict: "Whether a canary may go on: pass, fail or inconclusive",
  types: "The types of sagas in a stretch of time",
  definition: "The definition of a saga type, mined from its sagas, and which of them leave the usual paths",
  pipeline: "How far each partition is stored, and whether the counts balance; or what waited at a past moment",
  "dead-letters": "A page of the messages that could not be stored",
  deadLetter: "One of them, with its bytes and what became of it",
  services: "Rate, errors and duration of every service, by version",
  serviceMap: "Which services call and send to which",
  search: "The pages that a text leads to",
};

/** A route that is no question about the store. */
interface Operation {
  readonly path: string;
  readonly method: "get" | "post" | "put" | "delete";
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: z.ZodType;
}

const rule = "/alerts/rules/{id}";
export const operations: readonly Operation[] = [
  { path: "/alerts", method: "get", summary: "All rules, and the newest deliveries", status: 200, answer: Alerts },
  {
    path: "/alerts/rules",
    method: "post",
    summary: "Adds a rule",
    body: AlertRuleInput,
    status: 201,
    answer: AlertRule,
  },
  { path: rule, method: "get", summary: "One rule", status: 200, answer: AlertRule },
  { path: rule, method: "put", summary: "Changes a rule", body: AlertRuleInput, status: 200, answer: AlertRule },
  { path: rule, method: "delete", summary: "Removes a rule", status: 204 },
  { path: `${rule}/test`, method: "post", summary: "Sends a test to its webhook", status: 202, answer: Delivery },
  {
    path: "/alerts/deliveries/{id}/replay",
    method: "post",
    summary: "Sends a delivery again, under the same id",
    status: 202,
    answer: Delivery,
  },
  {
    path: "/alerts/secret",
    method: "get",
    summary: "What webhooks are signed with",
    status: 200,
    answer: WebhookSecret,
  },
  {
    path: "/alerts/secret",
    method: "post",
    summary: "Makes a new secret; the one before signs too for a day",
    status: 201,
    answer: WebhookSecret,
  },
  {
    path: "/dead-letters/{id}/replay",
    method: "post",
    summary: "Sends a dead letter again, as it was or mended",
    body: ReplayRequest,
    status: 202,
    answer: Replayed,
  },
];

/** The OpenAPI 3.1 document of the API, made of the schemas that check it. */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  const add = (path: string, method: string, operation: object) => {
    paths[`${apiRoot}${path}`] = { ...paths[`${apiRoot}${path}`], [method]: operation };
  };
  for (const name of Object.keys(questions) as QuestionName[]) {
    const { path, params, answer } = questions[name];
    add(path, "get", {
      operationId: name,
      summary: summaries[name],
      parameters: parametersOf(params, path),
      responses: { 200: answered(summaries[name], answer), default: problem },
    });
  }
  for (const { path, method, summary, body, status, answer } of operations) {
    add(path, method, {
      operationId: `${method}${path.replace(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
      summary,
      parameters: path.includes("{id}") ? [{ name: "id", in: "path", required: true, schema: { type: "string" } }] : [],
      ...(body ? { requestBody: { required: true, content: json(schemaOf(body, "input")) } } : {}),
      responses: { [status]: answered(summary, answer), default: problem },
    });
  }
  add("/stream", "get", stream);
  return {
    openapi: "3.1.0",
    info: { title: "Sagascope", version: "1", description },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: schemaOf(Problem) },
    },
  };
}

const description =
  "Every answer of a question about the store says how fresh it is, how many rows and bytes were read for it and how long that took. " +
  "A request that cannot be answered is told why by problem details (RFC 9457) whose `type` is stable.";

const json = (schema: object) => ({ "application/json": { schema } });
const answered = (description: string, answer: z.ZodType | undefined) =>
  answer ? { description, content: json(schemaOf(answer)) } : { description };
const problem = {
  description: "Why it cannot be answered",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const stream = {
  operationId: "stream",
  summary: "Tells each view whenever its answer changes, as server-sent events; resumes by Last-Event-ID",
  parameters: [
    {
      name: "view",
      in: "query",
      description: "Path and query of a GET question, as in /api/v1/sagas?state=failed",
      schema: { type: "array", items: { type: "string" }, maxItems: 12 },
      explode: true,
    },
    { name: "Last-Event-ID", in: "header", schema: { type: "string" } },
  ],
  responses: {
    200: { description: "Events, for as long as somebody listens", content: { "text/event-stream": {} } },
    default: problem,
  },
};

function parametersOf(params: z.ZodObject, path: string): object[] {
  const schema = z.object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) }).loose();
  const { properties } = schema.parse(schemaOf(params, "input"));
  return Object.entries(properties).map(([name, { description, ...property }]) => {
    const inPath = path.includes(`{${name}}`);
    return {
      name,
      in: inPath ? "path" : "query",
      required: inPath || !params.shape[name]?.safeParse(undefined).success,
      ...(typeof description === "string" ? { description } : {}),
      schema: property,
      ...(property.type === "array" ? { style: "form", explode: true } : {}),
    };
  });
}

/**
 * What JSON Schema cannot say (a check by a function) is left out: it lets more through than we do. So is what refers to itself,
 * which is JSON of any shape: its reference would point beside this document.
 */
function schemaOf(schema: z.ZodType, io: "input" | "output" = "output"): Record<string, unknown> {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12", io, unrepresentable: "any" });
  return JSON.parse(JSON.stringify(rest, (_, value) => (value?.$ref?.startsWith?.("#/$defs/") ? {} : value)));
}
