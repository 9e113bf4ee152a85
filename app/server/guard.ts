import { cookieName, isSame, isSession } from "./session.ts";

/** What the guard looks at of a request. */
export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | null;
  readonly cookie: (name: string) => string | undefined;
}

export type Verdict =
  | { kind: "pass" }
  /** A page that wants a log-in first. */
  | { kind: "login" }
  | { kind: "unauthorized" }
  | { kind: "forbidden"; reason: string };

const open = new Set(["/healthz", "/readyz", "/login", "/login/session", "/favicon.ico", "/icon.svg"]);
const safe = new Set(["GET", "HEAD", "OPTIONS"]);

const health = new Set(["/healthz", "/readyz"]);

export interface House {
  readonly token: string;
  /** The address that people know it by. */
  readonly publicUrl: string;
  readonly nowMs: number;
}

/** Who may pass: anyone to the log-in and health, else the bearer of the token or of a session made with it. */
export function guard(knock: Knock, { token, publicUrl, nowMs }: House): Verdict {
  const bearer = /^Bearer +(\S+)$/i.exec(knock.header("authorization") ?? "")?.[1];
  const byToken = bearer !== undefined && isSame(bearer, token);
  const bySession = isSession(token, { cookie: knock.cookie(cookieName(token)), nowMs });
  const isApi = knock.path.startsWith("/api/");
  // A browser sends its cookie whoever asks; a bearer token only our own scripts can send.
  if (!safe.has(knock.method) && !byToken && !isOwnOrigin(knock)) {
    // A script that forgot its token is told so; there is nothing here that another site could misuse.
    if (isApi && !bySession) return { kind: "unauthorized" };
    return { kind: "forbidden", reason: "Requests that change something must come from this site's own pages." };
  }
  if (byToken || health.has(knock.path)) return { kind: "pass" };
  // Another site may point its own name at us, to read with our visitors' cookies.
  if (!isOurHost(knock.header("host"), publicUrl)) {
    return { kind: "forbidden", reason: `Open it at ${publicUrl}; where that is not its address, set PUBLIC_URL.` };
  }
  if (open.has(knock.path)) return { kind: "pass" };
  if (bySession) return { kind: "pass" };
  return isApi ? { kind: "unauthorized" } : { kind: "login" };
}

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);

function isOurHost(host: string | null, publicUrl: string): boolean {
  if (host === null || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return loopback.has(hostname) || hostname === new URL(publicUrl).hostname;
}

/** Whether a request comes from a page of the host that it goes to. */
function isOwnOrigin({ header }: Knock): boolean {
  const site = header("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const origin = header("origin");
  if (origin === null) return false;
  return URL.canParse(origin) && new URL(origin).host === header("host");
}

/** `next` where it is a path of ours, else the first page: nobody is sent elsewhere by our log-in. */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith("/") || /^\/[/\\]/.test(next) || /[\p{Cc}\\]/u.test(next)) return "/";
  return new URL(next, "http://here.invalid").host === "here.invalid" ? next : "/";
}
