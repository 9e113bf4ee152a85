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
/** Of an hour in which more sagas are open, to add up costs what to read them costs: it is left as it is. */
const mostWaiting = 1000;
const lookEveryMs = 600_000;
/** Nor one of more kinds. */
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
  #lookAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: HourCounterPorts) {
    this.#ports = ports;
  }

  /** Sagas that started within these hours are about to be listed: from here on nothing that was counted of them is believed. */
  async disturb(hours: readonly number[]): Promise<void> {
    await this.#takeBack(hours.filter((hour) => !this.#takenBack.has(hour)));
    for (const hour of hours) this.#restless.set(hour, this.#ports.nowMs());
  }

  /** Counts the hours that have come to rest, the newest first; whether more wait than one turn takes. */
  async turn(): Promise<boolean> {
    await this.#look();
    const restedMs = this.#ports.nowMs() - this.#ports.restMs;
    const rested = [...this.#restless].flatMap(([hour, listedMs]) => (listedMs <= restedMs ? [hour] : []));
    const chosen = rested.sort((a, b) => b - a).slice(0, hoursATurn);
    if (chosen.length === 0) return false;
    await this.#ports.send(
      sql`INSERT INTO saga_counts (hour, counted_at, holds, ingested_at, facets, sagas, waiting, ${kindColumns}, longest, open)
        SELECT hour, now64(6), 1, max(newest), groupArray(facets), groupArray(counted),
          groupArrayArray(arrayMap(one -> (facets, one.1, one.2, one.3), waits)) AS waiting,
          groupArray(saga_version), groupArray(services), groupArray(versions), groupArray(steps), groupArray(steps_failed),
          groupArray(error_step), groupArray(longest), groupArray(waits)
        FROM (
          SELECT ${hourOf} AS hour, facets, ${kindOfRow}, count() AS counted, max(ingested_at) AS newest, max(toUInt64(${durationMs})) AS longest,
            groupArrayIf(1001)((waits_in, waits_since, waits_until), waits_in != 0) AS waits
          FROM ${listAlone} WHERE ${hourOf} IN ${seconds(chosen)} GROUP BY hour, facets, ${kindColumns})
        GROUP BY hour HAVING length(waiting) <= ${uint32(mostWaiting)} AND count() <= ${uint32(mostKinds)}`,
    );
    for (const hour of chosen) {
      this.#takenBack.delete(hour);
      this.#restless.delete(hour);
    }
    return rested.length > chosen.length;
  }

  /**
   * Now and then it is looked at whether what was counted is true: not where a saga was listed later by one who does not know of
   * counts, or where the list has forgotten some. What is not counted is at rest as far as is known.
   */
  async #look(): Promise<void> {
    const { asker, nowMs } = this.#ports;
    if (nowMs() < this.#lookAtMs) return;
    const counted = await asker.ask(
      sql`SELECT toUnixTimestamp(hour) AS hour, toUnixTimestamp64Milli(toDateTime64(counted_at, 3, 'UTC')) AS at_ms, arraySum(saga_counts.sagas) AS sagas
        FROM saga_counts FINAL WHERE ${holds} LIMIT 1000000`,
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
    for (const hour of ofList.keys())
      if (!known.has(hour) && !this.#restless.has(hour)) this.#restless.set(hour, Number.NEGATIVE_INFINITY);
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
