import { answerAlerts } from "#app/server/answers/alerts.ts";
import { commandResponse } from "#app/server/command-route.ts";

/** All rules, and the newest deliveries. */
export function GET(): Promise<Response> {
  return commandResponse(answerAlerts);
}
