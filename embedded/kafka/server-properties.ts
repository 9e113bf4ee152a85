export interface KafkaPlace {
  /** Folder of the log segments. */
  readonly logs: string;
  readonly port: number;
  readonly controllerPort: number;
}

/** The configuration of a single KRaft node on 127.0.0.1, as the text of `server.properties`. */
export function serverProperties({ logs, port, controllerPort }: KafkaPlace): string {
  const settings = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `BROKER://127.0.0.1:${port}`,
    "inter.broker.listener.name": "BROKER",
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": logs,
    "num.partitions": 2,
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "auto.create.topics.enable": false,
    "message.max.bytes": 12 * 1024 * 1024,
    "replica.fetch.max.bytes": 12 * 1024 * 1024,
    "socket.request.max.bytes": 64 * 1024 * 1024,
    "log.retention.hours": 72,
    "log.retention.bytes": 1024 * 1024 * 1024,
    "log.segment.bytes": 128 * 1024 * 1024,
    "offsets.retention.minutes": 7 * 24 * 60,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 2,
    "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}\n`)
    .join("");
}

/** Java's properties take a backslash as an escape. */
const escapeValue = (value: string): string => value.replaceAll("\\", "\\\\");
