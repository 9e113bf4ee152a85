import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { WebhookBody } from "#contracts/api/alerts.ts";

export interface Call {
  readonly id: string;
  /** What its time says, ms. */
  readonly atMs: number;
  /** Whether the signature is the one of that id, time and body. */
  readonly signed: boolean;
  readonly message: WebhookBody;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Answers only once this is done. */
  readonly after?: Promise<unknown>;
}

export interface Receiver {
  readonly url: string;
  readonly calls: Call[];
  /** What it answers from now on; `undefined` leaves the caller without an answer. */
  answer: (call: Call) => Answer | undefined;
  close(): Promise<void>;
}

/** A webhook's receiver on a free port, which answers 204 until it is told otherwise. Its clock may be any. */
export async function startReceiver(secret: string): Promise<Receiver> {
  const webhook = new Webhook(secret);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const headers = request.headers as Record<string, string>;
    const id = headers["webhook-id"] ?? "";
    const atMs = Number(headers["webhook-timestamp"]) * 1000;
    const signed = (headers["webhook-signature"] ?? "").split(" ").includes(webhook.sign(id, new Date(atMs), body));
    const call = { id, atMs, signed, message: WebhookBody.parse(JSON.parse(body)) };
    receiver.calls.push(call);
    const answer = receiver.answer(call);
    await answer?.after;
    if (answer) response.writeHead(answer.status, answer.headers).end("thanks");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    calls: [],
    answer: () => ({ status: 204 }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
