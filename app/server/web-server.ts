import { createServer, type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { SagascopeError } from "#lib/errors.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { securityHeaders } from "./headers.ts";
import { methodNotAllowed, problemHeaders, problemOf } from "./problem.ts";

/** How long a client has to read what it was told before its connection is cut. */
const lingersMs = 1_000;

/** Why a request is refused, and what its path takes where that is the reason. */
interface Refusal {
  readonly why: SagascopeError;
  readonly allowed?: readonly string[];
}

/**
 * An HTTP server before Next.js. What Next.js cannot take (it fails on TRACE), and what Node.js refuses by itself without
 * a word, is answered here by problem details too.
 */
export function createWebServer(answer: RequestListener): Server {
  /** Connections on which an answer is under way, which another in its midst would garble. */
  const answering = new WeakSet<Duplex>();
  const server = createServer({ requireHostHeader: false, shouldUpgradeCallback: () => false }, (request, response) => {
    answering.add(request.socket);
    response.once("close", () => answering.delete(request.socket));
    const refusal = refusalOf(request);
    if (!refusal) return answer(request, response);
    const { status, headers, body } = written(refusal);
    response.writeHead(status, headers).end(body);
  });
  // What a client expects beside an answer may be left unmet.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("connect", ({ method = "CONNECT", url = "" }: IncomingMessage, socket) => {
    // From here on Node.js looks after neither its errors nor how long it lasts.
    socket.on("error", () => socket.destroy()).resume();
    setTimeout(() => socket.destroy(), lingersMs);
    end(socket, notTaken(method, pathOf(url)));
  });
  server.on("clientError", (error: Unread, socket) => {
    if (answering.has(socket)) socket.destroy();
    else end(socket, refusalOfUnread(error));
  });
  return server;
}

/** What Node.js says of bytes that it could not read as a request. */
interface Unread extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

function refusalOf({ method = "", url = "", httpVersion, headers }: IncomingMessage): Refusal | undefined {
  if (method === "TRACE") return notTaken(method, pathOf(url));
  if (!/^(\/|https?:\/\/)/i.test(url)) {
    return { why: new SagascopeError("BAD_REQUEST", "The address of a request begins with a slash.") };
  }
  if (headers.host === undefined && httpVersion === "1.1") {
    return { why: new SagascopeError("BAD_REQUEST", "The request has no Host header.") };
  }
  return;
}

function refusalOfUnread({ code, rawPacket }: Unread): Refusal {
  if (code === "HPE_HEADER_OVERFLOW") {
    const why = "Address and headers may have 16 KB together: send fewer cookies, or ask for less in one address.";
    return { why: new SagascopeError("HEADERS_TOO_LARGE", why) };
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return { why: new SagascopeError("TOO_SLOW", "Send the whole request at once.") };
  }
  const [, method, target] = /^(\S{1,100}) (\S+) HTTP\/1\.[01]\r?\n/.exec(rawPacket?.toString("latin1") ?? "") ?? [];
  if (code === "HPE_INVALID_METHOD" && method && target) return notTaken(method, pathOf(target));
  return { why: new SagascopeError("BAD_REQUEST", "What came is no request by HTTP/1.1.") };
}

function notTaken(method: string, path: string): Refusal {
  const allowed = allowedMethods(path) ?? ["GET", "HEAD"];
  return { why: methodNotAllowed(method, allowed), allowed };
}

const pathOf = (target: string): string => target.split("?")[0] ?? "";

function written({ why, allowed }: Refusal): { status: number; headers: Record<string, string>; body: string } {
  const problem = problemOf(why);
  const body = JSON.stringify(problem);
  const length = { "content-length": String(Buffer.byteLength(body)) };
  return {
    status: problem.status,
    headers: { ...securityHeaders, ...problemHeaders(problem, allowed), ...length },
    body,
  };
}

/** Where there is no response to write to, but the connection alone. */
function end(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) return void socket.destroy();
  const { status, headers, body } = written(refusal);
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}
