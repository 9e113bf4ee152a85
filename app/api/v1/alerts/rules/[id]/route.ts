import { changeRule, removeRule } from "#alerts/change-rule.ts";
import { circumstances, idOf, type WithId } from "#app/api/v1/alerts/circumstances.ts";
import { answerRule } from "#app/server/answers/alerts.ts";
import { commandResponse, readBody } from "#app/server/command-route.ts";
import { stateStore } from "#app/server/state-store.ts";
import { AlertRule, AlertRuleInput } from "#contracts/api/alerts.ts";

export function GET(_request: Request, context: WithId): Promise<Response> {
  return commandResponse(async () => await answerRule(await idOf(context)));
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
