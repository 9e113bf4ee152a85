import { z } from "zod";
import { listenSettings } from "#contracts/settings.ts";

const MiB = 1024 * 1024;
const megabytes = (fallback: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .default(fallback)
    .transform((value) => value * MiB);

/** What the embedded ClickHouse is told by its environment. */
export const clickhouseServerSettings = z.object({
  ...listenSettings,
  /** The data folder; it belongs to one process. */
  CLICKHOUSE_DATA: z.string().min(1),
  /** Who may come in, and by which password; without them everyone may. */
  CLICKHOUSE_USER: z.string().min(1).optional(),
  CLICKHOUSE_PASSWORD: z.string().default(""),
  /** Statements that run at once: those that read, and those that write or define. */
  CLICKHOUSE_READ_LANES: z.coerce.number().int().min(1).max(64).default(12),
  CLICKHOUSE_WRITE_LANES: z.coerce.number().int().min(1).max(32).default(4),
  /** Requests that wait for a lane, and for how long, before they are refused with 503. */
  CLICKHOUSE_QUEUE: z.coerce.number().int().min(0).default(512),
  CLICKHOUSE_QUEUE_WAIT_MS: z.coerce.number().int().min(1).default(30_000),
  /** Memory of the engine, of one query, and of one result: a larger result is spooled to disk. */
  CLICKHOUSE_MEMORY_MB: megabytes(1536),
  CLICKHOUSE_QUERY_MEMORY_MB: megabytes(1024),
  CLICKHOUSE_RESULT_MB: megabytes(32),
  /** The largest body of an insert and the largest result, both spooled; other bodies are held in memory and end at 64 MB. */
  CLICKHOUSE_BODY_MB: megabytes(2048),
});
export type ClickHouseServerSettings = z.infer<typeof clickhouseServerSettings>;
