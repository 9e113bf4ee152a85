import type { Replayed, ReplayRequest } from "#contracts/api/dead-letters.ts";
import { letterId, readPlace } from "#contracts/dead-letter.ts";
import { SagascopeError } from "#lib/errors.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import type { Edit } from "#store/dead-letters/edited-value.ts";
import { letterHolder } from "#store/dead-letters/hold-letters.ts";
import { replayById, replayPorts } from "#store/dead-letters/replay-by-id.ts";
import { bytesOf } from "#store/dead-letters/told-bytes.ts";
import type { StatePool } from "#store/postgres/client.ts";
import { offerOf } from "./answers/dead-letters.ts";
import type { KafkaAccess } from "./kafka.ts";

/** Sends a dead letter again, mended or not. Throws `NOT_SET_UP` where there is no Kafka, and as `replayById` does. */
export async function replayLetter(
  id: string,
  request: ReplayRequest,
  { client, state, kafka }: { client: StoreClient; state: StatePool; kafka: KafkaAccess | undefined },
): Promise<Replayed> {
  if (!kafka) throw new SagascopeError("NOT_SET_UP", offerOf(kafka).why ?? "");
  const place = readPlace(id);
  if (!place) throw new SagascopeError("NOT_FOUND", "There is nothing under this id.");
  const ports = replayPorts(client, kafka.send, "web");
  const { kind: _, ...replayed } = await replayById(letterId(place), editIn(request), {
    asker: createAsker(client),
    hold: letterHolder(state),
    ports,
  });
  return replayed;
}

function editIn({ value, patch }: ReplayRequest): Edit {
  if (value !== undefined) return { kind: "value", value: bytesOf(value) };
  return patch === undefined ? { kind: "none" } : { kind: "patch", patch };
}
