import type { KafkaAccess } from "#app/server/kafka.ts";
import type { Limits } from "#sagas/outlook/limits.ts";
import type { Asker } from "#store/clickhouse/ask.ts";

/** What every answer is made with: a way to ask the store, and the moment it is for. */
export interface Answering {
  readonly asker: Asker;
  readonly nowMs: number;
  /** How long sagas wait at most, as learned. */
  readonly limits: Limits;
  /** Services whose SERVER spans are gateway traffic. */
  readonly gateways: readonly string[];
  /** The topics of saga events and of spans. */
  readonly topics: { readonly events: string; readonly spans: string };
  /** Kafka, as far as we are told where it is. */
  readonly kafka: KafkaAccess | undefined;
}
