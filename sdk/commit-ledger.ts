/**
 * Remembers which messages of one partition are under way, and says up to where all are done: only that may be committed,
 * since a commit covers all that lies before it.
 */
export class CommitLedger {
  readonly #open = new Set<bigint>();
  #next: bigint | undefined;
  #committed: bigint | undefined;

  /** A message was handed out; offsets come in rising order. */
  begin(offset: bigint): void {
    this.#open.add(offset);
    this.#next = offset + 1n;
  }

  /** A message is dealt with. */
  finish(offset: bigint): void {
    this.#open.delete(offset);
  }

  /** The offset to commit (the first that must be read again), or undefined where the last one still holds. */
  takeCommit(): bigint | undefined {
    // A Set keeps insertion order, so its first entry is the oldest under way.
    const [oldest = this.#next] = this.#open;
    if (oldest === undefined || oldest === this.#committed) return undefined;
    this.#committed = oldest;
    return oldest;
  }

  /** The commit failed: offer it again. */
  forgetCommit(): void {
    this.#committed = undefined;
  }
}
