import { z } from "zod";
import { moment, type Sql, seconds, sql, string, uint32 } from "#lib/sql.ts";
import { type Asker, createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { Count } from "#store/clickhouse/queries/column-shapes.ts";
import { listColumns, listOf } from "#store/clickhouse/queries/listed-sagas.ts";
import { quarterOf } from "#store/clickhouse/queries/timed-quarters.ts";
import { countedHours } from "./count-hours.ts";
import { countedQuarters } from "./count-quarters.ts";
import { namedAtOnce, PeriodCounter } from "./period-counter.ts";

/** What a turn of listing came to. */
export interface Listed {
  /** Changes that were listed. */
  readonly changes: number;
  /** Whether more wait than one turn takes. */
  readonly more: boolean;
}

/** How late a change may show, where the store hangs: a second that has grown since it was listed is listed again. */
const lateS = 600;
/** Changes are kept for a week; a list that is further behind than this looks in `sagas` for what it may have missed. */
const forgottenS = 86_400;
const mostChanges = 50_000;

/** Changes of so many ms before the last look are listed with those since: what an insert shows late is among them. */
const overlapMs = 1000;

const Second = z.object({ second: Count, changes: Count });
type Second = z.infer<typeof Second>;
const Progress = z.object({ upto_s: Count, latest_ms: Count, now_ms: Count });
type Progress = z.infer<typeof Progress>;

/**
 * Keeps `saga_list` true to `sagas`. What has just changed is listed at once; when it has settled, it is listed for good, by
 * whole seconds. Of all workers one need do this; two do no harm.
 */
export class SagaLister {
  readonly #client: StoreClient;
  readonly #asker: Asker;
  /** How many changes each of the last seconds had when it was listed here; whoever listed before may have been cut short. */
  readonly #counted = new Map<number, number>();
  #hasBegun = false;

  readonly #settledS: number;
  readonly #hours: PeriodCounter;
  readonly #quarters: PeriodCounter;

  /**
   * A change is listed for good once it is `settledS` seconds old: an insert's tables do not show it at the same moment, and what
   * shows in `saga_changes` before it shows in `sagas` would be missed.
   */
  constructor(client: StoreClient, { settledS = 5, restMs = 30_000 } = {}) {
    this.#client = client;
    this.#settledS = settledS;
    this.#asker = createAsker(client, { maxSeconds: 60 });
    const send = (statement: Sql) => this.#send(statement);
    const ports = { asker: this.#asker, send, restMs, nowMs: () => performance.now() };
    this.#hours = new PeriodCounter(countedHours, ports);
    this.#quarters = new PeriodCounter(countedQuarters, ports);
  }

  /** Lists what has changed since the last look. Throws where the store cannot do it; can be repeated. */
  async look(): Promise<Listed> {
    const { upto_s: upto, latest_ms: latestMs, now_ms: nowMs } = await this.#progress();
    const within = sql`at >= ${moment(Math.max(upto * 1000, latestMs - overlapMs))} AND at < ${moment(nowMs)}`;
    const [since = { changes: 0, unseen: 0 }] = await this.#asker.ask(
      sql`SELECT count() AS changes, countIf(at >= ${moment(latestMs)}) AS unseen FROM saga_changes WHERE ${within} LIMIT 1`,
      z.object({ changes: Count, unseen: Count }),
    );
    if (since.unseen === 0) return { changes: 0, more: false };
    if (since.changes > mostChanges) return { changes: 0, more: true };
    await this.#list(within);
    await this.#note("latest", nowMs);
    return { changes: since.changes, more: false };
  }

  /** Lists for good the oldest changes that wait, and such as came late. Throws where the store cannot do it; can be repeated. */
  async turn(): Promise<Listed> {
    const { upto_s: upto, now_ms: nowMs } = await this.#progress();
    const now = Math.floor(nowMs / 1000);
    if (!this.#hasBegun) await this.#remember({ upto, now });
    const before = await this.#seconds({ from: upto - lateS, to: upto });
    const late = first(before.filter(({ second, changes }) => this.#counted.get(second) !== changes));
    const waiting = await this.#seconds({ from: upto, to: now - this.#settledS });
    const fresh = first(waiting);
    const chosen = [...late, ...fresh];
    await this.#listSeconds(chosen.map(({ second }) => second));
    const listed = fresh.length < waiting.length ? (fresh.at(-1)?.second ?? upto) + 1 : now - this.#settledS;
    await this.#note("changes", listed * 1000);
    for (const { second, changes } of chosen) this.#counted.set(second, changes);
    for (const second of this.#counted.keys()) if (second < upto - 2 * lateS) this.#counted.delete(second);
    return { changes: sumOf(chosen), more: fresh.length < waiting.length };
  }

  /** Counts the sagas of hours and of quarters that have come to rest; whether more wait. Throws where the store cannot do it; can be repeated. */
  async count(): Promise<boolean> {
    const [hours, quarters] = [await this.#hours.turn(), await this.#quarters.turn()];
    return hours || quarters;
  }

  async #progress(): Promise<Progress> {
    const [row] = await this.#asker.ask(progress, Progress);
    return row ?? { upto_s: 0, latest_ms: 0, now_ms: 0 };
  }

  async #seconds({ from, to }: { from: number; to: number }): Promise<Second[]> {
    if (to <= from) return [];
    return await this.#asker.ask(
      sql`SELECT toUnixTimestamp(at) AS second, count() AS changes FROM saga_changes
        WHERE at >= toDateTime64(${uint32(Math.max(0, from))}, 3, 'UTC') AND at < toDateTime64(${uint32(to)}, 3, 'UTC')
        GROUP BY second ORDER BY second LIMIT 10000`,
      Second,
    );
  }

  async #remember({ upto, now }: { upto: number; now: number }): Promise<void> {
    if (upto > 0 && now - upto > forgottenS) {
      await this.#send(sql`INSERT INTO saga_changes (at, started) SELECT now64(3), started FROM sagas
        WHERE ingested_at >= toDateTime64(${uint32(upto - lateS)}, 3, 'UTC') GROUP BY started`);
    }
    this.#hasBegun = true;
  }

  async #listSeconds(seconds: readonly number[]): Promise<void> {
    if (seconds.length === 0) return;
    const array = { type: "Array(UInt32)", value: seconds };
    const [from, to] = [Math.min(...seconds), Math.max(...seconds)];
    await this.#list(
      sql`at >= toDateTime64(${uint32(from)}, 3, 'UTC') AND at < toDateTime64(${uint32(to + 1)}, 3, 'UTC') AND toUnixTimestamp(at) IN ${array}`,
    );
  }

  /** Lists the sagas of these changes as they are now. */
  async #list(changes: Sql): Promise<void> {
    const starts = sql`SELECT started FROM saga_changes WHERE ${changes}`;
    const rows = await this.#asker.ask(
      sql`SELECT DISTINCT toUnixTimestamp(${quarterOf(sql`started`)}) AS quarter FROM (${starts}) LIMIT 1000000`,
      z.object({ quarter: Count }),
    );
    const quarters = rows.map(({ quarter }) => quarter * 1000);
    const hours = [...new Set(quarters.map((ms) => ms - (ms % 3_600_000)))];
    await this.#hours.disturb(hours);
    await this.#quarters.disturb(quarters);
    for (let from = 0; from < quarters.length; from += namedAtOnce) {
      // A change that shows only now is not among these quarters, and is listed the next time.
      const some = sql`${quarterOf(sql`started`)} IN ${seconds(quarters.slice(from, from + namedAtOnce))}`;
      const changed = sql`sagas FINAL WHERE started IN (${starts}) AND ${some}`;
      await this.#send(
        sql`INSERT INTO saga_list (${listColumns}, listed_at) SELECT *, now64(3) AS listed_at FROM (${listOf(changed)})`,
      );
    }
  }

  /** All before this moment is listed: `changes` for good. */
  async #note(name: "changes" | "latest", beforeMs: number): Promise<void> {
    await this.#send(sql`INSERT INTO saga_listed SELECT ${string(name)}, ${moment(beforeMs)}`);
  }

  async #send({ text, params }: Sql): Promise<void> {
    await this.#client.command({
      query: text,
      query_params: { ...params },
      clickhouse_settings: {
        do_not_merge_across_partitions_select_final: 1,
        // A wrong clock may date sagas to any day that there is.
        max_partitions_per_insert_block: "0",
        max_threads: 1,
        async_insert: 0,
        wait_end_of_query: 1,
        // It ends before whoever waits for it gives up, and would do it again beside it.
        max_execution_time: 25,
        // What is counted is what was listed: on a cluster, at once on every shard, and read where it has arrived.
        distributed_foreground_insert: 1,
        // By what each row says, and not by where it was read.
        parallel_distributed_insert_select: "0",
        distributed_product_mode: "global",
        max_replica_delay_for_distributed_queries: "10",
        fallback_to_stale_replicas_for_distributed_queries: 0,
      },
    });
  }
}

const progress = sql`SELECT toUnixTimestamp(maxIf(upto, name = 'changes')) AS upto_s,
    toUnixTimestamp64Milli(maxIf(upto, name = 'latest')) AS latest_ms, toUnixTimestamp64Milli(now64(3)) AS now_ms
  FROM saga_listed LIMIT 1`;

const sumOf = (seconds: readonly Second[]) => seconds.reduce((sum, { changes }) => sum + changes, 0);

/** As many of them, from the oldest on, as one turn takes; one at least. */
function first(seconds: readonly Second[]): Second[] {
  let sum = 0;
  const end = seconds.findIndex(({ changes }) => {
    sum += changes;
    return sum > mostChanges;
  });
  return seconds.slice(0, end < 0 ? seconds.length : Math.max(1, end));
}
