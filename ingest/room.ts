/** What all topics of a worker may hold together of what is read and not stored. */
export class Room {
  readonly #bytes: number;
  readonly #held = new Map<string, number>();

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A group holds so much from now on, with what it is about to read. */
  hold(groupId: string, bytes: number): void {
    this.#held.set(groupId, bytes);
  }

  /** How much of it is a group's, whatever of that it holds itself; below 0 where the others hold more than there is. */
  leftFor(groupId: string): number {
    let left = this.#bytes;
    for (const [other, bytes] of this.#held) if (other !== groupId) left -= bytes;
    return left;
  }
}
