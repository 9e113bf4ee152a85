/**
 * What share of those called different would be called so by chance, were the line drawn at each of these p-values: the
 * q-values of Benjamini and Hochberg, in the order given.
 */
export function qValues(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p);
  const q = new Array<number>(pValues.length).fill(1);
  let least = 1;
  for (const [place, { p, index }] of order.entries()) {
    least = Math.min(least, (p * pValues.length) / (pValues.length - place));
    q[index] = least;
  }
  return q;
}
