/** Values with how many sagas each has, the most first; of as many, in the order of their characters. */
export const mostFirst = (
  counts: Iterable<readonly [value: string, sagas: number]>,
): { value: string; sagas: number }[] =>
  [...counts]
    .map(([value, sagas]) => ({ value, sagas }))
    .sort((a, b) => b.sagas - a.sagas || (a.value < b.value ? -1 : 1));
