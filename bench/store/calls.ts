/** Rows of the made store that calls are made of: each a saga that is there, picked by chance. */
export interface Pick {
  readonly id: string;
  readonly type: string;
  readonly orderId: string;
  readonly customerId: string;
}

/** One kind of question: what it must cost at most (p95, ms), and how one is asked by chance. */
export interface Call {
  readonly name: string;
  readonly barMs: number;
  /** Path and query under `/api/v1`. */
  path(pick: Pick, chance: () => number): string;
  /** How many pages lie before the one that is asked for; without, none. */
  readonly after?: number;
}

const states = ["running", "completed", "compensated", "failed"];
const errors = ["card_declined", "out_of_stock", "carrier_timeout", "bank_down", "address_unknown"];
const services = ["orders", "payments", "inventory", "shipping"];
const steps = ["charge-payment", "reserve-stock", "refund-payment", "book-courier"];

type Chance = () => number;
const oneOf = <Item>(items: readonly Item[], chance: Chance): Item =>
  items[Math.floor(chance() * items.length)] as Item;

/** A filter of the list by one of its facets, with a value by chance. */
const filters: readonly ((pick: Pick, chance: Chance) => [string, string])[] = [
  (_, chance) => ["state", oneOf(states, chance)],
  (pick) => ["type", pick.type],
  (_, chance) => ["error", oneOf(errors, chance)],
  (_, chance) => ["step", oneOf(steps, chance)],
  (_, chance) => ["failedStep", oneOf(steps, chance)],
  () => ["version", "1"],
  (_, chance) => ["service", oneOf(services, chance)],
  (_, chance) => ["serviceVersion", `v1.${Math.floor(chance() * 12)}`],
  () => ["verdict", "inconsistent"],
  (pick) => ["label", `customerId=${pick.customerId}`],
];

const list = (...pairs: readonly (readonly [string, string])[]) =>
  `/sagas?${new URLSearchParams([...pairs.map(([name, value]) => [name, value])])}`;

function pairOf(pick: Pick, chance: Chance): [string, string][] {
  const first = Math.floor(chance() * filters.length);
  const second = (first + 1 + Math.floor(chance() * (filters.length - 1))) % filters.length;
  return [first, second].flatMap((index) => {
    const filter = filters[index];
    return filter ? [filter(pick, chance)] : [];
  });
}

/** Whoever pages far does it by few filters: each has to be paged through first. */
const pagedFilters: readonly (readonly [string, string])[] = [
  ["state", "completed"],
  ["type", "order-fulfilment"],
];

const overLast = (range: string) => ["range", range] as const;
const month = overLast("30d");
const day = overLast("24h");

export const calls: readonly Call[] = [
  { name: "sagas, no filter, 30 days", barMs: 150, path: () => list(month) },
  {
    name: "sagas, one filter, 30 days",
    barMs: 150,
    path: (pick, chance) => list(month, oneOf(filters, chance)(pick, chance)),
  },
  {
    name: "sagas, one filter, page 500, 30 days",
    barMs: 150,
    path: (_, chance) => list(month, oneOf(pagedFilters, chance)),
    after: 499,
  },
  { name: "sagas, two filters, 30 days", barMs: 150, path: (pick, chance) => list(month, ...pairOf(pick, chance)) },
  {
    name: "sagas, longest first, by state, 30 days",
    barMs: 150,
    path: (_, chance) => list(month, ["sort", "duration"], ["state", oneOf(states, chance)]),
  },
  {
    name: "sagas by a label's value, 30 days",
    barMs: 50,
    path: ({ orderId }) => list(month, ["label", `orderId=${orderId}`]),
  },
  { name: "sagas by the beginning of an id", barMs: 50, path: ({ id }) => `/search?q=${id.slice(0, 14)}` },
  { name: "sagas by free text, 30 days", barMs: 300, path: ({ orderId }) => list(month, ["q", orderId]) },
  {
    name: "counts and facets of a filter, 24 hours",
    barMs: 100,
    path: (pick, chance) => list(day, ["limit", "1"], oneOf(filters, chance)(pick, chance)),
  },
  {
    name: "counts and facets of a filter, 30 days",
    barMs: 250,
    path: (pick, chance) => list(month, ["limit", "1"], oneOf(filters, chance)(pick, chance)),
  },
  { name: "open sagas, 30 days", barMs: 100, path: () => list(month, ["state", "running,compensating"]) },
  { name: "overdue sagas, 30 days", barMs: 100, path: () => list(month, ["verdict", "overdue"]) },
  { name: "inconsistent sagas, 30 days", barMs: 100, path: () => list(month, ["verdict", "inconsistent"]) },
  { name: "one saga with its events", barMs: 30, path: ({ id }) => `/sagas/${id}` },
  { name: "its spans", barMs: 100, path: ({ id }) => `/sagas/${id}/traces` },
  { name: "its logs", barMs: 100, path: ({ id }) => `/sagas/${id}/logs` },
  { name: "overview, 24 hours", barMs: 200, path: () => "/overview?range=24h" },
  { name: "latency, 24 hours", barMs: 200, path: () => "/latency?range=24h" },
  { name: "gateway, 24 hours", barMs: 200, path: () => "/gateway?range=24h" },
  { name: "services, 24 hours", barMs: 200, path: () => "/services?range=24h" },
  { name: "map of services, 24 hours", barMs: 200, path: () => "/services/map?range=24h" },
  { name: "traces of a service, 24 hours", barMs: 300, path: () => "/traces?range=24h&service=orders" },
  {
    name: "logs by a word, 24 hours",
    barMs: 300,
    path: (_, chance) => `/logs?range=24h&q=${Math.floor(chance() * 1e6)}`,
  },
  {
    name: "definition graph of a type, 24 hours",
    barMs: 200,
    path: ({ type }) => `/types/${encodeURIComponent(type)}?range=24h`,
  },
  { name: "types, 24 hours", barMs: 200, path: () => "/types?range=24h" },
  { name: "errors, 24 hours", barMs: 200, path: () => "/errors?range=24h" },
  { name: "releases, 24 hours", barMs: 200, path: () => "/releases?range=24h" },
  {
    name: "what differs of the failed, 24 hours",
    barMs: 200,
    path: () => "/sagas/differences?range=24h&state=failed",
  },
  { name: "a saga beside the typical one of its type", barMs: 200, path: ({ id }) => `/sagas/${id}/compare` },
];
