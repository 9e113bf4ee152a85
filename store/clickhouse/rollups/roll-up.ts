import { z } from "zod";
import { sql } from "#lib/sql.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { changedSlots, computedSlots } from "#store/clickhouse/queries/changed-slots.ts";
import { computeSlot, revision } from "./compute-slot.ts";
import { dueSlots, lateMs, usualRestMs } from "./due-slots.ts";

/** What a turn did, and what is left to do now. */
export interface Turn {
  readonly computed: number;
  readonly sagas: number;
  /** Slots that are due and were not come to. */
  readonly waiting: number;
}

/** Keeps `saga_rollups` up to date, a turn at a time. */
export interface RollUp {
  /** Counts slots that are due until `budgetMs` are over, or `signal` aborts: at least one where any is. */
  turn(budgetMs: number, signal?: AbortSignal): Promise<Turn>;
}

/**
 * What has changed is kept in mind from turn to turn; at first all is looked at. Whoever may not have been the only one to
 * count since the last turn makes a new one. `isAnew` takes nothing for counted; `restMs` is how long a changing slot is left
 * alone.
 */
export function createRollUp(client: StoreClient, { isAnew = false, restMs = usualRestMs } = {}): RollUp {
  const asker = createAsker(client, { maxSeconds: 60 });
  const changed = new Map<number, number>();
  const computed = new Map<number, number>();
  let lookedMs: number | undefined;

  async function look(): Promise<void> {
    const { nowMs } = await storeNow(client);
    if (lookedMs === undefined && !isAnew) {
      for (const { slotMs, computedMs } of await computedSlots(asker, revision)) computed.set(slotMs, computedMs);
    }
    for (const { slotMs, changedMs } of await changedSlots(asker, lookedMs === undefined ? 0 : lookedMs - lateMs)) {
      changed.set(slotMs, changedMs);
    }
    lookedMs = nowMs;
    for (const [slotMs, changedMs] of changed) {
      if ((computed.get(slotMs) ?? 0) >= changedMs + lateMs) changed.delete(slotMs);
    }
  }

  return {
    async turn(budgetMs, signal) {
      await look();
      const due = dueSlots(
        [...changed].map(([slotMs, changedMs]) => ({ slotMs, changedMs })),
        computed,
        { nowMs: lookedMs ?? 0, restMs },
      );
      const beganMs = performance.now();
      let sagas = 0;
      let done = 0;
      for (const slot of due) {
        if (done > 0 && (performance.now() - beganMs >= budgetMs || signal?.aborted)) break;
        const { nowMs, now } = await storeNow(client);
        sagas += await computeSlot(client, { slot, computedAt: now });
        computed.set(slot, nowMs);
        done += 1;
      }
      return { computed: done, sagas, waiting: due.length - done };
    },
  };
}

/** The store's clock: what a slot is compared with is stored by it. */
async function storeNow(client: StoreClient): Promise<{ nowMs: number; now: string }> {
  const [row] = await createAsker(client).ask(
    sql`SELECT toString(now64(6, 'UTC')) AS now, toUnixTimestamp64Milli(now64(3)) AS ms LIMIT 1`,
    z.object({ now: z.string(), ms: z.number() }),
  );
  if (!row) throw new Error("The store does not tell its time");
  return { nowMs: row.ms, now: row.now };
}
