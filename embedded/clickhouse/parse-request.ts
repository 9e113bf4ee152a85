/** What a request says beside its body, from its URL and headers. */
export interface Ask {
  readonly path: string;
  /** SQL in the URL; a body follows it after a line break. */
  readonly sql: string;
  readonly credentials: Credentials;
  readonly queryId: string | undefined;
  readonly sessionId: string | undefined;
  readonly sessionTimeoutS: number | undefined;
  readonly sessionMustExist: boolean;
  readonly database: string | undefined;
  /** The result's format where the statement names none. */
  readonly defaultFormat: string | undefined;
  /** Parameters of the statement, `param_x` as `x`, in ClickHouse's escaped text form. */
  readonly params: ReadonlyMap<string, string>;
  /** Settings of the engine, in the order given. */
  readonly settings: ReadonlyMap<string, string>;
  /** Whether the answer may be compressed as `Accept-Encoding` says. */
  readonly compression: boolean;
  /** GET and HEAD may only read. */
  readonly readonly: boolean;
}

export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

interface Head {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** URL parameters that are of the HTTP interface itself; all others but `param_*` are settings. */
const reserved = new Set([
  "buffer_size",
  "client_protocol_version",
  "close_session",
  "compress",
  "database",
  "decompress",
  "default_format",
  "password",
  "query",
  "query_id",
  "quota_key",
  "role",
  "session_check",
  "session_id",
  "session_timeout",
  "stacktrace",
  "user",
  "wait_end_of_query",
]);

/** Settings that only a real HTTP server acts on: answered here, unknown or of no use to the engine. */
const ofTransport = new Set([
  "add_http_cors_header",
  "cancel_http_readonly_queries_on_client_close",
  "enable_http_compression",
  "http_zlib_compression_level",
  "send_progress_in_http_headers",
]);

/** Reads a request's head. `fields` are those of a multipart form, which count as if in the URL. Pure; never throws. */
export function parseRequest({ method, url, headers }: Head, fields: readonly (readonly [string, string])[] = []): Ask {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const all = [...searchParams, ...fields];
  const last = new Map(all);
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === "string" ? value : value?.[0];
  };
  const timeout = Number(last.get("session_timeout") ?? Number.NaN);
  return {
    path: pathname,
    sql: all
      .filter(([name]) => name === "query")
      .map(([, value]) => value)
      .join(""),
    credentials: credentialsOf(last, header),
    queryId: last.get("query_id") || undefined,
    sessionId: last.get("session_id") || undefined,
    sessionTimeoutS: Number.isInteger(timeout) ? timeout : undefined,
    sessionMustExist: last.get("session_check") === "1",
    database: last.get("database") || header("x-clickhouse-database") || undefined,
    defaultFormat: last.get("default_format") || header("x-clickhouse-format") || undefined,
    params: new Map(
      all.filter(([name]) => name.startsWith("param_")).map(([name, value]) => [name.slice("param_".length), value]),
    ),
    settings: new Map(all.filter(([name]) => isSetting(name))),
    compression: !["0", "false"].includes(last.get("enable_http_compression") ?? "1"),
    readonly: method === "GET" || method === "HEAD",
  };
}

function isSetting(name: string): boolean {
  return !reserved.has(name) && !ofTransport.has(name) && !name.startsWith("param_") && !name.startsWith("_");
}

function credentialsOf(fields: ReadonlyMap<string, string>, header: (name: string) => string | undefined): Credentials {
  const [user, key] = [header("x-clickhouse-user"), header("x-clickhouse-key")];
  if (user !== undefined || key !== undefined) return { user, password: key };
  const basic = /^basic +(\S+)$/i.exec(header("authorization") ?? "")?.[1];
  if (basic !== undefined) {
    const [, name, password] = /^([^:]*):?(.*)$/s.exec(Buffer.from(basic, "base64").toString()) ?? [];
    return { user: name, password };
  }
  return { user: fields.get("user"), password: fields.get("password") };
}
