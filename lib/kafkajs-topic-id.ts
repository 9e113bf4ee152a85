import { createRequire } from "node:module";

/** kafkajs's own tools for what is sent and what comes. */
interface Encoder {
  writeUVarInt(value: number): Encoder;
  writeUVarIntString(value: string): Encoder;
  writeBuffer(bytes: Buffer): Encoder;
  writeBoolean(value: boolean): Encoder;
}
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readBytes(length: number): Buffer;
}
export interface Broker {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>>;
  readonly connectionPool: {
    send<Answer>(call: {
      request: { apiKey: number; apiVersion: number; apiName: string; encode: () => Promise<Encoder> };
      response: { decode: (bytes: Buffer) => Promise<Answer>; parse: (answer: Answer) => Promise<Answer> };
    }): Promise<Answer>;
  };
}

const require = createRequire(import.meta.url);
const EncoderOf = require("kafkajs/src/protocol/encoder.js") as new () => Encoder;
const DecoderOf = require("kafkajs/src/protocol/decoder.js") as new (bytes: Buffer) => Decoder;

const metadataKey = 3;
/** The first that tells topics' ids. */
const metadataVersion = 10;
const unknownTopic = 3;
const noTags = 0;
const noId = "0".repeat(32);

/**
 * The id of a topic, 32 hex digits: another one each time that a topic is made, under whatever name. Undefined where the
 * broker is older than Kafka 2.8 or gives no ids. kafkajs knows no request that tells it. Rejects where the broker does not
 * know the topic.
 */
export async function askTopicId(broker: Broker, topic: string): Promise<string | undefined> {
  const known = broker.versions[metadataKey]?.maxVersion ?? 0;
  if (known < metadataVersion) return undefined;
  const { errorCode, id } = await broker.connectionPool.send({
    request: {
      apiKey: metadataKey,
      apiVersion: metadataVersion,
      apiName: "Metadata",
      encode: async () => encodeAsk(topic),
    },
    response: { decode: async (bytes) => decodeTopic(bytes), parse: async (answer) => answer },
  });
  if (errorCode !== 0) {
    const error = new Error(`Kafka does not tell the id of ${topic} now (error ${errorCode})`);
    throw errorCode === unknownTopic ? Object.assign(error, { type: "UNKNOWN_TOPIC_OR_PARTITION" }) : error;
  }
  return id === noId ? undefined : id;
}

function encodeAsk(topic: string): Encoder {
  const encoder = new EncoderOf();
  // The tags that end the request's header, which kafkajs leaves out.
  encoder.writeUVarInt(noTags);
  encoder.writeUVarInt(1 + 1);
  encoder.writeBuffer(Buffer.alloc(16)).writeUVarIntString(topic).writeUVarInt(noTags);
  // Make no topic, and tell no rights of the cluster nor of the topic.
  return encoder.writeBoolean(false).writeBoolean(false).writeBoolean(false).writeUVarInt(noTags);
}

/** Reads the answer up to the id of its one topic. */
function decodeTopic(bytes: Buffer): { errorCode: number; id: string } {
  const decoder = new DecoderOf(bytes);
  skipTags(decoder);
  const throttledMs = decoder.readInt32();
  if (throttledMs < 0) throw new Error("Kafka's answer is no metadata");
  for (let brokers = decoder.readUVarInt() - 1; brokers > 0; brokers -= 1) {
    decoder.readInt32();
    decoder.readUVarIntString();
    decoder.readInt32();
    decoder.readUVarIntString();
    skipTags(decoder);
  }
  decoder.readUVarIntString();
  decoder.readInt32();
  if (decoder.readUVarInt() !== 1 + 1) throw new Error("Kafka's answer is not of one topic");
  const errorCode = decoder.readInt16();
  decoder.readUVarIntString();
  return { errorCode, id: decoder.readBytes(16).toString("hex") };
}

function skipTags(decoder: Decoder): void {
  for (let tags = decoder.readUVarInt(); tags > 0; tags -= 1) {
    decoder.readUVarInt();
    decoder.readBytes(decoder.readUVarInt());
  }
}
