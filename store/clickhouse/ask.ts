import { ClickHouseError } from "@clickhouse/client";
import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import type { Sql } from "#lib/sql.ts";
import type { StoreClient } from "./client.ts";
import { listedSagas } from "./queries/listed-sagas.ts";

/** Puts questions to the event store on behalf of one answer, and adds up what they cost. */
export interface Asker {
  /**
   * The rows of `query`, each parsed by `row`.
   * Throws `STORE_DOWN` where the store cannot be reached, `TOO_LARGE` where the question costs more than its limits
   * allow, `STORE_REFUSED` for any other refusal.
   */
  ask<Row extends z.ZodType>(query: Sql, row: Row): Promise<z.output<Row>[]>;
  /** Rows that the store has read so far. */
  rowsRead(): number;
  /** Bytes of them, before compression. */
  bytesRead(): number;
  /** One row a saga, to be read as a table: all that this answer says of sagas is read from it. */
  readonly sagas: Sql;
}

export interface AskOptions {
  /** The store gives a query up after this long. */
  maxSeconds?: number;
  maxMemoryBytes?: number;
  /** What sagas are read from: `listedSagas` where nothing else is given, which is never older than the store. */
  sagas?: Sql;
}

export function createAsker(client: StoreClient, options: AskOptions = {}): Asker {
  let rowsRead = 0;
  let bytesRead = 0;
  const settings = {
    readonly: "2",
    max_execution_time: options.maxSeconds ?? 10,
    max_memory_usage: String(options.maxMemoryBytes ?? 1_500_000_000),
    do_not_merge_across_partitions_select_final: 1,
    // By what is of the tables' order alone: so one saga's columns are read, and not those of all its neighbours.
    optimize_move_to_prewhere_if_final: 1,
    // On a cluster: what is asked within a question is asked of all shards, and a saga of its own alone.
    distributed_product_mode: "global",
    optimize_skip_unused_shards: 1,
    // An error after the first rows still comes as an error.
    wait_end_of_query: 1,
    output_format_json_quote_64bit_integers: 0,
    // Compiling what is asked once costs more than it saves.
    compile_expressions: 0,
    compile_aggregate_expressions: 0,
  } as const;
  return {
    sagas: options.sagas ?? listedSagas,
    rowsRead: () => rowsRead,
    bytesRead: () => bytesRead,
    async ask(query, row) {
      try {
        const answer = await client.query({
          query: query.text,
          query_params: { ...query.params },
          format: "JSON",
          clickhouse_settings: settings,
        });
        const { data, statistics } = await answer.json<unknown>();
        rowsRead += statistics?.rows_read ?? 0;
        bytesRead += statistics?.bytes_read ?? 0;
        return z.array(row).parse(data);
      } catch (error) {
        throw storeError(error);
      }
    },
  };
}

// TIMEOUT_EXCEEDED, TOO_SLOW
const tooSlow = new Set(["159", "160"]);
const tooManyRows = "158";
// With MEMORY_LIMIT_EXCEEDED.
const tooLarge = new Set(["241", tooManyRows]);

const tooManyAtOnce = "202";

/** Whether the store refused a question that would have read more rows than it names as its most. */
export const readsTooManyRows = (error: unknown): boolean =>
  error instanceof SagascopeError && error.cause instanceof ClickHouseError && error.cause.code === tooManyRows;

function storeError(error: unknown): unknown {
  if (error instanceof z.ZodError) {
    return new SagascopeError("INTERNAL", "The event store answered in an unexpected shape.", { cause: error });
  }
  if (!(error instanceof ClickHouseError)) {
    const message = "The event store cannot be reached. Check that ClickHouse runs and CLICKHOUSE_URL is right.";
    return new SagascopeError("STORE_DOWN", message, { cause: error });
  }
  if (tooSlow.has(error.code)) {
    const message =
      "The store did not come to an end in the time allowed. If it is busy, try again; else narrow the range.";
    return new SagascopeError("TOO_LARGE", message, { cause: error });
  }
  if (tooLarge.has(error.code)) {
    const message = "This question reads more than the store allows. Narrow the time range or add a filter.";
    return new SagascopeError("TOO_LARGE", message, { cause: error });
  }
  if (error.code === tooManyAtOnce) {
    return new SagascopeError("STORE_DOWN", "The event store is busy. Try again in a moment.", { cause: error });
  }
  const message = "The event store refused the question. The log of this process says why.";
  return new SagascopeError("STORE_REFUSED", message, { cause: error });
}
