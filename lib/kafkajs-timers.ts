import { createRequire } from "node:module";

/** The part of kafkajs's queue of requests to one broker that is mended here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  /** ms since the epoch; -1 where the broker asked for no pause. */
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 looks after its waiting requests by a timer that starts itself anew even where none waits and nothing was
 * throttled: then its delay is minus the time of day, which Node makes 1 ms (and warns of), for each connection, for ever.
 */
export function mendTimers(): void {
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/network/requestQueue/index.js") as {
    prototype: RequestQueue;
  };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
