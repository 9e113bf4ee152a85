import assert from "node:assert/strict";
import { test } from "node:test";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { rateInterval } from "./rate-interval.ts";

test("it holds what was seen, and narrows as more is seen", () => {
  let width = 1.1;
  for (const sagas of [0, 10, 100, 1000, 10_000]) {
    const { low, high } = rateInterval({ count: sagas / 10, of: sagas }, 0.05);
    assert.ok(low <= 0.1 && 0.1 <= high && high - low < width);
    width = high - low;
  }
  assert.equal(rateInterval({ count: 0, of: 50 }, 0.05).low, 0);
  assert.equal(rateInterval({ count: 50, of: 50 }, 0.05).high, 1);
});

test("its edge is where the even mixture outweighs a share twentyfold", () => {
  // Of 2 in 2 the mixture has 1 in 3: the share whose square is a twentieth of it.
  assert.ok(Math.abs(rateInterval({ count: 2, of: 2 }, 0.05).low - Math.sqrt(1 / 60)) < 1e-9);
});

test("looked at after every tenth saga of 3,000, it misses the true share in at most 5 of 100 runs", () => {
  for (const share of [0.02, 0.3]) {
    const runs = 300;
    let missed = 0;
    for (let seed = 0; seed < runs; seed++) if (everMisses(share, seed)) missed += 1;
    assert.ok(missed / runs <= 0.05, `${missed} of ${runs} at ${share}`);
  }
});

function everMisses(share: number, seed: number): boolean {
  const source = xoroshiro128plus(seed);
  let count = 0;
  for (let of = 1; of <= 3000; of++) {
    if (uniformInt(source, 1, 1_000_000) <= share * 1_000_000) count += 1;
    if (of % 10 > 0) continue;
    const { low, high } = rateInterval({ count, of }, 0.05);
    if (share < low || share > high) return true;
  }
  return false;
}
