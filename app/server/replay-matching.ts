import type { ReplayedMatching, ReplayMatchingRequest } from "#contracts/api/dead-letters.ts";
import { SagascopeError } from "#lib/errors.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { listDeadLetters } from "#store/clickhouse/queries/dead-letters.ts";
import type { Edit } from "#store/dead-letters/edited-value.ts";
import { letterHolder } from "#store/dead-letters/hold-letters.ts";
import { replayPorts } from "#store/dead-letters/replay-by-id.ts";
import { replayTogether, together } from "#store/dead-letters/replay-together.ts";
import type { StatePool } from "#store/postgres/client.ts";
import { offerOf } from "./answers/dead-letters.ts";
import { readDeadLetterCursor, writeDeadLetterCursor } from "./cursor.ts";
import type { KafkaAccess } from "./kafka.ts";
import { type Fate, fatesOf } from "./replay-fates.ts";
import { resolveRange } from "./time-range.ts";

interface Ports {
  readonly client: StoreClient;
  readonly state: StatePool;
  readonly kafka: KafkaAccess | undefined;
  readonly nowMs: number;
}

const mostProblems = 20;

/** Sends the letters again that match, the newest first, as far as the request's limit goes and Kafka answers. */
export async function replayMatching(
  request: ReplayMatchingRequest,
  { client, state, kafka, nowMs }: Ports,
): Promise<ReplayedMatching> {
  const { fromMs, toMs } = resolveRange(request, nowMs).window;
  // What is sent here and dies again died after this, and is not sent twice by one who goes on until none is left.
  const beforeMs = request.before === undefined ? nowMs : Date.parse(request.before);
  const window = { fromMs, toMs: Math.max(fromMs, Math.min(toMs, beforeMs)) };
  const filter = { window, states: request.state, reasons: request.reason, topics: request.topic };
  const cursor = request.cursor === undefined ? undefined : readDeadLetterCursor(request.cursor);
  if (!kafka) throw new SagascopeError("NOT_SET_UP", offerOf(kafka).why ?? "");
  const asker = createAsker(client);
  const found = await listDeadLetters(asker, filter, { cursor, limit: request.limit + 1, nowMs });
  const letters = found.slice(0, request.limit);
  const edit: Edit = request.patch === undefined ? { kind: "none" } : { kind: "patch", patch: request.patch };
  const ports = { asker, hold: letterHolder(state), ports: replayPorts(client, kafka.send, "web") };
  const fates: Fate[] = [];
  let stopped: SagascopeError | undefined;
  for (let at = 0; at < letters.length && !stopped; at += together) {
    const ids = letters.slice(at, at + together).map(({ id }) => id);
    const come = fatesOf(ids, await replayTogether(ids, edit, ports));
    fates.push(...come.fates);
    stopped = come.stopped;
  }
  const count = (what: Fate["what"]) => fates.filter((fate) => fate.what === what).length;
  if (stopped && count("replayed") === 0) throw stopped;
  const last = letters[fates.length - 1];
  return {
    replayed: count("replayed"),
    already: count("already"),
    failed: count("failed"),
    problems: fates
      .flatMap(({ what, letter, detail }) => (what === "failed" ? [{ letter, detail }] : []))
      .slice(0, mostProblems),
    stopped: stopped?.message ?? null,
    next: last && found.length > fates.length ? writeDeadLetterCursor(last) : null,
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
  };
}
