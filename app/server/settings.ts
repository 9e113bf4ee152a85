import type { z } from "zod";
import { webSettings } from "#contracts/settings.ts";
import { parseSettings } from "#lib/settings.ts";

type WebSettings = z.output<typeof webSettings>;

let parsed: WebSettings | undefined;

/** The dashboard's settings, parsed at the first request: a build runs without any. */
export function settings(): WebSettings {
  parsed ??= parseSettings(webSettings, process.env);
  return parsed;
}

/** Whether Next runs in development, where its own tools need a looser policy. */
export const isDevelopment = process.env.NODE_ENV === "development";
