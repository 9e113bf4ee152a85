import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import type { LogPosition } from "#app/server/log-reader.ts";
import { recently } from "#app/server/recently.ts";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { PipelineParams } from "#contracts/api/params.ts";
import type { PartitionProgress, Pipeline } from "#contracts/api/pipeline.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { type IngestProgress, ingestProgress } from "#store/clickhouse/queries/ingest-progress.ts";
import { tableSizes } from "#store/clickhouse/queries/table-sizes.ts";
import type { Answering } from "./answering.ts";
import { offerOf } from "./dead-letters.ts";
import { duplicatesAndGaps } from "./duplicates-and-gaps.ts";
import { answerPipelineAt } from "./pipeline-at.ts";

const sizesForMs = 10_000;

/** How far ingest has come, whether all that came in is accounted for, and what is kept; `at` a past moment, what waited then. */
export async function answerPipeline(
  { at, ...range }: z.output<typeof PipelineParams>,
  answering: Answering,
): Promise<Omit<Pipeline, keyof Cost>> {
  if (at !== undefined) return await answerPipelineAt(at, range, answering);
  const { asker, nowMs, topics, kafka } = answering;
  const { window } = resolveRange(range, nowMs);
  const { fromMs, toMs } = window;
  const [progress, log, noticed, tables] = await Promise.all([
    settledProgress(asker, nowMs, topics.events),
    logPositions(kafka),
    duplicatesAndGaps(asker, window),
    recently("sizes", sizesForMs, () => tableSizes(asker)),
  ]);
  return {
    at: null,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    partitions: partitionsOf(
      // Of spans these are the sagas that a mapping makes of them, which are read by themselves.
      progress.filter(({ topic }) => topic !== topics.spans),
      log.positions,
    ),
    kafka: log.offer,
    balance: progress
      // Of telemetry one message is many rows, and a mapping makes any number of events of it: only here it is one.
      .filter(({ topic }) => topic === topics.events)
      .map(({ lastMinute: _, newestEventAt: _at, newestIngestAt: _ingest, ...balance }) => balance),
    ...noticed,
    tables,
  };
}

const looks = 4;
const betweenLooksMs = 300;

/**
 * Of a chunk with dead letters the rows are stored a moment before the dead are: what does not add up is looked at again
 * before anybody is told.
 */
async function settledProgress(asker: Asker, nowMs: number, events: string): Promise<IngestProgress[]> {
  let progress = await ingestProgress(asker, nowMs, { events });
  for (let look = 1; look < looks && progress.some((one) => one.topic === events && one.balance !== 0); look++) {
    await sleep(betweenLooksMs);
    const again = await ingestProgress(asker, nowMs, { events });
    // One partition adds up in this moment, another in the next.
    const settled = new Map(progress.filter(({ balance }) => balance === 0).map((one) => [placeOf(one), one]));
    progress = again.map((one) => (one.balance === 0 ? one : (settled.get(placeOf(one)) ?? one)));
  }
  return progress;
}

async function logPositions(
  kafka: Answering["kafka"],
): Promise<{ offer: Pipeline["kafka"]; positions: readonly LogPosition[] }> {
  const offer = offerOf(kafka);
  if (!kafka) return { offer, positions: [] };
  try {
    return { offer, positions: await kafka.log.positions() };
  } catch (error) {
    if (!(error instanceof SagascopeError)) throw error;
    return { offer: { available: false, why: error.message }, positions: [] };
  }
}

const placeOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}:${partition}`;

/** Every partition that the store or Kafka knows of, in order. */
export function partitionsOf(
  progress: readonly IngestProgress[],
  positions: readonly LogPosition[],
): PartitionProgress[] {
  const stored = new Map(progress.map((one) => [placeOf(one), one]));
  const inLog = new Map(positions.map((one) => [placeOf(one), one]));
  const places = new Map([...progress, ...positions].map((one) => [placeOf(one), one]));
  return [...places]
    .map(([place, { topic, partition }]) => {
      const known = stored.get(place);
      const position = inLog.get(place);
      return { topic, partition, ...fromStore(known), ...fromLog(position, known) };
    })
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}

function fromStore(known: IngestProgress | undefined) {
  const isOfEvents = known !== undefined && known.stored > 0;
  return {
    storedPerSecond: isOfEvents ? known.lastMinute / 60 : null,
    newestEventAt: isOfEvents ? known.newestEventAt : null,
    // What died of telemetry says nothing of what was stored.
    newestIngestAt: isOfEvents ? known.newestIngestAt : null,
  };
}

function fromLog(position: LogPosition | undefined, known: IngestProgress | undefined) {
  const isOfEvents = known !== undefined && known.stored > 0;
  const byStore = isOfEvents ? known.lastOffset : null;
  if (!position) return { storedOffset: byStore, endOffset: null, lag: null, oldestWaiting: null, inPerSecond: null };
  const { atMs, begin, end, next, waiting, lastMinute } = position;
  const last = (offset: bigint) => (offset > 0n ? String(offset - 1n) : null);
  // The group's offset moves after the rows are stored, and may have been looked at before them.
  const reached = isOfEvents ? BigInt(known.lastOffset) + 1n : begin;
  // What was stored after Kafka was asked may have come after that, too.
  const isOlder = isOfEvents && known.newestIngestAt !== null && Date.parse(known.newestIngestAt) >= atMs;
  const lag = end - max(max(next ?? begin, reached), begin);
  return {
    storedOffset: byStore ?? (next === null ? null : last(next)),
    endOffset: last(isOlder ? max(end, reached) : end),
    lag: Number(lag > 0n ? lag : 0n),
    oldestWaiting: lag > 0n ? waiting : null,
    inPerSecond: lastMinute / 60,
  };
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
