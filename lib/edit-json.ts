import { SagascopeError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type JsonObject = { readonly [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `target` with a JSON merge patch (RFC 7396): objects are merged, null removes, anything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, Json>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/**
 * The merge patch that `path=value` stands for: `data.step=charge` or `data.attempt=2`. A value that is JSON is taken as
 * such, anything else as text. Throws `BAD_REQUEST`.
 */
export function patchOf(assignment: string): Json {
  const cut = assignment.indexOf("=");
  const path = assignment.slice(0, Math.max(cut, 0)).split(".");
  if (path.some((name) => name === "")) {
    throw new SagascopeError("BAD_REQUEST", `“${assignment}” is no path=value, as in data.step=charge-payment.`);
  }
  return path.reduceRight<Json>((inner, name) => ({ [name]: inner }), readValue(assignment.slice(cut + 1)));
}

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
