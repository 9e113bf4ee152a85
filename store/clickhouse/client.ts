import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";

export type StoreClient = ClickHouseClient;

/**
 * A client of the event store at `url` (`http://user:password@host:8123/sagascope`).
 * `application` is what the store's query log calls us; a request that takes longer than `timeoutMs` fails. Whoever sends
 * much sets `compress`: to compress a body costs less than to hand it through a network and a server as it is.
 */
export function createStoreClient(
  url: string,
  {
    application = "sagascope",
    timeoutMs = 30_000,
    compress = false,
  }: { application?: string; timeoutMs?: number; compress?: boolean } = {},
): StoreClient {
  return createClient({
    url,
    application,
    request_timeout: timeoutMs,
    max_open_connections: 16,
    compression: { request: compress ? { codec: "zstd", level: 1 } : false },
    // What fails is thrown, and logged by whoever catches it.
    log: { level: ClickHouseLogLevel.OFF },
    keep_alive: { enabled: true, idle_socket_ttl: 2500 },
  });
}
