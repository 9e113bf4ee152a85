import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@clickhouse/client";
import type { z } from "zod";
import { SagaDetail } from "#contracts/api/saga.ts";
import { Endpoints } from "#contracts/endpoints.ts";

const endpointsFile = process.env.SAGASCOPE_ENDPOINTS;
if (!endpointsFile) throw new Error("SAGASCOPE_ENDPOINTS is not set: name a running stack's endpoints.json");

/** Where the stack under test is, as of now: a restarted part may have another process id. */
export const endpoints = (): Endpoints => Endpoints.parse(JSON.parse(readFileSync(endpointsFile, "utf8")));

/** Asks until `look` gives something, at most `forMs`; then fails with what was awaited. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  forMs = 30_000,
): Promise<T> {
  const untilMs = Date.now() + forMs;
  let last: unknown;
  while (Date.now() < untilMs) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(`Not within ${forMs / 1000} s: ${what}`, { cause: last });
}

/** Asks the product's API; throws on any other answer than 2xx. */
export async function ask<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  const { web, token } = endpoints();
  const answer = await fetch(`${web}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return schema.parse(await answer.json());
}

/** Tells the product's API something; the answer as it is. */
export function tell(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<Response> {
  const { web, token } = endpoints();
  return fetch(`${web}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export interface Placed {
  readonly orderId: string;
  readonly sagaId: string;
}

/** Places an order through the gateway, with what the demo's services are told to let go wrong. */
export async function placeOrder(
  demo: Record<string, unknown>,
  { mode = "choreography", customerId = "c-7" }: { mode?: "choreography" | "orchestration"; customerId?: string } = {},
): Promise<Placed> {
  const { gateway } = endpoints();
  const answer = await fetch(`${gateway}/orders/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      customerId,
      items: [{ sku: "lamp-oak", quantity: 1 }],
      amount: { value: 99.99, currency: "EUR" },
      mode,
      demo,
    }),
  });
  if (answer.status !== 202) throw new Error(`The gateway answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Placed;
}

/** The saga once it is in one of the states. */
export const sagaIn = (sagaId: string, states: readonly SagaDetail["state"][], forMs?: number): Promise<SagaDetail> =>
  eventually(
    `${sagaId} is ${states.join(" or ")}`,
    async () => {
      const saga = await ask(`/sagas/${sagaId}`, SagaDetail);
      return states.includes(saga.state) && saga;
    },
    forMs,
  );

/** A client of the stack's own store, for what the API does not tell. */
export const openStore = () => createClient({ url: endpoints().clickhouse });

/** One row of numbers; a count beyond 2^53 would be told wrong. */
export async function numbers<K extends string>(query: string): Promise<Record<K, number>> {
  const store = openStore();
  try {
    const answer = await store.query({ query, format: "JSONEachRow" });
    const [row = {}] = await answer.json<Record<string, unknown>>();
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Record<K, number>;
  } finally {
    await store.close();
  }
}

/** kill -9 of a part, by its id; resolves once the launcher has put another in its place. */
export async function killPart(part: string): Promise<void> {
  const before = endpoints().processes[part];
  if (!before) throw new Error(`No ${part} is running`);
  process.kill(before, "SIGKILL");
  await eventually(
    `${part} runs again`,
    async () => {
      const now = endpoints().processes[part];
      return now !== undefined && now !== before;
    },
    60_000,
  );
}
