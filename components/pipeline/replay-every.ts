import type { ReplayedMatching, ReplayMatchingRequest } from "#contracts/api/dead-letters.ts";

/** The filter of the list, as the command takes it. */
export type ReplayFilter = Pick<ReplayMatchingRequest, "range" | "from" | "to" | "state" | "reason" | "topic">;
export type ReplaySome = (
  request: ReplayFilter & Pick<ReplayMatchingRequest, "before" | "limit" | "cursor">,
) => Promise<ReplayedMatching>;

/** How far a replay of many has come. */
export interface Replaying extends Pick<ReplayedMatching, "replayed" | "already" | "failed" | "stopped"> {
  /** What went wrong with the first that failed. */
  readonly problem: string | undefined;
}

const perCall = 100;

/** What somebody has agreed to: the number that was told, and before when all of those had died. */
export interface Agreed {
  readonly most: number;
  /** ISO 8601. */
  readonly before: string;
}

/** Replays what matches, call after call: no more than was agreed to, and nothing that died since. */
export async function* replayEvery(
  filter: ReplayFilter,
  { most, before, replay }: Agreed & { replay: ReplaySome },
): AsyncGenerator<Replaying> {
  let sum: Replaying = { replayed: 0, already: 0, failed: 0, stopped: null, problem: undefined };
  let request: Parameters<ReplaySome>[0] = { ...filter, before, limit: Math.min(perCall, most) };
  for (let left = most; left > 0; ) {
    const { next, from, to, stopped, ...some } = await replay(request);
    sum = {
      replayed: sum.replayed + some.replayed,
      already: sum.already + some.already,
      failed: sum.failed + some.failed,
      stopped,
      problem: sum.problem ?? some.problems[0]?.detail,
    };
    yield sum;
    left -= some.replayed + some.already + some.failed;
    if (next === null || stopped !== null) return;
    const { state, reason, topic } = filter;
    request = { from, to, state, reason, topic, cursor: next, limit: Math.min(perCall, left) };
  }
}
