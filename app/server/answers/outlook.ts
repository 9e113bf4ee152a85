import { recently } from "#app/server/recently.ts";
import type { Outlook, SagaLimit } from "#contracts/api/outlook.ts";
import type { SagaEventRow, SagaSummary } from "#contracts/api/saga.ts";
import { readNode } from "#sagas/definition/node.ts";
import { timeToMs } from "#sagas/distinct-events.ts";
import { quantileOf, totalOf } from "#sagas/histogram.ts";
import { waitsOf } from "#sagas/outlook/moves.ts";
import { type Outlook as FromPeers, type NoOutlook, outlookOf } from "#sagas/outlook/outlook.ts";
import { lastPosition } from "#sagas/outlook/position.ts";
import { isOpen } from "#sagas/state.ts";
import { dueOf } from "#sagas/summary.ts";
import { type PositionMove, positionMoves } from "#store/clickhouse/queries/position-moves.ts";
import { peersWindow } from "#store/clickhouse/rollups/recent-limits.ts";
import type { Answering } from "./answering.ts";

/** What comes next for a saga with these events, and from when on it is overdue. */
export async function outlookFor(
  saga: SagaSummary,
  events: readonly SagaEventRow[],
  answering: Answering,
): Promise<{ outlook: Outlook; limit: SagaLimit | null }> {
  const last = lastPosition(events);
  if (!isOpen(saga.state) || !last) return { outlook: { kind: "unknown", reason: "ended" }, limit: null };
  const { asker, nowMs } = answering;
  const { position } = last;
  const sinceMs = timeToMs(last.time);
  const moves = await peerMoves(saga, position, { asker, nowMs });
  return {
    outlook: outlookFrom(moves, { version: saga.version, sinceMs, nowMs }),
    limit: limitOf(saga, { events, position, sinceMs, moves }, answering),
  };
}

/** So many peers of the last day are enough: they tell of now, and are read in a moment. */
const enoughOfADay = 1_000;
const dayMs = 86_400_000;
const forMs = 30_000;

/** What the peers did from a position, as of half a minute before at most. */
async function peerMoves(
  { type, version }: SagaSummary,
  position: string,
  { asker, nowMs }: Pick<Answering, "asker" | "nowMs">,
): Promise<PositionMove[]> {
  const read = (days: number) =>
    recently(JSON.stringify(["moves", type, position, days, Math.floor(nowMs / forMs)]), forMs, () =>
      positionMoves(asker, { type, position }, peersWindow(nowMs, days * dayMs)),
    );
  const ofADay = await read(1);
  const peers = ofADay.filter((move) => move.version === version).map(({ waits }) => totalOf(waits));
  return peers.reduce((sum, own) => sum + own, 0) >= enoughOfADay ? ofADay : await read(7);
}

interface Waiting {
  readonly version: string;
  readonly sinceMs: number;
  readonly nowMs: number;
}

function outlookFrom(moves: readonly PositionMove[], { version, sinceMs, nowMs }: Waiting): Outlook {
  const waitedMs = Math.max(0, nowMs - sinceMs);
  const own = outlookOf(
    moves.filter((move) => move.version === version),
    waitedMs,
  );
  if (own !== "too_few_peers") return told(own, "version", { sinceMs, nowMs });
  return told(outlookOf(moves, waitedMs), "type", { sinceMs, nowMs });
}

function told(
  found: FromPeers | NoOutlook,
  peersOf: "version" | "type",
  { sinceMs, nowMs }: Omit<Waiting, "version">,
): Outlook {
  if (typeof found === "string") return { kind: "unknown", reason: found };
  const { peers, next, remainingSteps, leftMs, failing, compensated, failed } = found;
  const at = (ms: number) => new Date(Math.round(sinceMs + ms)).toISOString();
  const fromNow = (ms: number) => Math.max(0, Math.round(sinceMs + ms - nowMs));
  return {
    kind: "known",
    peers,
    peersOf,
    next: next.filter(({ node }) => node !== "").map(({ node, odds }) => ({ ...readNode(node), odds })),
    remainingSteps,
    end: { p50At: at(leftMs.p50), p90At: at(leftMs.p90), p50Ms: fromNow(leftMs.p50), p90Ms: fromNow(leftMs.p90) },
    failing,
    compensated,
    failed,
  };
}

function limitOf(
  saga: SagaSummary,
  {
    events,
    position,
    sinceMs,
    moves,
  }: { events: readonly SagaEventRow[]; position: string; sinceMs: number; moves: readonly PositionMove[] },
  { limits }: Answering,
): SagaLimit | null {
  if (saga.deadline !== null) return { kind: "declared", at: saga.deadline };
  const limit = limits.of({ type: saga.type, version: saga.version, position });
  const at = dueOf(saga, { history: events, deadline: null, limits });
  if (!limit || at === null) return null;
  const waits = moves.filter(({ version }) => version === saga.version).map((move) => waitsOf(move.waits));
  const all = new Map<number, number>();
  for (const one of waits) for (const [bucket, times] of one) all.set(bucket, (all.get(bucket) ?? 0) + times);
  const { limitMs, samples } = limit;
  const since = new Date(Math.floor(sinceMs)).toISOString();
  return { kind: "learned", at, position, since, limitMs, samples, usualMs: quantileOf(all, 0.5) };
}
