import type { SagaSummary } from "#contracts/api/saga.ts";

const first = ["orderId", "customerId", "amount"];
const hidden = new Set(["demo"]);

/** A saga's business labels, the ones that people ask for by phone first; what its id says already is left out. */
export function businessLabels({
  id,
  labels,
}: Pick<SagaSummary, "id" | "labels">): readonly (readonly [string, string])[] {
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  return Object.entries(labels)
    .filter(([key, value]) => !hidden.has(key) && id !== value && !id.endsWith(`-${value}`))
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}
