import { z } from "zod";
import { moment, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { slotMs } from "#store/clickhouse/rollups/slot.ts";
import { Count } from "./column-shapes.ts";

/** Moments in ms since the epoch, by the store's clock but for the slot, which is the start of its sagas. */
export interface ChangedSlot {
  readonly slotMs: number;
  readonly changedMs: number;
}

export interface ComputedSlot {
  readonly slotMs: number;
  readonly computedMs: number;
}

/** More slots than these are three years of them. */
const mostSlots = 200_000;

/** The slots of which a saga was stored or changed since `sinceMs`, with when the last one was. */
export async function changedSlots(asker: Asker, sinceMs: number): Promise<ChangedSlot[]> {
  const rows = await asker.ask(
    sql`SELECT intDiv(toUnixTimestamp64Milli(started), ${uint32(slotMs)}) AS slot, max(toUnixTimestamp64Milli(ingested_at)) AS changed
      FROM sagas WHERE ingested_at >= ${moment(sinceMs)} GROUP BY slot ORDER BY slot DESC LIMIT ${uint32(mostSlots)}`,
    z.object({ slot: Count, changed: Count }),
  );
  return rows.map(({ slot, changed }) => ({ slotMs: slot * slotMs, changedMs: changed }));
}

/** The slots that were counted by this revision, with when they were last. */
export async function computedSlots(asker: Asker, revision: string): Promise<ComputedSlot[]> {
  const rows = await asker.ask(
    sql`SELECT toUnixTimestamp(slot) AS at, max(toUnixTimestamp64Milli(computed_at)) AS computed
      FROM saga_rollups WHERE saga_type = '' AND fact = 'slot' AND subject = ${string(revision)}
      GROUP BY slot ORDER BY slot DESC LIMIT ${uint32(mostSlots)}`,
    z.object({ at: Count, computed: Count }),
  );
  return rows.map(({ at, computed }) => ({ slotMs: at * 1000, computedMs: computed }));
}
