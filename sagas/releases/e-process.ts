import type { Tally } from "#sagas/statistics/rate-interval.ts";

/** What two versions did in the same stretch of time. */
export interface Block {
  readonly baseline: Tally;
  readonly canary: Tally;
}

/**
 * What is doubted: that in every block the canary's share is at most (`notAbove`) or at least (`notBelow`) the
 * baseline's plus `margin`.
 */
export interface Doubted {
  readonly claim: "notAbove" | "notBelow";
  readonly margin: number;
}

/** Evidence against what is doubted, block by block. */
export interface Evidence {
  /** The e-value now: of what is doubted, were it true, it would be 1 on average at most, however often it is looked at. */
  readonly now: number;
  /** The index of the block with which it first reached the threshold, or null. */
  readonly reachedAt: number | null;
}

/**
 * Bets against what is doubted, in the order of the blocks (Turner, Ly and Grünwald 2024, "Generic E-variables for exact
 * sequential k-sample tests"). Each block is bet on by what the blocks before it said of the baseline, and by guesses of
 * how far the canary is from it; the stakes multiply. Were the claim true, the gain would ever reach `threshold` with a
 * chance of at most 1 / threshold: at the end, at any look, or at every look (Ville). It holds exactly for any numbers of
 * sagas, and while both versions' shares rise and fall together with the time of day.
 */
export function evidenceAgainst(doubted: Doubted, blocks: readonly Block[], threshold: number): Evidence {
  return evidenceOfAll([{ doubted, blocks }], threshold);
}

/** The mean of several such bets on the same blocks is one too: what any of them gains counts. */
export function evidenceOfAll(
  bets: readonly { readonly doubted: Doubted; readonly blocks: readonly Block[] }[],
  threshold: number,
): Evidence {
  const players = bets.map(({ doubted, blocks }) => ({ blocks, ...playerOf(doubted) }));
  const length = Math.max(0, ...bets.map(({ blocks }) => blocks.length));
  let now = 1;
  let reachedAt: number | null = null;
  for (let index = 0; index < length; index++) {
    for (const { blocks, play } of players) {
      const block = blocks[index];
      if (block) play(block);
    }
    now = players.reduce((sum, player) => sum + player.gain(), 0) / players.length;
    if (now >= threshold) reachedAt ??= index;
  }
  return { now, reachedAt };
}

/** What a baseline's share is taken for before anything was seen: as if 0.5 of 10 had been hit. */
const prior: Tally = { count: 0.5, of: 10 };

function playerOf(doubted: Doubted): { play: (block: Block) => void; gain: () => number } {
  const guesses = guessesAgainst(doubted);
  const gains = guesses.map(() => 0);
  let { count, of } = prior;
  return {
    play({ baseline, canary }) {
      if (baseline.of > 0 && canary.of > 0) {
        const share = count / of;
        for (const [index, guess] of guesses.entries()) {
          gains[index] = (gains[index] ?? 0) + logStake({ baseline, canary }, { share, guess: guess(share), doubted });
        }
      }
      count += baseline.count;
      of += baseline.of;
    },
    gain: () => gains.reduce((sum, gain) => sum + Math.exp(gain), 0) / gains.length,
  };
}

const timesOdds = (times: number) => (share: number) => {
  const odds = (times * share) / (1 - share);
  return odds / (1 + odds);
};

/** What the canary's share may be instead, given the baseline's. */
function guessesAgainst({ claim, margin }: Doubted): ((share: number) => number)[] {
  if (claim === "notAbove") return [1.25, 1.5, 2, 3, 6].map((times) => (share) => timesOdds(times)(share) + margin);
  if (margin === 0) return [0.8, 0.65, 0.5, 0.25].map(timesOdds);
  const within = [0, 0.33, 0.66].map((part) => (share: number) => share + part * margin);
  return [timesOdds(0.5), ...within];
}

interface Bet {
  readonly share: number;
  readonly guess: number;
  readonly doubted: Doubted;
}

const least = 1e-9;
const inside = (share: number) => Math.min(1 - least, Math.max(least, share));

/** The logarithm of how much likelier the block is by the guess than by the nearest pair of shares that is doubted. */
function logStake({ baseline, canary }: Block, { share, guess, doubted }: Bet): number {
  const a = inside(share);
  const b = inside(guess);
  const isDoubted = doubted.claim === "notAbove" ? b <= a + doubted.margin : b >= a + doubted.margin;
  if (isDoubted) return 0;
  const x = nearest({ a, b, margin: doubted.margin }, { baseline: baseline.of, canary: canary.of });
  return logRatio(baseline, a, x) + logRatio(canary, b, x + doubted.margin);
}

function logRatio({ count, of }: Tally, over: number, under: number): number {
  return count * Math.log(over / under) + (of - count) * Math.log((1 - over) / (1 - under));
}

/** The baseline's share x at which (x, x + margin) is nearest to (a, b) by relative entropy, weighed by numbers of sagas. */
function nearest(
  { a, b, margin }: { a: number; b: number; margin: number },
  { baseline, canary }: { baseline: number; canary: number },
): number {
  if (margin === 0) return (baseline * a + canary * b) / (baseline + canary);
  const slope = (x: number) => {
    const y = x + margin;
    return (baseline * (x - a)) / (x * (1 - x)) + (canary * (y - b)) / (y * (1 - y));
  };
  const lowest = Math.max(least, least - margin);
  const highest = Math.min(1 - least, 1 - least - margin);
  const clamp = (x: number) => Math.min(highest, Math.max(lowest, x));
  let low = clamp(Math.min(a, b - margin));
  let high = clamp(Math.max(a, b - margin));
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
