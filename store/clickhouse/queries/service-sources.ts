import { type Hole, strings } from "#lib/sql.ts";

/** How events name these services, or versions of them (`service@version`): as they are, or below `/services/`. */
export const sourcesOf = (services: readonly string[]): Hole =>
  strings(services.flatMap((service) => (service.startsWith("/") ? [service] : [service, `/services/${service}`])));
