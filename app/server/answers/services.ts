import { type ResolvedRange, resolveRange } from "#app/server/time-range.ts";
import type { Cost, TimeRange } from "#contracts/api/answer.ts";
import type { ServiceMap, Services } from "#contracts/api/services.ts";
import { refuseAbove } from "#store/clickhouse/queries/saga-budget.ts";
import { serviceEdges } from "#store/clickhouse/queries/service-edges.ts";
import { serviceFigures } from "#store/clickhouse/queries/service-figures.ts";
import type { Answering } from "./answering.ts";

const mostSpans = 10_000_000;
const mostServices = 200;
const mostEdges = 1000;

/** Rate, errors and duration of every service, by version. */
export async function answerServices(range: TimeRange, answering: Answering): Promise<Omit<Services, keyof Cost>> {
  const { window, bucketSeconds } = await readable(range, answering);
  const services = await serviceFigures(answering.asker, window, { bucketSeconds, limit: mostServices + 1 });
  return {
    ...told(window),
    bucketSeconds,
    services: services.slice(0, mostServices),
    cut: services.length > mostServices,
  };
}

/** Which services call and send to which. */
export async function answerServiceMap(range: TimeRange, answering: Answering): Promise<Omit<ServiceMap, keyof Cost>> {
  const { window } = await readable(range, answering);
  const found = await serviceEdges(answering.asker, window, mostEdges + 1);
  const seconds = (Math.min(window.toMs, Math.max(answering.nowMs, window.fromMs + 1000)) - window.fromMs) / 1000;
  const edges = found.slice(0, mostEdges).map((edge) => ({ ...edge, perSecond: edge.count / seconds }));
  const nodes = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort();
  return { ...told(window), nodes: nodes.map(nodeOf), edges, cut: found.length > mostEdges };
}

function nodeOf(node: string): ServiceMap["nodes"][number] {
  const cut = node.indexOf(" ");
  return { node, kind: node.startsWith("queue ") ? "queue" : "service", name: node.slice(cut + 1) };
}

async function readable(range: TimeRange, { asker, nowMs }: Answering): Promise<ResolvedRange> {
  const resolved = resolveRange(range, nowMs);
  await refuseAbove(asker, resolved.window, { most: mostSpans, what: "this", of: "service spans" });
  return resolved;
}

const told = ({ fromMs, toMs }: ResolvedRange["window"]) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
