import { zstdDecompressSync } from "node:zlib";
import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import { insertedColumns } from "#store/clickhouse/inserts/tables.ts";
import { type Message, plainMessage } from "./message.ts";
import { readNative } from "./native/testing.ts";
import type { TableRows } from "./table-rows.ts";

/** A message for tests; a string value stands for its UTF-8 bytes. */
export function message(value: string | Buffer | null, more: Partial<Message> = {}): Message {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  const parts = {
    topic: "saga.events",
    partition: 1,
    offset: 7n,
    key: Buffer.from("key"),
    value: bytes,
    timeMs: 1_770_000_000_000,
    headers: {},
    ...more,
  };
  return { ...plainMessage(parts), ...(more.bytes === undefined ? {} : { bytes: more.bytes }) };
}

/** A saga event as a producer writes it. */
export function event(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: "1.0",
    id: "event-1",
    source: "/services/payments",
    type: "saga.step.completed",
    correlationid: "order-1",
    time: "2026-01-02T03:04:05.123456789Z",
    sagatype: "order-fulfilment",
    sagaversion: "3",
    sagastarted: "2026-01-02T03:04:04.5Z",
    data: { step: "charge-payment" },
    ...more,
  };
}

export const neverAborted = new AbortController().signal;

/** What a body holds, uncompressed. */
export const bytesOf = (body: Block["body"]): Buffer =>
  Buffer.concat("packed" in body ? body.packed.map((piece) => zstdDecompressSync(piece)) : body);

/** The rows of all tables, each as its line. */
export function lines(tables: readonly TableRows[]): string[] {
  return tables.flatMap(({ table, format, body }) => {
    const bytes = bytesOf(body());
    if (format === "Native")
      return readNative(bytes).map((row) => lineOf(insertedColumns[table].map((name) => row[name])));
    return bytes.length === 0 ? [] : bytes.toString().trimEnd().split("\n");
  });
}

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** With numbers of more digits than a number of JavaScript has. */
const lineOf = (values: readonly unknown[]): string =>
  JSON.stringify(
    values.map((value) => (typeof value === "string" && /^\d{16,20}$/.test(value) ? rawJSON(value) : value)),
  );
