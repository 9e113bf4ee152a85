const dayMs = 86_400_000;

/** A `time` further ahead of the moment of storing than this is no clock that is right. */
export const mostAheadMs = dayMs;
/** One that is further behind is a clock that is wrong, or an old event that was sent late. */
export const mostBehindMs = 400 * dayMs;
