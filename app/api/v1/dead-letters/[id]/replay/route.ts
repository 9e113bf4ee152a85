import { commandResponse, readBody } from "#app/server/command-route.ts";
import { kafka } from "#app/server/kafka.ts";
import { replayLetter } from "#app/server/replay.ts";
import { stateStore } from "#app/server/state-store.ts";
import { store } from "#app/server/store.ts";
import { Replayed, ReplayRequest } from "#contracts/api/dead-letters.ts";

interface WithId {
  readonly params: Promise<{ id: string }>;
}

/** A saga event has at most a megabyte; in base64 and JSON it is longer. */
const mostBytes = 4 * 1024 * 1024;

/** Sends a dead letter again; answers with where it stands now. */
export function POST(request: Request, { params }: WithId): Promise<Response> {
  return commandResponse(async () => {
    const { id } = await params;
    const given = await readBody(request, ReplayRequest, mostBytes);
    return Replayed.parse(
      await replayLetter(decodeURIComponent(id), given, { client: store(), state: stateStore(), kafka: kafka() }),
    );
  }, 202);
}
