import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { guard, type Verdict } from "#app/server/guard.ts";
import { contentSecurityPolicy, securityHeaders } from "#app/server/headers.ts";
import { logIn, seeOther } from "#app/server/log-in.ts";
import { problemResponse } from "#app/server/problem.ts";
import { refuseRequest } from "#app/server/refuse-request.ts";
import { isDevelopment, settings } from "#app/server/settings.ts";
import { assertNever, SagascopeError } from "#lib/errors.ts";

/** Runs before every page and route: who may pass, and the headers that keep a browser safe. */
export function proxy(request: NextRequest): Response {
  try {
    return withHeaders(answer(request));
  } catch (error) {
    return withHeaders(problemResponse(error));
  }
}

/** Everything but files that the build has named by their content. */
export const config = { matcher: "/((?!_next/static/|_next/image).*)" };

function answer(request: NextRequest): Response {
  const { SAGASCOPE_TOKEN: token, PUBLIC_URL: publicUrl } = settings();
  const { pathname, search, searchParams } = request.nextUrl;
  if (!isWellEscaped(pathname)) {
    throw new SagascopeError(
      "BAD_REQUEST",
      "The path has a % that begins no escape of UTF-8: write %25 for a plain %.",
    );
  }
  const verdict: Verdict = guard(
    {
      method: request.method,
      path: pathname,
      header: (name) => request.headers.get(name),
      cookie: (name) => request.cookies.get(name)?.value,
    },
    { token, publicUrl, nowMs: Date.now() },
  );
  switch (verdict.kind) {
    case "pass":
      if (pathname === "/login" && request.method === "GET" && searchParams.has("token")) {
        return logIn(
          { token: searchParams.get("token"), next: searchParams.get("next") },
          { request, expected: token },
        );
      }
      return refuseRequest({ method: request.method, path: pathname, search: searchParams }) ?? goOn(request);
    case "login":
      return seeOther(`/login?${new URLSearchParams({ next: pathname + search })}`, request);
    case "unauthorized":
      return problemResponse(
        new SagascopeError(
          "UNAUTHORIZED",
          "Send `Authorization: Bearer <token>`, or log in with the link of the start.",
        ),
      );
    case "forbidden":
      return problemResponse(new SagascopeError("FORBIDDEN", verdict.reason));
    default:
      return assertNever(verdict);
  }
}

function isWellEscaped(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function goOn(request: NextRequest): Response {
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"), { development: isDevelopment });
  const headers = new Headers(request.headers);
  // Next reads the nonce from here and puts it on its own scripts.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

function withHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  return response;
}
