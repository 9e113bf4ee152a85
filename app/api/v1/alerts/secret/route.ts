import { makeNewSecret } from "#alerts/signing-secret.ts";
import { answerSecret } from "#app/server/answers/alerts.ts";
import { commandResponse } from "#app/server/command-route.ts";
import { settings } from "#app/server/settings.ts";
import { stateStore } from "#app/server/state-store.ts";

const now = () => ({ token: settings().SAGASCOPE_TOKEN, nowMs: Date.now() });

/** What webhooks are signed with. */
export function GET(): Promise<Response> {
  return commandResponse(() => answerSecret(now()));
}

/** Makes a new secret; the one before signs too for a day. */
export function POST(): Promise<Response> {
  return commandResponse(() => makeNewSecret(stateStore(), now()), 201);
}
