/** What one look at a block found that the store refuses under a code that nobody knows. */
export interface Look {
  readonly atMs: number;
  /**
   * The places of the rows that the store cannot read, while it reads the others; none where it reads all, and undefined
   * where there is no telling, or it is the store that reads none.
   */
  readonly faulty: readonly number[] | undefined;
}

/** How much it takes until rows are believed to be at fault. */
export interface Proof {
  readonly looks: number;
  readonly forMs: number;
}

/** The rows that are at fault, by the newest looks: so many in a row, over so long, have found these and no others. */
export function provenFaulty(seen: readonly Look[], { looks, forMs }: Proof): readonly number[] | undefined {
  const newest = seen.at(-1);
  if (!newest?.faulty || newest.faulty.length === 0) return undefined;
  const key = String(newest.faulty);
  const alike = seen.slice(seen.findLastIndex(({ faulty }) => String(faulty) !== key) + 1);
  const [oldest = newest] = alike;
  return alike.length >= looks && newest.atMs - oldest.atMs >= forMs ? newest.faulty : undefined;
}

/**
 * Which of `count` rows cannot be read, by asking of all, of halves, and so on; undefined where they are more than `most`,
 * since then it is hardly the rows.
 */
export async function findFaulty(
  count: number,
  { isRead, most }: { isRead: (from: number, to: number) => Promise<boolean>; most: number },
): Promise<readonly number[] | undefined> {
  const faulty: number[] = [];
  const look = async (from: number, to: number): Promise<void> => {
    if (faulty.length > most || (await isRead(from, to))) return;
    if (to - from === 1) {
      faulty.push(from);
      return;
    }
    const middle = Math.ceil((from + to) / 2);
    await look(from, middle);
    await look(middle, to);
  };
  await look(0, count);
  return faulty.length > most ? undefined : faulty;
}
