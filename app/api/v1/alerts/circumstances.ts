import { z } from "zod";
import type { Circumstances } from "#alerts/change-rule.ts";
import { settings } from "#app/server/settings.ts";
import { SagascopeError } from "#lib/errors.ts";

export const circumstances = (): Circumstances => ({ nowMs: Date.now(), publicUrl: settings().PUBLIC_URL });

export interface WithId {
  readonly params: Promise<{ id: string }>;
}

/** The id in a path; what has not its shape cannot exist. */
export async function idOf({ params }: WithId): Promise<string> {
  const { id } = await params;
  if (z.uuid().safeParse(id).success) return id;
  throw new SagascopeError("NOT_FOUND", "There is nothing under this id.");
}
