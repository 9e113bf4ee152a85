/** Does one thing after the other, or some at once. */
export interface Doing {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** So many things are done at once, the others in the order in which they came. */
export class Slots implements Doing {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const waiting = this.#take();
    if (waiting) await waiting;
    try {
      return await work();
    } finally {
      this.#give();
    }
  }

  /** Waits for a slot before it is decided what to do in it. */
  async turn(): Promise<Turn> {
    await this.#take();
    return new Turn(this, () => this.#give());
  }

  #take(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return undefined;
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

/** How long a turn is held in which nothing is done. */
const idleMs = 1_000;

/**
 * A slot that is held for what is done one after the other. The first failure gives it back, and so does whoever waits for something
 * else; from then on each try waits for one as all others do.
 */
export class Turn implements Doing {
  readonly #slots: Slots;
  #give: (() => void) | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(slots: Slots, give: () => void) {
    this.#slots = slots;
    this.#give = give;
    this.#rest();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#give) return await this.#slots.run(work);
    clearTimeout(this.#idle);
    try {
      const done = await work();
      this.#rest();
      return done;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Gives the slot back, unless that is done. */
  end(): void {
    clearTimeout(this.#idle);
    this.#give?.();
    this.#give = undefined;
  }

  #rest(): void {
    this.#idle = setTimeout(() => this.end(), idleMs).unref();
  }
}
