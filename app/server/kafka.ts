import { createKafka } from "#lib/kafka.ts";
import { createSender, type Sender } from "#lib/kafka-sender.ts";
import { createLogReader, type LogReader } from "./log-reader.ts";
import { perProcess } from "./per-process.ts";
import { settings } from "./settings.ts";
import { webLog } from "./web-log.ts";

/** What the dashboard does with Kafka: it looks where the logs end, and sends what an operator replays. */
export interface KafkaAccess {
  readonly log: LogReader;
  readonly send: Sender["send"];
}

/** The process's way to Kafka; undefined where `KAFKA_BROKERS` is not set. Connects when it is first used. */
export function kafka(): KafkaAccess | undefined {
  return perProcess("kafka", () => {
    const given = settings();
    const { KAFKA_BROKERS } = given;
    if (KAFKA_BROKERS === undefined) return { access: undefined };
    const client = createKafka({ ...given, KAFKA_BROKERS }, { clientId: "sagascope-web", log: webLog() });
    const topics = [given.SAGA_EVENTS_TOPIC, given.OTLP_SPANS_TOPIC, given.OTLP_LOGS_TOPIC, given.OTLP_METRICS_TOPIC];
    const log = createLogReader(() => client.admin(), { topics, group: given.INGEST_GROUP });
    return { access: { log, send: createSender(client).send } };
  }).access;
}
