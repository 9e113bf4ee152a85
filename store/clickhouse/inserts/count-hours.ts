import { z } from "zod";
import { type Sql, seconds, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "#store/clickhouse/queries/column-shapes.ts";
import { hourOf } from "#store/clickhouse/queries/counted-hours.ts";
import { listAlone } from "#store/clickhouse/queries/listed-sagas.ts";

export interface HourCounterPorts {
  readonly asker: Asker;
  readonly send: (statement: Sql) => Promise<void>;
  /** An hour is counted when none of its sagas has been listed for so long: what changes all the time is not worth it. */
  readonly restMs: number;
  /** That of a clock which never goes back. */
  readonly nowMs: () => number;
}

const hoursATurn = 100;
/** Of an hour in which more sagas are open, to add up costs what to read them costs: it is left as it is. */
const mostWaiting = 1000;

const lookAgainAfterMs = 3_600_000;

const Hour = z
  .object({ hour: Count, at_ms: Count })
  .transform(({ hour, at_ms: atMs }) => ({ hour: hour * 1000, atMs }));
type Hour = z.output<typeof Hour>;

/**
 * Keeps `saga_counts` true to `saga_list`, for the one who writes that. Hours are told by when they begin, ms since
 * the epoch. Two at once may leave a count that has not seen a saga which the other listed meanwhile: the other counts it anew.
 */
export class HourCounter {
  readonly #ports: HourCounterPorts;
  /** Those whose counts hold, and such as were left; undefined until asked for. */
  #counted: Set<number> | undefined;
  #lookAgainMs = 0;
  /** The others, by when one of their sagas was listed last. */
  readonly #restless = new Map<number, number>();

  constructor(ports: HourCounterPorts) {
    this.#ports = ports;
  }

  /** Sagas that started within these hours are about to be listed: from here on nothing that was counted of them is believed. */
  async disturb(hours: readonly number[]): Promise<void> {
    const counted = await this.#known();
    await this.#takeBack(hours.filter((hour) => counted.has(hour)));
    for (const hour of hours) {
      counted.delete(hour);
      this.#restless.set(hour, this.#ports.nowMs());
    }
  }

  /** Counts the hours that have come to rest, the newest first; whether more wait than one turn takes. */
  async turn(): Promise<boolean> {
    const counted = await this.#known();
    const restedMs = this.#ports.nowMs() - this.#ports.restMs;
    const rested = [...this.#restless].flatMap(([hour, listedMs]) => (listedMs <= restedMs ? [hour] : []));
    const chosen = rested.sort((a, b) => b - a).slice(0, hoursATurn);
    if (chosen.length === 0) return false;
    await this.#ports.send(
      sql`INSERT INTO saga_counts (hour, counted_at, holds, ingested_at, facets, sagas, waiting)
        SELECT hour, now64(6), 1, max(newest), groupArray(facets), groupArray(sagas), groupArrayArray(open) AS waiting FROM (
          SELECT ${hourOf} AS hour, facets, count() AS sagas, max(ingested_at) AS newest,
            groupArrayIf((facets, waits_in, waits_since, waits_until), waits_in != 0) AS open
          FROM ${listAlone} WHERE ${hourOf} IN ${seconds(chosen)} GROUP BY hour, facets)
        GROUP BY hour HAVING length(waiting) <= ${uint32(mostWaiting)}`,
    );
    for (const hour of chosen) {
      counted.add(hour);
      this.#restless.delete(hour);
    }
    return rested.length > chosen.length;
  }

  /**
   * What was counted holds where none of its sagas was listed later, by one who does not know of counts, and the list still has them.
   * That is looked at when this begins, and now and then: the list forgets what is due.
   */
  async #known(): Promise<Set<number>> {
    if (this.#counted && this.#ports.nowMs() < this.#lookAgainMs) return this.#counted;
    const { asker, nowMs } = this.#ports;
    const counted = await asker.ask(
      sql`SELECT toUnixTimestamp(hour) AS hour, toUnixTimestamp64Milli(toDateTime64(counted_at, 3, 'UTC')) AS at_ms
        FROM saga_counts FINAL WHERE holds LIMIT 1000000`,
      Hour,
    );
    const listed = await asker.ask(
      sql`SELECT toUnixTimestamp(${hourOf}) AS hour, max(toUnixTimestamp64Milli(listed_at)) AS at_ms
        FROM saga_list GROUP BY hour LIMIT 1000000`,
      Hour,
    );
    const listedMs = new Map(listed.map(({ hour, atMs }) => [hour, atMs]));
    const isTrue = ({ hour, atMs }: Hour) => (listedMs.get(hour) ?? Number.POSITIVE_INFINITY) < atMs;
    await this.#takeBack(counted.filter((one) => !isTrue(one)).map(({ hour }) => hour));
    const known = new Set(counted.filter(isTrue).map(({ hour }) => hour));
    for (const hour of listedMs.keys())
      if (!known.has(hour) && !this.#restless.has(hour)) this.#restless.set(hour, Number.NEGATIVE_INFINITY);
    this.#counted = known;
    this.#lookAgainMs = nowMs() + lookAgainAfterMs;
    return known;
  }

  async #takeBack(hours: readonly number[]): Promise<void> {
    if (hours.length === 0) return;
    await this.#ports.send(
      sql`INSERT INTO saga_counts (hour, counted_at, holds, ingested_at) SELECT arrayJoin(${seconds(hours)}), now64(6), 0, now64(3)`,
    );
  }
}
