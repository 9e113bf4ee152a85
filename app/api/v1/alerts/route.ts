import { commandResponse } from "#app/server/command-route.ts";
import { stateStore } from "#app/server/state-store.ts";
import { Alerts } from "#contracts/api/alerts.ts";
import { listDeliveries } from "#store/postgres/queries/list-deliveries.ts";
import { listRules } from "#store/postgres/queries/list-rules.ts";

const deliveriesTold = 200;

/** All rules, and the newest deliveries. */
export function GET(): Promise<Response> {
  return commandResponse(async () => {
    const [rules, deliveries] = await Promise.all([
      listRules(stateStore()),
      listDeliveries(stateStore(), deliveriesTold),
    ]);
    return Alerts.parse({ rules, deliveries });
  });
}
