import { z } from "zod";
import { Cost } from "./answer.ts";

/** `GET /api/v1/freshness`: how far the store has come, and nothing else. */
export const FreshnessAnswer = z.object(Cost.shape);
export type FreshnessAnswer = z.infer<typeof FreshnessAnswer>;
