import { type Hole, type Sql, sql, strings } from "#lib/sql.ts";

/** The name of a service, of how an event names it or a version of it. */
export const serviceIn = (source: Sql): Sql => sql`replaceRegexpOne(${source}, '^/services/', '')`;

/** How events name these services, or versions of them (`service@version`): as they are, or below `/services/`. */
export const sourcesOf = (services: readonly string[]): Hole =>
  strings(services.flatMap((service) => (service.startsWith("/") ? [service] : [service, `/services/${service}`])));
