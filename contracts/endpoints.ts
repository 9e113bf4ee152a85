import { z } from "zod";

/** `$SAGASCOPE_DATA/endpoints.json`: where everything of a running stack is; rewritten on each restart of a part. */
export const Endpoints = z.object({
  web: z.string(),
  gateway: z.string().optional(),
  kafka: z.string(),
  clickhouse: z.string(),
  postgres: z.string(),
  otlp: z.string(),
  /** API token: `Authorization: Bearer <token>`. */
  token: z.string(),
  /** Process id by part. */
  processes: z.record(z.string(), z.number().int()),
});
export type Endpoints = z.infer<typeof Endpoints>;
