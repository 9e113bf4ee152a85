import { z } from "zod";
import { type Sql, seconds, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "#store/clickhouse/queries/column-shapes.ts";
import { listAlone } from "#store/clickhouse/queries/listed-sagas.ts";

/** Periods of one width: all sagas that started in one are counted as a whole. */
export interface Periods {
  /** That in which a saga of `saga_list` started. */
  readonly of: Sql;
  /** So many are counted at once. */
  readonly atOnce: number;
  /** Those that are counted: `period`, in seconds since the epoch, `at_ms` when, and of how many `sagas`. */
  readonly counted: Sql;
  /** From here on nothing that was counted of these is believed. */
  takeBack(periods: readonly number[]): Sql;
  /** What counts these, in turn; it bears the moment `at`. */
  count(periods: readonly number[], at: Sql): readonly Sql[];
}

export interface PeriodCounterPorts {
  readonly asker: Asker;
  readonly send: (statement: Sql) => Promise<void>;
  /** A period is counted when none of its sagas has been listed for so long: what changes all the time is not worth it. */
  readonly restMs: number;
  /** That of a clock which never goes back. */
  readonly nowMs: () => number;
}

/** More sagas than these, of several periods, are not counted by one statement: what is listed waits for it. */
const sagasATurn = 500_000;
const lookEveryMs = 600_000;
/** Who counted until now may come to an end with it after somebody else has begun. */
const takenBackForMs = 10_000;
/** As many as one parameter of a statement holds, with room. */
export const namedAtOnce = 5_000;

const Now = z.object({ now: z.string() });
const Period = z
  .object({ period: Count, at_ms: Count, sagas: Count })
  .transform(({ period, at_ms: atMs, sagas }) => ({ period: period * 1000, atMs, sagas }));
type Period = z.output<typeof Period>;

/**
 * Keeps what is counted of periods true to `saga_list`, for the one who writes that. Periods are told by when they begin, ms since the
 * epoch. Of two at once, one may count a period without a saga that the other lists meanwhile: that count is believed until the period
 * is listed of, or looked at, again.
 */
export class PeriodCounter {
  readonly #periods: Periods;
  readonly #ports: PeriodCounterPorts;
  /** Those to be counted, by when one of their sagas was listed last. */
  readonly #restless = new Map<number, number>();
  /** When the counts of some were taken back here: whatever is about to be counted of them is soon older than that. */
  readonly #takenBackMs = new Map<number, number>();
  /** Those that were counted here and have not been seen to be. */
  readonly #sent = new Set<number>();
  /** Those that are not worth it as they are, by when one of their sagas was listed last, ms. */
  readonly #left = new Map<number, number>();
  /** So many are counted at once: fewer, where that was too much for the store. */
  #atOnce: number;
  #lookAtMs = Number.NEGATIVE_INFINITY;

  constructor(periods: Periods, ports: PeriodCounterPorts) {
    this.#periods = periods;
    this.#ports = ports;
    this.#atOnce = periods.atOnce;
  }

  /** Sagas that started within these periods are about to be listed: from here on nothing that was counted of them is believed. */
  async disturb(periods: readonly number[]): Promise<void> {
    const staleMs = this.#ports.nowMs() - takenBackForMs;
    await this.#takeBack(periods.filter((period) => (this.#takenBackMs.get(period) ?? staleMs) <= staleMs));
    for (const period of periods) {
      this.#restless.set(period, this.#ports.nowMs());
      this.#sent.delete(period);
      this.#left.delete(period);
    }
  }

  /** Counts the periods that have come to rest, the newest first; whether more wait than one turn takes. */
  async turn(): Promise<boolean> {
    await this.#look();
    const restedMs = this.#ports.nowMs() - this.#ports.restMs;
    const rested = [...this.#restless].flatMap(([period, listedMs]) => (listedMs <= restedMs ? [period] : []));
    if (rested.length === 0) return false;
    const chosen = await this.#manageable(rested.sort((a, b) => b - a).slice(0, this.#atOnce));
    try {
      await this.#count(chosen);
    } catch (error) {
      // It may have been counted all the same.
      for (const period of chosen) this.#takenBackMs.delete(period);
      this.#atOnce = Math.max(1, Math.floor(chosen.length / 2));
      // One alone that is too much for the store does not hold up the others.
      for (const period of chosen.length === 1 ? chosen : [])
        this.#restless.set(period, this.#ports.nowMs() + lookEveryMs);
      throw error;
    }
    this.#atOnce = Math.min(this.#periods.atOnce, 2 * this.#atOnce);
    for (const period of chosen) {
      this.#takenBackMs.delete(period);
      this.#restless.delete(period);
      this.#sent.add(period);
    }
    return rested.length > chosen.length;
  }

  /** The first of these periods, one at least, that have no more sagas than are counted at once. */
  async #manageable(periods: readonly number[]): Promise<number[]> {
    const { of } = this.#periods;
    const listed = await this.#ports.asker.ask(
      sql`SELECT toUnixTimestamp(${of}) AS period, 0 AS at_ms, count() AS sagas FROM saga_list WHERE ${of} IN ${seconds(periods)} GROUP BY period LIMIT 1000`,
      Period,
    );
    const sagasOf = new Map(listed.map(({ period, sagas }) => [period, sagas]));
    let sum = 0;
    const fit = periods.filter((period) => {
      sum += sagasOf.get(period) ?? 0;
      return sum <= sagasATurn;
    });
    return fit.length > 0 ? fit : periods.slice(0, 1);
  }

  async #count(periods: readonly number[]): Promise<void> {
    const [row] = await this.#ports.asker.ask(sql`SELECT toString(now64(6, 'UTC')) AS now LIMIT 1`, Now);
    if (!row) throw new Error("The store does not tell its time");
    // Before all that is counted is read: so whoever takes it back meanwhile does so later.
    const at = sql`toDateTime64(${string(row.now)}, 6, 'UTC')`;
    for (const statement of this.#periods.count(periods, at)) await this.#ports.send(statement);
  }

  /**
   * Now and then it is looked at whether what was counted is true: not where a saga was listed later by one who does not know of
   * counts, or where the list has forgotten some. What is not counted is at rest as far as is known.
   */
  async #look(): Promise<void> {
    const { asker, nowMs } = this.#ports;
    if (nowMs() < this.#lookAtMs) return;
    const { of } = this.#periods;
    const counted = await asker.ask(sql`${this.#periods.counted} LIMIT 1000000`, Period);
    const listed = await asker.ask(
      sql`SELECT toUnixTimestamp(${of}) AS period, max(toUnixTimestamp64Milli(listed_at)) AS at_ms, count() AS sagas
        FROM ${listAlone} GROUP BY period LIMIT 1000000`,
      Period,
    );
    const ofList = new Map(listed.map((one) => [one.period, one]));
    const isTrue = ({ period, atMs, sagas }: Period) => {
      const own = ofList.get(period);
      return own !== undefined && own.atMs < atMs && own.sagas === sagas;
    };
    await this.#takeBack(counted.filter((one) => !isTrue(one)).map(({ period }) => period));
    const known = new Set(counted.filter(isTrue).map(({ period }) => period));
    for (const { period } of counted) this.#sent.delete(period);
    for (const { period, atMs } of listed) {
      if (known.has(period) || this.#restless.has(period)) continue;
      // It was counted, and there is nothing of it: it was not worth it.
      if (this.#sent.delete(period)) this.#left.set(period, atMs);
      if (this.#left.get(period) !== atMs) this.#restless.set(period, Number.NEGATIVE_INFINITY);
    }
    this.#lookAtMs = nowMs() + lookEveryMs;
  }

  async #takeBack(periods: readonly number[]): Promise<void> {
    for (let from = 0; from < periods.length; from += namedAtOnce) {
      const some = periods.slice(from, from + namedAtOnce);
      await this.#ports.send(this.#periods.takeBack(some));
      for (const period of some) this.#takenBackMs.set(period, this.#ports.nowMs());
    }
  }
}
