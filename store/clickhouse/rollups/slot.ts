/** How long a slot is: sagas are counted together that started within it. */
export const slotMs = 600_000;

/** The beginning of the slot of a moment, both in ms since the epoch. */
export function slotOf(ms: number): number {
  return Math.floor(ms / slotMs) * slotMs;
}
