import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { ageSeconds, Lags } from "./lags.ts";

/** Among the rows of which time duplicates are counted. */
export const duplicatesWindow = { name: "1h", ms: 3_600_000 } as const;

/** Among the sagas that changed in which time those are counted that fell apart. */
export const splitsWindow = { name: "1h", ms: 3_600_000 } as const;

/** Among the rows of which time events that are dated wrong are counted. */
export const misdatedWindow = { name: "1h", ms: 3_600_000 } as const;

/** Since when what was lost is told. */
export const lostWindow = { name: "1d", ms: 86_400_000 } as const;

/**
 * What ingest counts. Records in = stored + dead + ignored, summed over topics, whenever nothing is in hand; a message
 * may hold several records.
 */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    messages: new Counter({
      name: "sagascope_ingest_messages_total",
      help: "Messages read and brought to their end, by topic.",
      labelNames: ["topic"],
      registers,
    }),
    bytes: new Counter({
      name: "sagascope_ingest_message_bytes_total",
      help: "Bytes of the values of those messages, as Kafka gave them, by topic.",
      labelNames: ["topic"],
      registers,
    }),
    stored: new Counter({
      name: "sagascope_ingest_rows_stored_total",
      help: "Rows stored, by topic and table.",
      labelNames: ["topic", "table"],
      registers,
    }),
    dead: new Counter({
      name: "sagascope_ingest_dead_letters_total",
      help: "Records put into dead_letters, by topic and reason.",
      labelNames: ["topic", "reason"],
      registers,
    }),
    ignored: new Counter({
      name: "sagascope_ingest_ignored_total",
      help: "Messages that a mapping leaves aside, by topic.",
      labelNames: ["topic"],
      registers,
    }),
    insertSeconds: new Histogram({
      name: "sagascope_ingest_insert_seconds",
      help: "How long an insert took that worked, by table.",
      labelNames: ["table"],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    retries: new Counter({
      name: "sagascope_ingest_retries_total",
      help: "Tries of the store that failed and were repeated, by cause.",
      labelNames: ["cause"],
      registers,
    }),
    ...lossMetrics(registers),
    ...oddityMetrics(registers),
    listed: new Counter({
      name: "sagascope_ingest_listed_changes_total",
      help: "Changes of sagas worked into the list of sagas, by the worker of all that does it.",
      registers,
    }),
    gone: new Gauge({
      name: "sagascope_ingest_topic_gone",
      help: "1 while a topic that this worker read is not there any more, by topic: it is looked for every 30 s in the end.",
      labelNames: ["topic"],
      registers,
    }),
    rollups: rollupMetrics(registers),
    lags: lagMetrics(registers),
  };
}

/** Of what is learned from sagas, slot by slot; one worker of all tells it. */
function rollupMetrics(registers: Registry[]) {
  return {
    slots: new Counter({
      name: "sagascope_rollup_slots_total",
      help: "Slots of sagas that were counted, the same one again each time that a saga of it has changed.",
      registers,
    }),
    seconds: new Counter({
      name: "sagascope_rollup_seconds_total",
      help: "Time spent on counting them.",
      registers,
    }),
    waiting: new Gauge({
      name: "sagascope_rollup_slots_waiting",
      help: "Slots that have changed, may be counted now, and are left for the next turn.",
      labelNames: [],
      registers,
    }),
  };
}

/** What is odd in what is stored. */
function oddityMetrics(registers: Registry[]) {
  return {
    duplicates: new Gauge({
      name: "sagascope_ingest_duplicate_events",
      help: "Saga events stored again within the window, beyond the first of each id, by any worker; one worker of all tells it.",
      labelNames: ["window"],
      registers,
    }),
    splits: new Gauge({
      name: "sagascope_ingest_split_sagas",
      help: "Rows of sagas beyond the first of each saga, of those that changed within the window: their events say different starts; one worker of all tells it.",
      labelNames: ["window"],
      registers,
    }),
    misdated: new Gauge({
      name: "sagascope_ingest_misdated_events",
      help: "Saga events stored within the window by any worker that are dated more than a day ahead of it, or 400 days behind, by direction; one worker of all tells it.",
      labelNames: ["direction", "window"],
      registers,
    }),
  };
}

/** What will never be stored. */
function lossMetrics(registers: Registry[]) {
  return {
    lost: new Counter({
      name: "sagascope_ingest_lost_messages_total",
      help: "Messages that were gone from the topic before they were stored, by partition: table ingest_gaps has them.",
      labelNames: ["topic", "partition"],
      registers,
    }),
    gaps: new Gauge({
      name: "sagascope_ingest_gap_messages",
      help: "Messages in gaps that were noticed within the window, by topic and any worker; one worker of all tells it.",
      labelNames: ["topic", "window"],
      registers,
    }),
    remade: new Gauge({
      name: "sagascope_ingest_remade_partitions",
      help: "Partitions of topics that were made anew within the window; what was unread of the old ones may be lost without a gap.",
      labelNames: ["topic", "window"],
      registers,
    }),
  };
}

/** Gauges of how far each partition that is ours is behind. */
function lagMetrics(registers: Registry[]): Lags {
  const lags = new Lags();
  const labelNames = ["topic", "partition"] as const;
  new Gauge({
    name: "sagascope_ingest_lag_messages",
    help: "Messages in the log and not stored yet, by partition.",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { topic, partition, lag } of lags.all()) this.set({ topic, partition }, lag.messages);
    },
  });
  new Gauge({
    name: "sagascope_ingest_lag_seconds",
    help: "Age of the oldest message not stored yet, by partition; 0 where there is none.",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { topic, partition, lag } of lags.all())
        this.set({ topic, partition }, ageSeconds(lag.sinceMs, Date.now()));
    },
  });
  new Gauge({
    name: "sagascope_ingest_oldest_unflushed_seconds",
    help: "How long the oldest message that was read and not stored yet has been in hand, by partition.",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { topic, partition, lag } of lags.all())
        this.set({ topic, partition }, ageSeconds(lag.heldSinceMs, Date.now()));
    },
  });
  return lags;
}

export type Metrics = ReturnType<typeof createMetrics>;
