import { z } from "zod";
import { serviceSettings } from "#services-demo/chassis/settings.ts";

export const ordersSettings = serviceSettings.extend({
  /** Where the users service is; without it any customer may order. */
  USERS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Whether an order may say what shall go wrong with it (`demo`). */
  DEMO_FAULTS: z.stringbool().default(true),
});
export type OrdersSettings = z.infer<typeof ordersSettings>;
