import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { endpoints, kafkaAt, openStack, type Part, startPart, type TestStack } from "#ingest/stack-for-tests.ts";
import type { Admin } from "#lib/kafka.ts";
import { createFlow, type Flow } from "./flow.ts";

/** A topic with a flow into it, a store of its own, and workers between them: something to do harm to. */
export interface World {
  readonly stack: TestStack;
  readonly flow: Flow;
  readonly admin: Admin;
  readonly store: Store;
  /** Those that live. */
  readonly workers: ReadonlySet<Part>;
  /** What the topic's log held and no longer does, by partition. */
  readonly past: Past;
  /** Starts one more worker. */
  join(): Promise<Part>;
  /** Lets one go: as a deployment would, or by kill -9. */
  lose(worker: Part, how: "stop" | "kill"): Promise<void>;
  /** Process id of the broker as of now; whoever started it starts another when it ends. */
  broker(): number;
  close(): Promise<void>;
}

export interface Past {
  /** Messages of earlier logs of that name, all stored. */
  readonly earlier: Map<number, number>;
  /** Messages that retention took before a worker had read them. */
  readonly lost: Map<number, number>;
}

/** The embedded ClickHouse as a process that can be stopped, frozen and started again on the same folder and port. */
export interface Store {
  /** Where its data lies. */
  readonly folder: string;
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

// A worker that was killed is missed sooner than by default, so that more can be done to the others.
export const sessionTimeoutMs = 3_000;

/** `folder` is the world's own; the store's data goes into `folder`/store. */
export async function createWorld(
  env: Record<string, string | undefined>,
  { folder, partitions }: { folder: string; partitions: number },
): Promise<World> {
  const at = endpoints(env);
  const store = await startStore(join(folder, "store"));
  const stack = await openStack(at, { clickhouse: store.url, partitions });
  const kafka = kafkaAt(at.kafka, { retries: 100 });
  const admin = kafka.admin();
  await admin.connect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, metadataMaxAge: 2_000 });
  await producer.connect();
  const workers = new Set<Part>();
  return {
    stack,
    flow: createFlow(producer, stack.topics),
    admin,
    store,
    workers,
    past: { earlier: new Map(), lost: new Map() },
    join: async () => {
      const worker = await startPart("ingest/main.ts", {
        ...stack.env,
        INGEST_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
      });
      workers.add(worker);
      return worker;
    },
    lose: async (worker, how) => {
      workers.delete(worker);
      await worker[how]();
    },
    broker: () => endpoints(env).processes.kafka ?? 0,
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await Promise.all([producer.disconnect(), admin.disconnect(), stack.close()]);
      await store.stop();
    },
  };
}

async function startStore(folder: string): Promise<Store & { readonly url: string; stop(): Promise<unknown> }> {
  await mkdir(folder, { recursive: true });
  const env = { CLICKHOUSE_DATA: folder, CLICKHOUSE_USER: "torture", CLICKHOUSE_PASSWORD: "torture" };
  let server = await startPart("embedded/clickhouse/main.ts", env);
  const { port } = new URL(server.url);
  return {
    folder,
    url: `http://torture:torture@127.0.0.1:${port}`,
    signal: (name) => server.signal(name),
    kill: () => server.kill(),
    restart: async () => {
      server = await startPart("embedded/clickhouse/main.ts", { ...env, PORT: port });
    },
    stop: () => server.stop(),
  };
}
