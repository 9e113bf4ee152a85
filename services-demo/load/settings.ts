import { z } from "zod";
import { kafkaSettings } from "#contracts/settings.ts";
import { plainSettings } from "#services-demo/chassis/settings.ts";

export const loadSettings = plainSettings.extend({
  ...kafkaSettings,
  GATEWAY_URL: z.url({ protocol: /^https?$/ }),
  /** Orders placed a second; 0 places none. */
  DEMO_RATE: z.coerce.number().min(0).max(1_000).default(2),
  DEMO_SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  /** Sagas of the simulated past day that a first start sends; 0 sends none. */
  DEMO_HISTORY: z.coerce.number().int().min(0).max(10_000_000).default(20_000),
});
