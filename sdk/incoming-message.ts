import type { KafkaMessage } from "kafkajs";
import { textHeaders } from "./context-headers.ts";

/** A message as a handler gets it: header names in lower case, values as text. */
export interface IncomingMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The sender's `messageid`, else the place in the log: the same on each delivery. */
  readonly id: string;
}

/** Kafka's message, with its place. */
export function incomingMessage(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  const headers = textHeaders(message.headers);
  const { messageid } = headers;
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? "",
    value: message.value,
    headers,
    id:
      messageid && messageid.length <= 256 && !messageid.includes("\0")
        ? messageid
        : `${topic}-${partition}-${message.offset}`,
  };
}

/** The most bytes of a value that are read as JSON. */
const maxJsonBytes = 4_000_000;

/** The value as JSON, or why it is none. */
export function readJson({
  value,
}: IncomingMessage): { kind: "json"; json: unknown } | { kind: "bad"; reason: string } {
  if (value === null) return { kind: "bad", reason: "The message has no value" };
  if (value.byteLength > maxJsonBytes)
    return { kind: "bad", reason: `The value has ${value.byteLength} bytes, more than ${maxJsonBytes}` };
  try {
    return { kind: "json", json: JSON.parse(value.toString()) };
  } catch (error) {
    return { kind: "bad", reason: `The value is not JSON: ${(error as Error).message}` };
  }
}
