import { type ErrorCode, SagascopeError } from "#lib/errors.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import type { Edit } from "./edited-value.ts";
import type { HoldLetters } from "./hold-letters.ts";
import { heldByAnother, planReplays, waitingLetter } from "./replay-by-id.ts";
import { type PlannedReplay, type ReplayOutcome, type ReplayPorts, replayLetters } from "./replay-letters.ts";

/** Letters replayed together: what a crash may leave as “may have been sent”. */
export const together = 50;

/** Why a letter was not even tried: it cannot be sent, it is there no more, or (`CONFLICT`) nobody has to send it. */
export interface Unsent {
  readonly letter: string;
  readonly code: (typeof standsBack)[number];
  /** Names the letter. */
  readonly message: string;
}

const standsBack = ["BAD_REQUEST", "NOT_FOUND", "CONFLICT"] as const satisfies readonly ErrorCode[];

/** Replays those of the letters that nobody else is replaying, or has replayed since they were selected. */
export async function replayTogether(
  ids: readonly string[],
  edit: Edit,
  { asker, hold, ports }: { asker: Asker; hold: HoldLetters; ports: ReplayPorts },
): Promise<{ outcomes: ReplayOutcome[]; problems: Unsent[] }> {
  return await hold(ids, async (held) => {
    const { planned, problems } = await planEach(ids, async (id) => {
      if (!held.has(id)) throw new SagascopeError("CONFLICT", heldByAnother(id));
      await waitingLetter(asker, id, ports.now());
      return await planReplays(asker, [id], edit);
    });
    return { outcomes: await replayLetters(planned, ports), problems };
  });
}

/** One letter that cannot be replayed does not keep the others back. */
export async function planEach(
  ids: readonly string[],
  plan: (id: string) => Promise<PlannedReplay[]>,
): Promise<{ planned: PlannedReplay[]; problems: Unsent[] }> {
  const planned: PlannedReplay[] = [];
  const problems: Unsent[] = [];
  for (const letter of ids) {
    try {
      planned.push(...(await plan(letter)));
    } catch (error) {
      const code = error instanceof SagascopeError && standsBack.find((one) => one === error.code);
      if (!code) throw error;
      problems.push({
        letter,
        code,
        message: error.message.startsWith(letter) ? error.message : `${letter}: ${error.message}`,
      });
    }
  }
  return { planned, problems };
}
