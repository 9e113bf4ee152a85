import { commandResponse, readBody } from "#app/server/command-route.ts";
import { kafka } from "#app/server/kafka.ts";
import { replayMatching } from "#app/server/replay-matching.ts";
import { stateStore } from "#app/server/state-store.ts";
import { store } from "#app/server/store.ts";
import { ReplayedMatching, ReplayMatchingRequest } from "#contracts/api/dead-letters.ts";

/** Sends all dead letters again that a filter selects, some a call; answers with what became of them. */
export function POST(request: Request): Promise<Response> {
  return commandResponse(async () => {
    const given = await readBody(request, ReplayMatchingRequest);
    const ports = { client: store(), state: stateStore(), kafka: kafka(), nowMs: Date.now() };
    return ReplayedMatching.parse(await replayMatching(given, ports));
  }, 202);
}
