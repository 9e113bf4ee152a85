import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chance that is the same for the same seed. */
export interface Random {
  /** A whole number in [from, to]. */
  int(from: number, to: number): number;
  /** A number in [0, 1). */
  unit(): number;
  /** A number in [from, to), most often near `from`, as service times are. */
  skewed(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<const C extends readonly [unknown, ...unknown[]]>(choices: C): C[number];
  /** One of the keys, by weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
  /** Lower-case hex digits. */
  hex(digits: number): string;
}

const resolution = 2 ** 30;

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const int = (from: number, to: number) => uniformInt(generator, from, to);
  const unit = () => int(0, resolution - 1) / resolution;
  return {
    int,
    unit,
    skewed: (from, to) => from + (to - from) * unit() ** 3,
    chance: (probability) => unit() < probability,
    pick: (choices) => choices[int(0, choices.length - 1)] ?? choices[0],
    weighted(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][];
      let left = unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of entries) {
        left -= weight;
        if (left < 0) return key;
      }
      return entries[0]?.[0] as keyof typeof weights;
    },
    hex(digits) {
      let text = "";
      while (text.length < digits) text += int(0, 0xffffff).toString(16).padStart(6, "0");
      return text.slice(0, digits);
    },
  };
}

/** A UUID version 7 of this moment (ms since the epoch). */
export function uuidV7(ms: number, random: Random): string {
  const time = ms.toString(16).padStart(12, "0");
  const tail = random.hex(18);
  const variant = "89ab"[Number.parseInt(tail[3] ?? "0", 16) % 4];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(6, 18)}`;
}
