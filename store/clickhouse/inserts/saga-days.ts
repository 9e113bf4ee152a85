/**
 * Sagas are stored by the day on which they began. One that says it began outside of these moments is stored under the
 * nearest of them: this many days there are, and no more.
 */
export const storedStarts = { fromMs: Date.UTC(2020, 0, 1), toMs: Date.UTC(2040, 0, 1) - 1 } as const;

/** How many days one insert may touch. Each is a part of its own in three tables, whatever the number of its rows. */
export const daysAnInsert = 100;
