import type { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { timeBounds } from "./fields.ts";

const two32 = 0x1_0000_0000;
const billion = 1_000_000_000;
const bounds = [timeBounds.earliest, timeBounds.latest].map((seconds) => {
  const nanos = seconds * 10n ** 9n;
  return { low: Number(nanos & 0xffff_ffffn), high: Number(nanos >> 32n) };
});
const [earliest = { low: 0, high: 0 }, latest = { low: 0, high: 0 }] = bounds;

const outOfRange = new Unusual("A time is out of range");

type Bits = { readonly low: number; readonly high: number };
const isBefore = (one: Bits, other: Bits) => one.high < other.high || (one.high === other.high && one.low < other.low);

/** A time in nanoseconds since the epoch, in two halves of 32 bits; 0 is none. */
export class Nanos {
  low = 0;
  high = 0;

  get isZero(): boolean {
    return this.low === 0 && this.high === 0;
  }

  set(low: number, high: number): void {
    this.low = low;
    this.high = high;
  }

  /** The same, of seconds and what is beyond them. In halves of 16 bits, so that no step is beyond 2^53. */
  setSeconds(seconds: number, nanos: number): void {
    const upper = Math.floor(seconds / 0x1_0000) * billion;
    const lower = (seconds & 0xffff) * billion + nanos + (upper & 0xffff) * 0x1_0000;
    this.set(lower >>> 0, Math.floor(upper / 0x1_0000) + Math.floor(lower / two32));
  }

  /** Throws `Unusual` where the time is not between 2000 and 2100. */
  write(strip: Strip): void {
    if (isBefore(this, earliest) || !isBefore(this, latest)) throw outOfRange;
    strip.uint64(this.low, this.high);
  }

  /** How long it is since an earlier time; 0 where that is later. Throws as `write` does, but where there is none. */
  writeSince(strip: Strip, earlier: Nanos): void {
    if (!this.isZero && (isBefore(this, earliest) || !isBefore(this, latest))) throw outOfRange;
    if (isBefore(this, earlier)) strip.uint64(0, 0);
    else strip.uint64(this.low - earlier.low, this.high - earlier.high - (this.low < earlier.low ? 1 : 0));
  }
}
