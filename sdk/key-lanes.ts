/**
 * Runs work side by side, at most `width` at once, work of one key in the order it came.
 */
export class KeyLanes {
  readonly #width: number;
  readonly #tails = new Map<string, Promise<void>>();
  #waiting: (() => void)[] = [];
  #size = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Pieces of work under way or waiting for their key. */
  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size >= this.#width;
  }

  /** Takes work; it begins once all earlier work of its key has ended. The work must not reject. */
  run(key: string, work: () => Promise<void>): void {
    this.#size++;
    const before = this.#tails.get(key);
    const mine = (before ? before.then(work) : work()).finally(() => {
      this.#size--;
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
      const woken = this.#waiting;
      this.#waiting = [];
      for (const wake of woken) wake();
    });
    this.#tails.set(key, mine);
  }

  /** Resolves when a piece of work ends, or after `ms`. */
  async nextEnd(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Resolves when nothing is under way, or after `ms`. */
  async drain(ms: number): Promise<boolean> {
    const deadline = Date.now() + ms;
    while (this.#size > 0 && Date.now() < deadline) await this.nextEnd(deadline - Date.now());
    return this.#size === 0;
  }
}
