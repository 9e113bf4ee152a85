import { addRule } from "#alerts/change-rule.ts";
import { circumstances } from "#app/api/v1/alerts/circumstances.ts";
import { commandResponse, readBody } from "#app/server/command-route.ts";
import { stateStore } from "#app/server/state-store.ts";
import { AlertRule, AlertRuleInput } from "#contracts/api/alerts.ts";

/** Adds a rule. */
export function POST(request: Request): Promise<Response> {
  return commandResponse(async () => {
    const input = await readBody(request, AlertRuleInput);
    return AlertRule.parse(await addRule(stateStore(), input, circumstances()));
  }, 201);
}
