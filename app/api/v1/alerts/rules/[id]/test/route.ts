import { testRule } from "#alerts/change-rule.ts";
import { circumstances, idOf, type WithId } from "#app/api/v1/alerts/circumstances.ts";
import { commandResponse } from "#app/server/command-route.ts";
import { stateStore } from "#app/server/state-store.ts";

/** Queues a signed `alert.test` to the rule's webhook; answers with the delivery, whose attempts say how it went. */
export function POST(_request: Request, context: WithId): Promise<Response> {
  return commandResponse(async () => await testRule(stateStore(), await idOf(context), circumstances()), 202);
}
