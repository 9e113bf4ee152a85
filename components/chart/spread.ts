/** Moves labels apart so that none is nearer than `gap` to the next, none leaves 0..`height`, and their order stays. */
export function spread(wanted: readonly number[], { gap, height }: { gap: number; height: number }): readonly number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = order.map((index) => wanted[index] ?? 0);
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i] ?? 0, (placed[i - 1] ?? 0) + gap);
  let limit = height;
  for (let i = placed.length - 1; i >= 0; i--) {
    placed[i] = Math.min(placed[i] ?? 0, limit);
    limit = (placed[i] ?? 0) - gap;
  }
  const result = new Array<number>(wanted.length).fill(0);
  order.forEach((index, place) => {
    result[index] = placed[place] ?? 0;
  });
  return result;
}
