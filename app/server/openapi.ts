import { z } from "zod";
import { commands } from "#contracts/api/commands.ts";
import { Problem } from "#contracts/api/problem.ts";
import { apiRoot, type QuestionName, questions } from "#contracts/api/questions.ts";

/** The OpenAPI 3.1 document of the API, made of the schemas that check it. */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  const add = (path: string, method: string, operation: object) => {
    paths[`${apiRoot}${path}`] = { ...paths[`${apiRoot}${path}`], [method]: operation };
  };
  for (const name of Object.keys(questions) as QuestionName[]) {
    const { path, summary, params, answer } = questions[name];
    add(path, "get", {
      operationId: name,
      summary,
      parameters: parametersOf(params, path),
      responses: { 200: answered(summary, answer), default: problem },
    });
  }
  for (const { path, summary, status, ...rest } of commands) {
    const method = rest.method.toLowerCase();
    const body = "body" in rest ? rest.body : undefined;
    const answer = "answer" in rest ? rest.answer : undefined;
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
