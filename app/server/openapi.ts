import { z } from "zod";
import { commands } from "#contracts/api/commands.ts";
import { Problem } from "#contracts/api/problem.ts";
import { apiRoot, type QuestionName, questions } from "#contracts/api/questions.ts";
import { mostViews, streamEvents } from "#contracts/api/stream.ts";
import { Text } from "#contracts/ids.ts";

const [wellFormed] = Text._zod.def.checks ?? [];
const noNul = "^[^\\u0000]*$";

/** The OpenAPI 3.1 document of the API, made of the schemas that check it. */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  const add = (path: string, method: string, operation: object) => {
    paths[`${apiRoot}${path}`] = { ...paths[`${apiRoot}${path}`], [method]: operation };
  };
  for (const name of Object.keys(questions) as QuestionName[]) {
    const { path, summary, description, params, answer } = questions[name];
    add(path, "get", {
      operationId: name,
      summary,
      description,
      parameters: parametersOf(params, path),
      responses: { 200: answered(summary, answer), default: problem },
    });
  }
  for (const { path, summary, description, status, ...rest } of commands) {
    const method = rest.method.toLowerCase();
    const body = "body" in rest ? rest.body : undefined;
    const answer = "answer" in rest ? rest.answer : undefined;
    add(path, method, {
      operationId: `${method}${path.replace(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
      summary,
      description,
      parameters: path.includes("{id}") ? [idOf(path)] : [],
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
  "Every answer of a question about the store says how fresh it is, how many rows and bytes were read for it and how long that took; what is read under `/alerts` says all but the bytes. " +
  "Moments are ISO 8601 in UTC, durations milliseconds, shares from 0 to 1, where nothing else is said. " +
  "A request that cannot be answered is told why by problem details (RFC 9457) whose `type` is stable. So is one that never reaches a path: " +
  "a method that the path does not take (405, with `Allow`), a path that is not here (404), address and headers of more than 16 KB together (431), " +
  "a body of more than 64 KB, of the replay of one letter 4 MB (413), and what is no request by HTTP/1.1 (400). HEAD and OPTIONS are answered wherever they make sense. " +
  "A parameter that a path does not know is refused (400), whatever the method.";

const json = (schema: object) => ({ "application/json": { schema } });
const answered = (description: string, answer: z.ZodType | undefined) =>
  answer ? { description, content: json(schemaOf(answer)) } : { description };
const problem = {
  description: "Why it cannot be answered",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const stream = {
  operationId: "stream",
  summary: "Tells each view whenever its answer changes, as server-sent events",
  description:
    "The views are questions of this API, and each is asked once a second however many look at it. An event's `id` says what has been told of every view: who comes back with it in `Last-Event-ID`, asking for the same views in the same order, is told of those alone that have changed meanwhile, as they are now. Without it, or with another, all are told anew. " +
    "A view that is no path of a question is refused (400). One that its question refuses, as for a parameter that it does not know, is told by an event `problem`, as one that the store cannot answer now; the other views are told all the same.",
  parameters: [
    {
      name: "view",
      in: "query",
      description: `Path and query of a GET question, as in /api/v1/sagas?state=failed; repeated for more, ${mostViews} at most. Without any, only the freshness is told.`,
      schema: { type: "array", items: { type: "string" }, maxItems: mostViews, default: [] },
      style: "form",
      explode: true,
    },
    {
      name: "Last-Event-ID",
      in: "header",
      description: "The `id` of the last event that came before the stream broke. A browser sends it by itself.",
      schema: { type: "string" },
    },
  ],
  responses: {
    200: {
      description:
        "Events, for as long as somebody listens. Each event's `data` is JSON; comments between them keep it alive.",
      content: { "text/event-stream": { schema: { oneOf: eventSchemas() } } },
    },
    default: problem,
  },
};

/** An event by its fields, of which `data` is text that holds JSON. Before OpenAPI 3.2 a stream has the schema of each. */
function eventSchemas(): object[] {
  return Object.entries(streamEvents).map(([name, schema]) => {
    const { description, ...content } = schemaOf(schema);
    return {
      type: "object",
      description,
      required: ["event", "data"],
      properties: {
        ...(name === "view" ? { id: { type: "string" } } : {}),
        event: { const: name },
        data: { type: "string", contentMediaType: "application/json", contentSchema: content },
      },
    };
  });
}

function idOf(path: string): object {
  const letter = "`topic:partition:offset` of the letter's first try.";
  const description = path.startsWith("/dead-letters") ? letter : "Its `id` in `/alerts`: a UUID.";
  return { name: "id", in: "path", required: true, description, schema: { type: "string" } };
}

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
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Of what a function checks, this can be said: everywhere that `Text` went into.
      if (!zodSchema._zod.def.checks?.some((check) => check === wellFormed)) return;
      if (jsonSchema.pattern === undefined) jsonSchema.pattern = noNul;
      else jsonSchema.allOf = [...(jsonSchema.allOf ?? []), { pattern: noNul }];
    },
  });
  return JSON.parse(JSON.stringify(rest, (_, value) => (value?.$ref?.startsWith?.("#/$defs/") ? {} : value)));
}
