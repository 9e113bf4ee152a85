import { changeRule, removeRule } from "#alerts/change-rule.ts";
import { circumstances, idOf, type WithId } from "#app/api/v1/alerts/circumstances.ts";
import { commandResponse, readBody } from "#app/server/command-route.ts";
import { stateStore } from "#app/server/state-store.ts";
import { AlertRule, AlertRuleInput } from "#contracts/api/alerts.ts";
import { SagascopeError } from "#lib/errors.ts";
import { ruleById } from "#store/postgres/queries/rule-by-id.ts";

export function GET(_request: Request, context: WithId): Promise<Response> {
  return commandResponse(async () => {
    const rule = await ruleById(stateStore(), await idOf(context));
    if (!rule) throw new SagascopeError("NOT_FOUND", "There is no such rule. It may have been deleted.");
    return AlertRule.parse(rule);
  });
}

export function PUT(request: Request, context: WithId): Promise<Response> {
  return commandResponse(async () => {
    const id = await idOf(context);
    const input = await readBody(request, AlertRuleInput);
    return AlertRule.parse(await changeRule(stateStore(), id, { ...circumstances(), input }));
  });
}

export function DELETE(_request: Request, context: WithId): Promise<Response> {
  return commandResponse(async () => {
    await removeRule(stateStore(), await idOf(context), circumstances());
    return undefined;
  });
}
