import { Webhook } from "standardwebhooks";

/** A message as Standard Webhooks sees it. */
export interface Message {
  readonly id: string;
  /** When this attempt is made: receivers refuse what is five minutes off. */
  readonly atMs: number;
  readonly body: string;
}

/** The headers that let a receiver check who sent a message: a signature by each of the secrets. */
export function signatureHeaders(
  { id, atMs, body }: Message,
  secrets: readonly string[],
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(atMs / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, new Date(atMs), body)).join(" "),
  };
}
