import { questionParams } from "#components/url/question.ts";
import { waitingLetterStates } from "#contracts/words.ts";
import type { ReplayFilter } from "./replay-every.ts";

/** The filter that a page's address has for its dead letters, of which those that wait for somebody can be replayed. */
export function replayFilterOf(params: URLSearchParams): ReplayFilter {
  const asked = questionParams("dead-letters", params);
  const chosen = asked.getAll("state");
  const state = waitingLetterStates.filter((one) => chosen.length === 0 || chosen.includes(one));
  const time = Object.fromEntries([...asked].filter(([key]) => key === "range" || key === "from" || key === "to"));
  return { ...time, state, reason: asked.getAll("reason"), topic: asked.getAll("topic") };
}
