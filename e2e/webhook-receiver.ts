import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { WebhookBody } from "#contracts/api/alerts.ts";

export interface Received {
  readonly id: string;
  readonly body: WebhookBody;
}

export interface WebhookReceiver {
  readonly url: string;
  /** The calls whose signature was right. */
  readonly calls: readonly Received[];
  /** Why calls were refused. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** Receives webhooks on a free port; answers 204 to a right signature and 401 to a wrong one. */
export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const webhook = new Webhook(secret);
  const calls: Received[] = [];
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    try {
      const headers = request.headers as Record<string, string>;
      const body = WebhookBody.parse(webhook.verify(Buffer.concat(chunks).toString(), headers));
      calls.push({ id: headers["webhook-id"] ?? "", body });
      response.writeHead(204).end();
    } catch (error) {
      refused.push(String(error));
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
