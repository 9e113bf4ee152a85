/** What one change does to the URL: a value sets, a list repeats the key, null removes. */
export type Patch = Readonly<Record<string, string | readonly string[] | null>>;

/** The search parameters that a server component was given, as URLSearchParams. */
export function paramsOf(given: Readonly<Record<string, string | string[] | undefined>>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(given)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) params.append(key, one);
  }
  return params;
}

/** A copy of `params` with `patch` applied; untouched keys keep their order. */
export function withPatch(params: URLSearchParams, patch: Patch): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [key, value] of Object.entries(patch)) {
    next.delete(key);
    for (const one of value === null ? [] : [value].flat()) next.append(key, one);
  }
  return next;
}

/** `/sagas?state=failed`; no `?` without parameters. Colons stay readable. */
export function hrefOf(path: string, params: URLSearchParams): string {
  const query = params.toString().replaceAll("%3A", ":");
  return query === "" ? path : `${path}?${query}`;
}

const stayingKeys = ["range", "from", "to", "tz", "live"] as const;

/** What stays when one moves to another page: the time, its zone, and whether the page is live. */
export function staying(params: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams();
  for (const key of stayingKeys) for (const value of params.getAll(key)) next.append(key, value);
  return next;
}
