import { z } from "zod";
import { plainSettings } from "#services-demo/chassis/settings.ts";

const ServiceName = z.string().regex(/^[a-z][a-z0-9-]*$/, "wants a service's name in lower case");
const Upstream = z.url({ protocol: /^https?$/ });

/** `users=http://127.0.0.1:1234,orders=http://…`: where each service is, by the first segment of the path. */
const Routes = z.string().transform((text, context) => {
  const routes = new Map<string, string>();
  for (const part of text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean)) {
    const [name, ...rest] = part.split("=");
    const url = rest.join("=").replace(/\/+$/, "");
    if (ServiceName.safeParse(name).success && Upstream.safeParse(url).success) routes.set(name ?? "", url);
    else context.addIssue({ code: "custom", message: `wants name=http://host:port, not ${part}` });
  }
  return routes as ReadonlyMap<string, string>;
});

export const gatewaySettings = plainSettings.extend({
  GATEWAY_ROUTES: Routes,
  /** How long a service may take to begin its answer (ms). */
  GATEWAY_TIMEOUT_MS: z.coerce.number().int().min(100).default(15_000),
  /** The biggest body that is passed on. */
  GATEWAY_BODY_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(1024 * 1024),
});
export type GatewaySettings = z.infer<typeof gatewaySettings>;
