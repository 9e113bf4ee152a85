import { safeNext } from "./guard.ts";
import { cookieName, createSession, isSame, sessionSeconds } from "./session.ts";

export interface LogIn {
  readonly token: string | null;
  readonly next: string | null;
}

/** Answers a log-in: with the right token a session's cookie and on to `next`, else back to the log-in page. */
export function logIn({ token, next }: LogIn, { request, expected }: { request: Request; expected: string }): Response {
  const target = safeNext(next);
  if (token === null || !isSame(token, expected)) {
    return seeOther(`/login?${new URLSearchParams({ wrong: "1", next: target })}`, request);
  }
  const response = seeOther(target, request);
  response.headers.append("set-cookie", sessionCookie(createSession(expected, Date.now()), { request, expected }));
  return response;
}

/** Answers a log-out: the browser forgets its session. */
export function logOut(request: Request, expected: string): Response {
  const response = seeOther("/login", request);
  response.headers.append("set-cookie", `${cookieName(expected)}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`);
  return response;
}

/** A redirect to a path of ours, under the name that the browser knows us by. */
export function seeOther(path: string, request: Request): Response {
  const headers = { location: new URL(path, publicOrigin(request)).href, "cache-control": "no-store" };
  return new Response(null, { status: 303, headers });
}

function sessionCookie(value: string, { request, expected }: { request: Request; expected: string }): string {
  const secure = publicOrigin(request).startsWith("https:") ? "; Secure" : "";
  return `${cookieName(expected)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${sessionSeconds}${secure}`;
}

function publicOrigin(request: Request): string {
  const own = new URL(request.url);
  const host = request.headers.get("host") ?? own.host;
  const scheme = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https" ? "https" : "http";
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(`${scheme}://${host}`) ? `${scheme}://${host}` : own.origin;
}
