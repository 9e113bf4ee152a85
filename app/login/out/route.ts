import { logOut } from "#app/server/log-in.ts";
import { settings } from "#app/server/settings.ts";

/** Logs out; by POST, so that no link or image can. */
export function POST(request: Request): Response {
  return logOut(request, settings().SAGASCOPE_TOKEN);
}
