import type { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import { problemResponse } from "./problem.ts";

const usualBytes = 64 * 1024;

/** Does `work` and answers with what it gives as JSON, without a body where it gives nothing; else with its problem. */
export async function commandResponse(work: () => Promise<object | undefined>, status = 200): Promise<Response> {
  const headers = { "cache-control": "no-store" };
  try {
    const answer = await work();
    return answer === undefined
      ? new Response(null, { status: 204, headers })
      : Response.json(answer, { status, headers });
  } catch (error) {
    return problemResponse(error);
  }
}

/** The JSON body of a request; throws `BAD_REQUEST` with what is wrong where, or `BODY_TOO_LARGE`. */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  mostBytes = usualBytes,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parseJson(await readText(request, mostBytes)));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}.`);
  throw new SagascopeError("BAD_REQUEST", lines.join(" "));
}

async function readText(request: Request, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new SagascopeError("BODY_TOO_LARGE", `Send at most ${mostBytes / 1024} KB.`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new SagascopeError("BAD_REQUEST", "body: is not UTF-8.", { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SagascopeError("BAD_REQUEST", "body: is not JSON.", { cause });
  }
}
