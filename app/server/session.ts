import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** How long a log-in lasts. */
export const sessionSeconds = 30 * 86_400;

/**
 * The cookie of a stack with this token. Browsers share cookies between ports of one host, so that two stacks on one
 * laptop need two names.
 */
export function cookieName(token: string): string {
  return `sagascope_${createHash("sha256").update(`name ${token}`).digest("hex").slice(0, 8)}`;
}

/** A signed session from `nowMs` on. It holds no secret: whoever reads it cannot make another. */
export function createSession(token: string, nowMs: number): string {
  const body = `v1.${Math.floor(nowMs / 1000)}.${randomBytes(12).toString("base64url")}`;
  return `${body}.${sign(token, body)}`;
}

/** Whether the cookie was signed under this token and has not run out. */
export function isSession(token: string, { cookie, nowMs }: { cookie: string | undefined; nowMs: number }): boolean {
  const match = /^(v1\.(\d{1,12})\.[\w-]{1,64})\.([\w-]{43})$/.exec(cookie ?? "");
  if (!match) return false;
  const [, body = "", issuedAt = "", signature = ""] = match;
  const ageSeconds = Math.floor(nowMs / 1000) - Number(issuedAt);
  return isSame(signature, sign(token, body)) && ageSeconds >= -60 && ageSeconds < sessionSeconds;
}

/** Compares secrets in a time that tells nothing of where they differ. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function sign(token: string, body: string): string {
  return createHmac("sha256", createHash("sha256").update(`session ${token}`).digest())
    .update(body)
    .digest("base64url");
}
