/** Every part of a running Sagascope, in the order in which a person would name them. */
export const partNames = [
  "kafka",
  "postgres",
  "clickhouse",
  "migrate",
  "collector",
  "ingest",
  "alerts",
  "web",
  "users",
  "orders",
  "payments",
  "inventory",
  "shipping",
  "orchestrator",
  "gateway",
  "load",
] as const;
export type PartName = (typeof partNames)[number];

/** The demo services that have a PostgreSQL database of their own and a route at the gateway. */
export const demoServices = ["users", "orders", "payments", "inventory", "shipping", "orchestrator"] as const;

export interface Part {
  readonly group: "backing" | "product" | "demo";
  /** A service runs until it is stopped; a job runs to its end before what needs it starts. */
  readonly kind: "service" | "job";
  /** What must be ready before it starts, where that is started here too. */
  readonly needs: readonly PartName[];
  /** Path of the program that Node runs; absent where `commands.ts` knows better. */
  readonly program?: string;
  /** Old-space limit of a Node part, in MB. */
  readonly heapMb: number;
  /**
   * Limit of a half of its young generation, in MB: V8's own (16) where absent. A part that takes in much wants less, since
   * V8 counts dead buffers late, and may hold some 80 MB of them more.
   */
  readonly semiSpaceMb?: number;
  /** Where a GET tells that it is ready; absent where something else than HTTP is asked. */
  readonly readyPath?: string;
  readonly stopSignal: "SIGTERM" | "SIGINT";
  /** How long it may take to become ready (or, a job, to end) before the run gives up on it. */
  readonly startLimitMs: number;
}

const service = { kind: "service", readyPath: "/readyz", stopSignal: "SIGTERM", startLimitMs: 120_000 } as const;
const demo = { ...service, group: "demo", heapMb: 128 } as const;

const demoService = (name: (typeof demoServices)[number]): Part => ({
  ...demo,
  needs: ["kafka", "postgres"],
  program: `services-demo/${name}/main.ts`,
});

export const parts: Readonly<Record<PartName, Part>> = {
  kafka: { group: "backing", kind: "service", needs: [], heapMb: 512, stopSignal: "SIGTERM", startLimitMs: 180_000 },
  // SIGINT is PostgreSQL's fast shutdown: SIGTERM would wait until every client has gone.
  postgres: { group: "backing", kind: "service", needs: [], heapMb: 0, stopSignal: "SIGINT", startLimitMs: 120_000 },
  clickhouse: {
    ...service,
    group: "backing",
    needs: [],
    program: "embedded/clickhouse/main.ts",
    heapMb: 512,
    readyPath: "/ping",
  },
  migrate: {
    group: "product",
    kind: "job",
    needs: ["postgres", "clickhouse"],
    program: "store/migrate-main.ts",
    heapMb: 256,
    stopSignal: "SIGTERM",
    startLimitMs: 120_000,
  },
  collector: { ...service, group: "product", needs: ["kafka"], program: "collector/main.ts", heapMb: 192 },
  ingest: {
    ...service,
    group: "product",
    needs: ["kafka", "migrate"],
    program: "ingest/main.ts",
    // What it holds of messages lies outside the heap, which grows into what it is given; the worst that is known takes 80 MB of it.
    heapMb: 112,
    semiSpaceMb: 4,
  },
  // Not /readyz: a secret sealed with another token wants a person, who mends it on the dashboard.
  alerts: {
    ...service,
    group: "product",
    needs: ["migrate"],
    program: "alerts/main.ts",
    heapMb: 128,
    readyPath: "/healthz",
  },
  web: { ...service, group: "product", needs: ["migrate"], program: "app/main.ts", heapMb: 384 },
  users: demoService("users"),
  orders: demoService("orders"),
  payments: demoService("payments"),
  inventory: demoService("inventory"),
  shipping: demoService("shipping"),
  orchestrator: demoService("orchestrator"),
  gateway: { ...demo, needs: [], program: "services-demo/gateway/main.ts" },
  load: {
    ...demo,
    needs: ["gateway", "collector", "ingest", ...demoServices],
    program: "services-demo/load/main.ts",
    heapMb: 384,
  },
};
