import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { WebhookSecret } from "#contracts/api/alerts.ts";
import { Endpoints } from "#contracts/endpoints.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";

/** Asks the stack whose data folder is `data` what it signs with. Throws with what to do. */
export async function fetchSecret(data: string): Promise<string> {
  const path = join(data, "endpoints.json");
  try {
    const { web, token } = Endpoints.parse(JSON.parse(await readFile(path, "utf8")));
    const answer = await fetch(new URL("/api/v1/alerts/secret", web), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${web} answered ${answer.status}: ${await answer.text()}`);
    return WebhookSecret.parse(await answer.json()).secret;
  } catch (error) {
    const message = `No secret to check signatures with (${messageOf(error)}). Start Sagascope with npm start, name its data folder in SAGASCOPE_DATA, or give WEBHOOK_SECRET`;
    throw new SagascopeError("BAD_SETTING", message);
  }
}
