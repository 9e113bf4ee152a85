import { Kafka, logLevel } from "kafkajs";
import pg from "pg";
import { startRelay } from "#sdk/relay.ts";

/** A relay as a process of its own, to be killed: `node relay-process.ts <brokers> <databaseUrl> <topicPrefix>`. */
const [brokers = "", databaseUrl = "", topicPrefix = ""] = process.argv.slice(2);
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
startRelay({
  kafka: new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }),
  connect: async () => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return client;
  },
  log: quiet,
  topicPrefix,
});
