import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { type About, commonHeaders, encodingFor, sendException, sendResult } from "./answer.ts";
import { type Body, bodyOf, plainBody } from "./decode-body.ts";
import { type ClickHouseException, engineError, exception } from "./exception.ts";
import { execute, type Ports } from "./execute.ts";
import { type Ask, type Credentials, parseRequest } from "./parse-request.ts";
import { type BodyLimits, receiveBody } from "./receive-body.ts";

export type Page = (response: ServerResponse) => void | Promise<void>;

export interface ServerOptions {
  readonly about: About;
  readonly ports: Ports;
  readonly body: BodyLimits;
  /** Who may come in; everyone without it. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** Pages beside the query interface, by path. */
  readonly pages: ReadonlyMap<string, Page>;
  /** Told of errors that are the server's own. */
  readonly onFault: (error: ClickHouseException, queryId: string) => void;
}

/** ClickHouse's HTTP interface over the embedded engine, not yet listening. */
export function createClickHouseServer(options: ServerOptions): Server {
  const server = createServer(
    { keepAliveTimeout: 30_000, requestTimeout: 0, maxHeaderSize: 1 << 20 },
    (request, response) => {
      const path = request.url?.split("?", 1)[0] ?? "/";
      const page = options.pages.get(path);
      if (page !== undefined) return void page(response);
      if (path === "/" || path === "/query") return void answer(request, response, options);
      response.writeHead(404, { "Content-Type": "text/plain; charset=UTF-8" });
      response.end(`There is no handle ${path}\n\nUse / or /ping for health checks.\n`);
    },
  );
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort(exception("QUERY_WAS_CANCELLED", "The client has gone")));
  let headers = commonHeaders(randomUUID(), options.about);
  try {
    const ask = parseRequest({ method: request.method ?? "GET", url: request.url ?? "/", headers: request.headers });
    const queryId = ask.queryId ?? randomUUID();
    headers = commonHeaders(queryId, options.about);
    checkLogin(ask.credentials, options.login);
    if (isIdleProbe(request, ask)) return void response.writeHead(200, headers).end("Ok.\n");
    await runQuery(request, response, { ...options, ask, queryId, headers, signal: gone.signal });
  } catch (thrown) {
    const error = engineError(thrown);
    if (error.code === 1002 && !gone.signal.aborted) options.onFault(error, headers["X-ClickHouse-Query-Id"] ?? "");
    // What is left of the body is not read: the connection cannot carry another request.
    if (!request.complete) headers = { ...headers, Connection: "close" };
    if (response.headersSent) response.destroy();
    else sendException(response, error, { headers, version: `${options.about.version}` });
  }
}

interface Query extends ServerOptions {
  readonly ask: Ask;
  readonly queryId: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

async function runQuery(request: IncomingMessage, response: ServerResponse, query: Query): Promise<void> {
  const { ask, body } = await readForm(request, query.ask);
  const work = await receiveBody(ask.sql, body, query.body);
  try {
    const executed = await execute(ask, work, query);
    const encoding = ask.compression ? encodingFor(request.headers["accept-encoding"]) : undefined;
    try {
      await sendResult(response, executed, { headers: query.headers, encoding });
    } finally {
      if (executed.file !== undefined) await rm(executed.file.path, { force: true });
    }
  } finally {
    if (work.kind === "rows") await work.discard();
  }
}

/** A multipart form's fields count as if they stood in the URL. */
async function readForm(request: IncomingMessage, ask: Ask): Promise<{ ask: Ask; body: Body }> {
  const body = bodyOf(request);
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) return { ask, body };
  const whole = new Response(Readable.toWeb(body.decoded()) as ReadableStream<Uint8Array>, {
    headers: { "content-type": type },
  });
  const fields = [...(await whole.formData())].map(([name, value]) => {
    if (typeof value !== "string") throw exception("NOT_IMPLEMENTED", "External tables are not supported");
    return [name, value] as const;
  });
  const { method = "POST", url = "/", headers } = request;
  return { ask: parseRequest({ method, url, headers }, fields), body: plainBody(Readable.from([])) };
}

/** `GET /` without a query is how load balancers knock. */
function isIdleProbe(request: IncomingMessage, ask: Ask): boolean {
  return request.method !== "POST" && ask.sql === "";
}

function checkLogin({ user, password }: Credentials, login: ServerOptions["login"]): void {
  if (login === undefined) return;
  const isUser = isSame(user ?? "default", login.user);
  const isPassword = isSame(password ?? "", login.password);
  if (isUser && isPassword) return;
  const message = `${user ?? "default"}: Authentication failed: password is incorrect, or there is no user with such name.`;
  throw exception("AUTHENTICATION_FAILED", message);
}

/** Compares in a time that tells nothing of the secret. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
