/**
 * How long what an event tells waits at most on its way to a page, ms, one after the other, while ingest and the store keep up: what
 * is certain by an event is shown within the sum.
 */
export const waitsMs = {
  /** For a chunk to be cut, from its first event on. */
  chunk: 300,
  /** To be listed: a list that is further behind is not read alone. */
  list: 2500,
  /** For an answer to look again how far behind the list is. */
  lag: 1000,
  /** For a live page to ask again. */
  page: 1000,
} as const;

const caughtUpMs = 1_500;

/**
 * Whether a list is too far behind to be read alone. One that was is so until it is clearly nearer: what was seen to be there
 * must not go away again with each look.
 */
export const isListBehind = (lagMs: number, was: boolean): boolean => lagMs >= (was ? caughtUpMs : waitsMs.list);
