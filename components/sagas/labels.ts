const first = ["orderId", "customerId", "amount"];
const hidden = new Set(["demo"]);

/** A saga's business labels, the ones that people ask for by phone first. */
export function businessLabels(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  return Object.entries(labels)
    .filter(([key]) => !hidden.has(key))
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}
