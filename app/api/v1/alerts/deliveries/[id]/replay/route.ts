import { replayDelivery } from "#alerts/change-rule.ts";
import { circumstances, idOf, type WithId } from "#app/api/v1/alerts/circumstances.ts";
import { commandResponse } from "#app/server/command-route.ts";
import { stateStore } from "#app/server/state-store.ts";

/** Sends a delivery again under the same id; answers with the delivery. */
export function POST(_request: Request, context: WithId): Promise<Response> {
  return commandResponse(async () => await replayDelivery(stateStore(), await idOf(context), circumstances()), 202);
}
