import { z } from "zod";
import { parseSettings } from "#lib/settings.ts";

const sinkSettings = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  /** `whsec_…`; unset, it is asked of the stack whose data folder this is. */
  WEBHOOK_SECRET: z
    .string()
    .regex(/^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$/, "wants whsec_ and base64")
    .optional(),
  SAGASCOPE_DATA: z.string().default(".sagascope"),
});
export type SinkSettings = z.output<typeof sinkSettings>;

/** The sink's settings; throws `BAD_SETTING`. */
export const readSinkSettings = (): SinkSettings => parseSettings(sinkSettings, process.env);
