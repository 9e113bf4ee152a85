import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import { ingestLogs, type KnownLog } from "#store/clickhouse/queries/ingest-logs.ts";
import { storedOffsets } from "#store/clickhouse/queries/stored-offsets.ts";
import { type Held, saysWhere } from "./beginning.ts";
import type { Logs, Opened } from "./lane.ts";
import type { Reading } from "./reading.ts";

export interface StoredLogsPorts {
  readonly client: StoreClient;
  readonly log: Logger;
}

/**
 * What the store holds of a topic's partitions, and of which log: the group's offsets can be lost while all else is there,
 * and a topic that was made anew has offsets that are stored already.
 */
export class StoredLogs implements Logs {
  readonly #reading: Pick<Reading, "name" | "topic" | "tables">;
  readonly #ports: StoredLogsPorts;
  readonly #logs = new Map<number, KnownLog>();
  #askingOffsets: Promise<ReadonlyMap<number, bigint>> | undefined;
  #askingLogs: Promise<ReadonlyMap<number, KnownLog>> | undefined;

  constructor(reading: Pick<Reading, "name" | "topic" | "tables">, ports: StoredLogsPorts) {
    this.#reading = reading;
    this.#ports = ports;
  }

  async held({ partition, standing, log, logId }: Opened): Promise<Held | undefined> {
    const isPlain = saysWhere(standing, log);
    if (isPlain && (logId === undefined || this.#logs.get(partition)?.id === logId)) return undefined;
    // Another worker may have noted it meanwhile.
    for (const [each, known] of await this.#ingestLogs()) this.#logs.set(each, known);
    const known = this.#logs.get(partition);
    if (isPlain && known?.id === logId) return undefined;
    const next = (await this.#storedOffsets()).get(partition);
    if (logId !== undefined && known && known.id !== logId) return { next: next ?? 0n, of: "another" };
    if (next === undefined) return undefined;
    if (logId === undefined || !known) return { next, of: "unknown" };
    // This log has not come further than an earlier one had: nobody can tell how far.
    if (next <= known.before) return undefined;
    return { next, of: "same" };
  }

  async note({ partition, standing, log, logId }: Opened, ours: bigint, held: Held | undefined): Promise<void> {
    const before = held && held.next > ours ? held.next : 0n;
    if (!saysWhere(standing, log) || held?.of === "another")
      this.#tell({ partition, standing, log, logId }, ours, held);
    const known = this.#logs.get(partition);
    if (logId === undefined || (known?.id === logId && before <= known.before)) return;
    const row = `[${JSON.stringify(this.#reading.name)},${partition},${JSON.stringify(logId)},${before}]\n`;
    await insertBlock(this.#ports.client, {
      table: "ingest_logs",
      token: `${this.#reading.name}-${partition}-log-${logId}-${before}`,
      body: [Buffer.from(row)],
    });
    this.#logs.set(partition, { id: logId, before });
  }

  #tell({ partition, standing, log }: Opened, at: bigint, held: Held | undefined): void {
    const known = this.#logs.get(partition);
    if (!held && !known && standing.offset === undefined) return;
    const { name: topic } = this.#reading;
    const place = {
      topic,
      partition,
      offset: standing.offset === undefined ? undefined : `${standing.offset}`,
      low: `${log.low}`,
      high: `${log.high}`,
      stored: held && `${held.next - 1n}`,
      at: `${at}`,
    };
    if (held?.of === "another")
      this.#ports.log.error(
        place,
        "The topic was made anew. What its old log held beyond what is stored is lost, and nobody knows how much",
      );
    else this.#ports.log.warn(place, words(standing.offset, held));
  }

  /** Those who ask at the same time ask together. */
  #storedOffsets(): Promise<ReadonlyMap<number, bigint>> {
    const { name, topic, tables } = this.#reading;
    this.#askingOffsets ??= storedOffsets(this.#ports.client, { topic, name }, tables).finally(() => {
      this.#askingOffsets = undefined;
    });
    return this.#askingOffsets;
  }

  #ingestLogs(): Promise<ReadonlyMap<number, KnownLog>> {
    this.#askingLogs ??= ingestLogs(this.#ports.client, this.#reading.name).finally(() => {
      this.#askingLogs = undefined;
    });
    return this.#askingLogs;
  }
}

function words(offset: bigint | undefined, held: Held | undefined): string {
  const what = offset === undefined ? "The group has no offset" : "The group's offset lies beyond the end of the log";
  if (!held) return `${what}, and nobody can tell how much of this log is stored; reading from its beginning`;
  const sure = held.of === "same" ? "" : ". Kafka does not tell whether it is the same log";
  return `${what}; going on by what the store holds${sure}`;
}
