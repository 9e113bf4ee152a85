import { logIn } from "#app/server/log-in.ts";
import { settings } from "#app/server/settings.ts";

/** Takes the form of the log-in page. */
export async function POST(request: Request): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : null;
  };
  return logIn({ token: text("token"), next: text("next") }, { request, expected: settings().SAGASCOPE_TOKEN });
}
