/** Longest path that is told apart; what lies deeper is counted together. */
const maxSegments = 4;

const word = /^[a-z][a-z-]{0,30}$/;

/**
 * The route a proxied request is counted under: `/orders/orders/:id`. Segments that are not plain words are taken for ids, and
 * paths that the service does not know (`known` false) are counted together, so that garbage makes no new routes.
 */
export function trafficRoute(service: string, path: string, { known }: { known: boolean }): string {
  const segments = path.split("/").filter(Boolean);
  if (!known || segments.length > maxSegments) return `/${service}/*`;
  return `/${[service, ...segments.map((segment) => (word.test(segment) ? segment : ":id"))].join("/")}`;
}
