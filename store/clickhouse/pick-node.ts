/** How a node last did. */
export interface NodeHealth {
  /** When it last could not be reached, ms; undefined where it could, or was not asked yet. */
  readonly failedAtMs: number | undefined;
}

/** For how long a node that could not be reached is left out. */
export const leftOutMs = 5_000;

/**
 * The node to ask, by its index: those that are not left out take turns. Where all are, the one that failed longest ago.
 * Undefined once all were `tried`.
 */
export function pickNode(
  nodes: readonly NodeHealth[],
  { turn, nowMs, tried }: { turn: number; nowMs: number; tried: ReadonlySet<number> },
): number | undefined {
  const inTurn = nodes.map((_, index) => (turn + index) % nodes.length).filter((index) => !tried.has(index));
  const since = (index: number) => nowMs - (nodes[index]?.failedAtMs ?? Number.NEGATIVE_INFINITY);
  const [well] = inTurn.filter((index) => since(index) >= leftOutMs);
  return well ?? inTurn.toSorted((a, b) => since(b) - since(a))[0];
}
