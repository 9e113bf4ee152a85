import { createServer, type IncomingMessage, type Server } from "node:http";
import { Webhook } from "standardwebhooks";
import { WebhookBody } from "#contracts/api/alerts.ts";
import { messageOf } from "#lib/errors.ts";

/** A call that came in. */
export interface Call {
  readonly id: string;
  /** Undefined where the signature is right. */
  readonly refusal: string | undefined;
  /** Undefined where it is not a message of ours. */
  readonly message: WebhookBody | undefined;
}

const mostBytes = 1024 * 1024;

/**
 * A server that checks the signature of what is posted to it and tells `heard`: 204 to a right one, 401 to a wrong one.
 * `secret` is asked for anew where a signature is wrong, since it may have been changed.
 */
export function createSink({
  secret,
  heard,
}: {
  secret: (again: boolean) => Promise<string>;
  heard: (call: Call) => void;
}): Server {
  return createServer(async (request, response) => {
    try {
      if (request.method !== "POST") {
        response.writeHead(405, { allow: "POST" }).end("POST webhooks here\n");
        return;
      }
      const text = await readText(request);
      if (text === undefined) {
        response.writeHead(413, { connection: "close" }).end();
        return;
      }
      const headers = request.headers as Record<string, string>;
      let refusal = refusalOf(text, headers, await secret(false));
      if (refusal !== undefined) refusal = refusalOf(text, headers, await secret(true));
      heard({ id: headers["webhook-id"] ?? "none", refusal, message: readMessage(text) });
      response.writeHead(refusal === undefined ? 204 : 401).end();
    } catch (error) {
      response.writeHead(500).end(`${messageOf(error)}\n`);
    }
  });
}

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refusalOf(text: string, headers: Record<string, string>, secret: string): string | undefined {
  try {
    new Webhook(secret).verify(text, headers, { jsonParse: false });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function readMessage(text: string): WebhookBody | undefined {
  try {
    return WebhookBody.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
