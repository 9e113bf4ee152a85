import { cutId } from "#components/format.ts";
import type { SagaSummary } from "#contracts/api/saga.ts";

const first = ["orderId", "customerId", "amount"];
const hidden = new Set(["demo"]);
/** Of no meaning without the label's name beside it. */
const isBareNumber = (value: string) => /^-?[\d.,]+$/.test(value);

/**
 * A saga's business labels, the ones that people ask for by phone first, numbers without a unit last; what its id says
 * already is left out.
 */
export function businessLabels({
  id,
  labels,
}: Pick<SagaSummary, "id" | "labels">): readonly (readonly [string, string])[] {
  const rank = (key: string, value: string) =>
    first.includes(key) ? first.indexOf(key) : first.length + Number(isBareNumber(value));
  return Object.entries(labels)
    .filter(([key, value]) => !hidden.has(key) && id !== value && !id.endsWith(`-${value}`))
    .sort(([a, one], [b, other]) => rank(a, one) - rank(b, other) || a.localeCompare(b));
}

/** What a list shows of a label: its value, and its name too where the value alone says nothing. */
export function labelText(key: string, value: string): string {
  const cut = cutId(value, { head: 12, tail: 4 });
  return isBareNumber(value) ? `${key} ${cut}` : cut;
}
