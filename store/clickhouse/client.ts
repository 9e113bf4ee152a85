import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { type NodeHealth, pickNode } from "./pick-node.ts";
import { splitNodes } from "./server-url.ts";

/** What of ClickHouse's client is used. */
export interface StoreClient
  extends Pick<ClickHouseClient, "query" | "exec" | "insert" | "command" | "ping" | "close"> {
  /** Among how many nodes it has the choice. */
  readonly nodes: number;
}

export interface ClientOptions {
  /** What the store's query log calls us. */
  readonly application?: string;
  /** A request that takes longer fails. */
  readonly timeoutMs?: number;
  /** Of several nodes, to ask always the first that answers: what it was told, another may not know yet. */
  readonly sticky?: boolean;
}

interface Node extends NodeHealth {
  readonly client: ClickHouseClient;
  failedAtMs: number | undefined;
}

/**
 * A client of the event store at `url`: `http://user:password@host:8123/sagascope`, or several by comma, which take turns.
 * A node that cannot be reached is left out for some seconds. A query is asked again of the next; whatever changes
 * something fails, since it may have been carried out, and goes to the next when it is tried again. So the nodes must
 * be those of one cluster: they know each other's tokens.
 */
export function createStoreClient(url: string, options: ClientOptions = {}): StoreClient {
  const nodes = splitNodes(url).map((one): Node => ({ client: connect(one, options), failedAtMs: undefined }));
  let turns = 0;

  async function attempt<T>(work: (client: ClickHouseClient) => Promise<T>, canRepeat: boolean): Promise<T> {
    const turn = options.sticky ? 0 : turns++;
    const tried = new Set<number>();
    let failure: unknown;
    for (;;) {
      const picked = pickNode(nodes, { turn, nowMs: Date.now(), tried });
      const node = picked === undefined ? undefined : nodes[picked];
      if (picked === undefined || !node) throw failure;
      tried.add(picked);
      try {
        const result = await work(node.client);
        node.failedAtMs = undefined;
        return result;
      } catch (error) {
        // What the store itself says no to, every node would.
        if (error instanceof ClickHouseError) throw error;
        node.failedAtMs = Date.now();
        failure = error;
        // A time-out has no code: to wait for each node in turn would be too long.
        if (!canRepeat || !(error instanceof Error && "code" in error)) throw error;
      }
    }
  }

  return {
    nodes: nodes.length,
    query: ((params) => attempt((client) => client.query(params), true)) as StoreClient["query"],
    exec: ((params) => attempt((client) => client.exec(params), false)) as StoreClient["exec"],
    insert: (params) => attempt((client) => client.insert(params), false),
    command: (params) => attempt((client) => client.command(params), false),
    ping: async (params) => {
      const answers = await Promise.all(nodes.map(({ client }) => client.ping(params)));
      return answers.find(({ success }) => success) ?? answers[0] ?? { success: false, error: new Error("No node") };
    },
    close: async () => {
      await Promise.all(nodes.map(({ client }) => client.close()));
    },
  };
}

function connect(url: string, { application = "sagascope", timeoutMs = 30_000 }: ClientOptions): ClickHouseClient {
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
