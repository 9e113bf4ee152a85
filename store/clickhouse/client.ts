import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";

export type StoreClient = ClickHouseClient;

/**
 * A client of the event store at `url` (`http://user:password@host:8123/sagascope`).
 * `application` is what the store's query log calls us; a request that takes longer than `timeoutMs` fails.
 */
export function createStoreClient(
  url: string,
  { application = "sagascope", timeoutMs = 30_000 }: { application?: string; timeoutMs?: number } = {},
): StoreClient {
  return createClient({
    url,
    application,
    request_timeout: timeoutMs,
    max_open_connections: 16,
    // What fails is thrown, and logged by whoever catches it.
    log: { level: ClickHouseLogLevel.OFF },
    keep_alive: { enabled: true, idle_socket_ttl: 2500 },
  });
}
