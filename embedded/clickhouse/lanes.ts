import { exception } from "./exception.ts";

/** A number of places to run at once, with a bounded queue before them. */
export interface Lanes {
  /**
   * Waits for a place and takes it; the answer gives it back, once. Throws TOO_MANY_SIMULTANEOUS_QUERIES when the queue
   * is full or the wait too long, and `signal`'s reason when it aborts first.
   */
  enter(signal: AbortSignal): Promise<() => void>;
  readonly running: number;
  readonly waiting: number;
}

export interface LaneLimits {
  readonly lanes: number;
  readonly queue: number;
  readonly waitMs: number;
}

interface Waiter {
  readonly admit: () => void;
}

/** Lanes are first come, first served. */
export function createLanes({ lanes, queue, waitMs }: LaneLimits): Lanes {
  let running = 0;
  const waiters = new Set<Waiter>();

  function leave(): void {
    running -= 1;
    const [next] = waiters;
    if (next === undefined) return;
    waiters.delete(next);
    next.admit();
  }

  function take(): () => void {
    running += 1;
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      leave();
    };
  }

  function wait(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const stop = (error: unknown) => {
        waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        reject(error);
      };
      const onAbort = () => stop(signal.reason);
      const timer = setTimeout(() => stop(tooMany(`waited ${waitMs} ms for one of ${lanes} lanes`)), waitMs);
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", onAbort);
          resolve(take());
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiters.add(waiter);
    });
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (running < lanes) return take();
      if (waiters.size >= queue)
        throw tooMany(`${running} run and ${waiters.size} wait. Maximum: ${lanes} and ${queue}`);
      return wait(signal);
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiters.size;
    },
  };
}

const tooMany = (detail: string) =>
  exception("TOO_MANY_SIMULTANEOUS_QUERIES", `Too many simultaneous queries: ${detail}.`);
