import { readPlace, replayHeader, replayTimeHeader } from "#contracts/dead-letter.ts";
import { headerOf, type Message, plainMessage } from "#ingest/message.ts";

/**
 * A message as it was when it was sent first: the replay of a dead letter says where and when that was, so that what a
 * mapping makes of its place and time, above all an event's id, is what it would have been. Others are as they are.
 */
export function asFirstSent(message: Message): Message {
  if (!message.hasHeader(replayHeader)) return message;
  const place = readPlace(headerOf(message, replayHeader) ?? "");
  if (place?.topic !== message.topic) return message;
  const { topic, key, value, headers } = message;
  const { partition, offset } = place;
  const time = headerOf(message, replayTimeHeader) ?? "";
  const timeMs = /^\d{1,15}$/.test(time) ? Number(time) : message.timeMs;
  return plainMessage({ topic, partition, offset: BigInt(offset), key, value, timeMs, headers });
}
