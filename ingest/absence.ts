import { setTimeout as sleep } from "node:timers/promises";
import { isTopicGone, lookAgainMs } from "./kafka-errors.ts";

const firstMs = 100;

/** How long a topic that was read has not been there: the client would look for it ten times a second for ever. */
export class Absence {
  readonly #noticed: () => void;
  readonly #stopping: AbortSignal;
  #looks = 0;

  /** `noticed` is told once, each time that the topic goes. */
  constructor(noticed: () => void, stopping: AbortSignal) {
    this.#noticed = noticed;
    this.#stopping = stopping;
  }

  get isNoticed(): boolean {
    return this.#looks > 0;
  }

  /** The topic is there again. */
  end(): void {
    this.#looks = 0;
  }

  /** Whether the client may begin anew after an error; resolves when it may. */
  async restart(error: unknown): Promise<boolean> {
    if (!isTopicGone(error)) return true;
    if (!this.isNoticed) this.#noticed();
    const waitMs = lookAgainMs(this.#looks++, { firstMs });
    // Whoever has been stopped must not begin again.
    return await sleep(waitMs, true, { signal: this.#stopping }).catch(() => false);
  }
}
