import { z } from "zod";
import { type Sql, seconds, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "#store/clickhouse/queries/column-shapes.ts";
import { holds, hourOf } from "#store/clickhouse/queries/counted-hours.ts";
import { listAlone } from "#store/clickhouse/queries/listed-sagas.ts";
import { durationMs } from "#store/clickhouse/queries/saga-expressions.ts";

export interface HourCounterPorts {
  readonly asker: Asker;
  readonly send: (statement: Sql) => Promise<void>;
  /** An hour is counted when none of its sagas has been listed for so long: what changes all the time is not worth it. */
  readonly restMs: number;
  /** That of a clock which never goes back. */
  readonly nowMs: () => number;
}

const hoursATurn = 24;
/** More sagas than these, of several hours, are not counted by one statement: what is listed waits for it. */
const sagasATurn = 500_000;
/** Of an hour in which more sagas are open, to add up costs what to read them costs: it is left as it is. */
const mostWaiting = 1000;
const lookEveryMs = 600_000;
/** Nor one of so many kinds that to add them up costs what reading its sagas does. */
const fewKinds = 200;
const sagasAKind = 4;
const mostKinds = 10_000;
/** As many as one parameter of a statement holds, with room. */
const namedAtOnce = 5_000;

const Hour = z
  .object({ hour: Count, at_ms: Count, sagas: Count })
  .transform(({ hour, at_ms: atMs, sagas }) => ({ hour: hour * 1000, atMs, sagas }));
type Hour = z.output<typeof Hour>;

/** What kinds are told apart by besides facets. */
const kindColumns = sql`saga_version, services, versions, steps, steps_failed, error_step`;
/** These columns of a row of `saga_list`: what a saga has several of has no order. */
const kindOfRow = sql`saga_version, arraySort(saga_list.services) AS services, arraySort(saga_list.versions) AS versions,
  arraySort(saga_list.steps) AS steps, arraySort(saga_list.steps_failed) AS steps_failed, tupleElement(last_error, 'step') AS error_step`;

/**
 * Keeps `saga_counts` true to `saga_list`, for the one who writes that. Hours are told by when they begin, ms since the epoch. Of two
 * at once, one may count an hour without a saga that the other lists meanwhile: that count is believed until the hour is listed of,
 * or looked at, again.
 */
export class HourCounter {
  readonly #ports: HourCounterPorts;
  /** Those to be counted, by when one of their sagas was listed last. */
  readonly #restless = new Map<number, number>();
  /** Those of them whose counts were taken back here: whatever somebody else is about to count of them is older than that. */
  readonly #takenBack = new Set<number>();
  /** Those that were counted here and have not been seen to be. */
  readonly #sent = new Set<number>();
  /** Those that are not worth it as they are, by when one of their sagas was listed last, ms. */
  readonly #left = new Map<number, number>();
  /** So many are counted at once: fewer, where that was too much for the store. */
  #atOnce = hoursATurn;
  #lookAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: HourCounterPorts) {
    this.#ports = ports;
  }

  /** Sagas that started within these hours are about to be listed: from here on nothing that was counted of them is believed. */
  async disturb(hours: readonly number[]): Promise<void> {
    await this.#takeBack(hours.filter((hour) => !this.#takenBack.has(hour)));
    for (const hour of hours) {
      this.#restless.set(hour, this.#ports.nowMs());
      this.#sent.delete(hour);
      this.#left.delete(hour);
    }
  }

  /** Counts the hours that have come to rest, the newest first; whether more wait than one turn takes. */
  async turn(): Promise<boolean> {
    await this.#look();
    const restedMs = this.#ports.nowMs() - this.#ports.restMs;
    const rested = [...this.#restless].flatMap(([hour, listedMs]) => (listedMs <= restedMs ? [hour] : []));
    if (rested.length === 0) return false;
    const chosen = await this.#manageable(rested.sort((a, b) => b - a).slice(0, this.#atOnce));
    try {
      await this.#count(chosen);
    } catch (error) {
      this.#atOnce = Math.max(1, Math.floor(chosen.length / 2));
      // One alone that is too much for the store does not hold up the others.
      for (const hour of chosen.length === 1 ? chosen : []) this.#restless.set(hour, this.#ports.nowMs() + lookEveryMs);
      throw error;
    }
    this.#atOnce = Math.min(hoursATurn, 2 * this.#atOnce);
    for (const hour of chosen) {
      this.#takenBack.delete(hour);
      this.#restless.delete(hour);
      this.#sent.add(hour);
    }
    return rested.length > chosen.length;
  }

  /** The first of these hours, one at least, that have no more sagas than are counted at once. */
  async #manageable(hours: readonly number[]): Promise<number[]> {
    const listed = await this.#ports.asker.ask(
      sql`SELECT toUnixTimestamp(${hourOf}) AS hour, count() AS sagas FROM saga_list WHERE ${hourOf} IN ${seconds(hours)} GROUP BY hour LIMIT 100`,
      z.object({ hour: Count, sagas: Count }),
    );
    const sagasOf = new Map(listed.map(({ hour, sagas }) => [hour * 1000, sagas]));
    let sum = 0;
    const fit = hours.filter((hour) => {
      sum += sagasOf.get(hour) ?? 0;
      return sum <= sagasATurn;
    });
    return fit.length > 0 ? fit : hours.slice(0, 1);
  }

  async #count(hours: readonly number[]): Promise<void> {
    await this.#ports.send(
      sql`INSERT INTO saga_counts (hour, counted_at, holds, ingested_at, facets, sagas, waiting, ${kindColumns}, longest, open)
        SELECT hour, now64(6), 1, max(newest), groupArray(facets), groupArray(counted),
          groupArrayArray(arrayMap(one -> (facets, one.1, one.2, one.3), waits)) AS waiting,
          groupArray(saga_version), groupArray(services), groupArray(versions), groupArray(steps), groupArray(steps_failed),
          groupArray(error_step), groupArray(longest), groupArray(waits)
        FROM (
          SELECT ${hourOf} AS hour, facets, ${kindOfRow}, count() AS counted, max(ingested_at) AS newest, max(toUInt64(${durationMs})) AS longest,
            groupArrayIf(1001)((waits_in, waits_since, waits_until), waits_in != 0) AS waits
          FROM ${listAlone} WHERE ${hourOf} IN ${seconds(hours)} GROUP BY hour, facets, ${kindColumns})
        GROUP BY hour HAVING length(waiting) <= ${uint32(mostWaiting)} AND count() <= ${uint32(mostKinds)}
          AND (count() <= ${uint32(fewKinds)} OR count() * ${uint32(sagasAKind)} <= sum(counted))
        SETTINGS max_memory_usage = 1000000000`,
    );
  }

  /**
   * Now and then it is looked at whether what was counted is true: not where a saga was listed later by one who does not know of
   * counts, or where the list has forgotten some. What is not counted is at rest as far as is known.
   */
  async #look(): Promise<void> {
    const { asker, nowMs } = this.#ports;
    if (nowMs() < this.#lookAtMs) return;
    // What does not tell kinds apart counts none of them.
    const counted = await asker.ask(
      sql`SELECT toUnixTimestamp(hour) AS hour, toUnixTimestamp64Milli(toDateTime64(counted_at, 3, 'UTC')) AS at_ms, if(${holds}, arraySum(saga_counts.sagas), 0) AS sagas
        FROM saga_counts FINAL WHERE holds LIMIT 1000000`,
      Hour,
    );
    const listed = await asker.ask(
      sql`SELECT toUnixTimestamp(${hourOf}) AS hour, max(toUnixTimestamp64Milli(listed_at)) AS at_ms, count() AS sagas
        FROM ${listAlone} GROUP BY hour LIMIT 1000000`,
      Hour,
    );
    const ofList = new Map(listed.map((one) => [one.hour, one]));
    const isTrue = ({ hour, atMs, sagas }: Hour) => {
      const own = ofList.get(hour);
      return own !== undefined && own.atMs < atMs && own.sagas === sagas;
    };
    await this.#takeBack(counted.filter((one) => !isTrue(one)).map(({ hour }) => hour));
    const known = new Set(counted.filter(isTrue).map(({ hour }) => hour));
    for (const { hour } of counted) this.#sent.delete(hour);
    for (const { hour, atMs } of listed) {
      if (known.has(hour) || this.#restless.has(hour)) continue;
      // It was counted, and there is nothing of it: it was not worth it.
      if (this.#sent.delete(hour)) this.#left.set(hour, atMs);
      if (this.#left.get(hour) !== atMs) this.#restless.set(hour, Number.NEGATIVE_INFINITY);
    }
    this.#lookAtMs = nowMs() + lookEveryMs;
  }

  async #takeBack(hours: readonly number[]): Promise<void> {
    for (let from = 0; from < hours.length; from += namedAtOnce) {
      const some = hours.slice(from, from + namedAtOnce);
      await this.#ports.send(
        sql`INSERT INTO saga_counts (hour, counted_at, holds, ingested_at) SELECT arrayJoin(${seconds(some)}), now64(6), 0, now64(3)`,
      );
      for (const hour of some) this.#takenBack.add(hour);
    }
  }
}
