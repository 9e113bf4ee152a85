import type { SagascopeError } from "#lib/errors.ts";
import { endsTrying, type ReplayOutcome } from "#store/dead-letters/replay-letters.ts";
import type { Unsent } from "#store/dead-letters/replay-together.ts";

/** What became of a letter that was to be replayed with others. */
export interface Fate {
  readonly letter: string;
  readonly what: "replayed" | "already" | "failed";
  /** Why it was not replayed. */
  readonly detail: string;
}

/** The fates of letters, in their order, up to where Kafka did not answer; from there on nothing was tried. */
export function fatesOf(
  letters: readonly string[],
  { outcomes, problems }: { outcomes: readonly ReplayOutcome[]; problems: readonly Unsent[] },
): { fates: Fate[]; stopped: SagascopeError | undefined } {
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.letter, outcome]));
  const problemOf = new Map(problems.map((problem) => [problem.letter, problem]));
  const fates: Fate[] = [];
  for (const letter of letters) {
    const outcome = outcomeOf.get(letter);
    if (outcome === undefined) fates.push(unsent(letter, problemOf.get(letter)));
    else if (outcome.kind === "sent") fates.push({ letter, what: "replayed", detail: "" });
    else {
      const isEnd = endsTrying(outcome);
      // Of the one that may have been sent this is all that can be said; the one that was surely not is left for later.
      if (!isEnd || outcome.kind === "unknown") fates.push({ letter, what: "failed", detail: outcome.problem.message });
      if (isEnd) return { fates, stopped: outcome.problem };
    }
  }
  return { fates, stopped: undefined };
}

function unsent(letter: string, problem: Unsent | undefined): Fate {
  if (problem?.code === "CONFLICT") return { letter, what: "already", detail: problem.message };
  return { letter, what: "failed", detail: problem?.message ?? `There is no dead letter ${letter}.` };
}
