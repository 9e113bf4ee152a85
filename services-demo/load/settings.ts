import { z } from "zod";
import { demoSettings, kafkaSettings } from "#contracts/settings.ts";
import { plainSettings } from "#services-demo/chassis/settings.ts";

export const loadSettings = plainSettings.extend({
  ...kafkaSettings,
  GATEWAY_URL: z.url({ protocol: /^https?$/ }),
  ...demoSettings,
});
