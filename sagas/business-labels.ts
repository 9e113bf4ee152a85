import type { SagaSummary } from "#contracts/api/saga.ts";
import { compareText } from "./distinct-events.ts";

/** Keys of the labels that people ask for by phone. */
export const firstLabels: readonly string[] = ["orderId", "customerId", "amount"];
/** Keys of those that a list leaves out. */
export const hiddenLabels: readonly string[] = ["demo"];

/** Of no meaning without the label's name beside it. */
export const isBareNumber = (value: string) => /^-?[0-9.,]+$/.test(value);

/**
 * A saga's business labels, the ones that people ask for by phone first, numbers without a unit last; what its id says
 * already is left out.
 */
export function businessLabels({
  id,
  labels,
}: Pick<SagaSummary, "id" | "labels">): readonly (readonly [string, string])[] {
  const rank = (key: string, value: string) => {
    const first = firstLabels.indexOf(key);
    return first >= 0 ? first : firstLabels.length + Number(isBareNumber(value));
  };
  return Object.entries(labels)
    .filter(([key, value]) => !hiddenLabels.includes(key) && id !== value && !id.endsWith(`-${value}`))
    .sort(([a, one], [b, other]) => rank(a, one) - rank(b, other) || compareText(a, b));
}
