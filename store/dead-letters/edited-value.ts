import { type Json, mergePatch } from "#lib/edit-json.ts";
import { SagascopeError } from "#lib/errors.ts";

/** How a message is mended before it is sent again. */
export type Edit =
  | { readonly kind: "none" }
  | { readonly kind: "value"; readonly value: Buffer }
  /** A JSON merge patch of the value. */
  | { readonly kind: "patch"; readonly patch: Json };

/** The value to send instead of `value`; null where it is sent as it was. Throws `BAD_REQUEST`. */
export function editedValue(value: Buffer | null, edit: Edit): Buffer | null {
  switch (edit.kind) {
    case "none":
      return null;
    case "value":
      return edit.value;
    case "patch":
      return Buffer.from(JSON.stringify(mergePatch(jsonOf(value), edit.patch)));
  }
}

function jsonOf(value: Buffer | null): Json | undefined {
  if (value === null) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(value)) as Json;
  } catch (cause) {
    const message = "The message is not JSON, so nothing in it can be set. Give the whole value instead.";
    throw new SagascopeError("BAD_REQUEST", message, { cause });
  }
}
