import { Unusual } from "./layout.ts";
import type { RowBytes } from "./row-bytes.ts";

const earliestSecond = 946_684_800;
const latestSecond = 7_258_118_400;
const billion = 1_000_000_000;

/** A time of 64 bits, in nanoseconds since the epoch, as two numbers that hold it exactly; 0 is none. */
export class Nanos {
  seconds = 0;
  /** Beyond the second. */
  nanos = 0;

  get isZero(): boolean {
    return this.seconds === 0;
  }

  clear(): void {
    this.seconds = 0;
    this.nanos = 0;
  }

  /** Throws `Unusual` where the time is not between 2000 and 2200. Long division, 16 bits at a time: no step is beyond 2^53. */
  set(low: number, high: number): void {
    if (low === 0 && high === 0) {
      this.clear();
      return;
    }
    const first = Math.floor(high / billion);
    const upper = (high - first * billion) * 0x1_0000 + (low >>> 16);
    const second = Math.floor(upper / billion);
    const lower = (upper - second * billion) * 0x1_0000 + (low & 0xffff);
    const third = Math.floor(lower / billion);
    this.setBoth(first * 0x1_0000_0000 + second * 0x1_0000 + third, lower - third * billion);
  }

  /** Throws as `set`. */
  setBoth(seconds: number, nanos: number): void {
    if (seconds < earliestSecond || seconds >= latestSecond) throw new Unusual("A time is out of range");
    this.seconds = seconds;
    this.nanos = nanos;
  }

  write(rows: RowBytes): void {
    writeBoth(rows, this.seconds, this.nanos);
  }

  /** How long it is since an earlier time; 0 where that is later. */
  writeSince(rows: RowBytes, earlier: Nanos): void {
    const borrowed = this.nanos < earlier.nanos ? 1 : 0;
    const seconds = this.seconds - earlier.seconds - borrowed;
    if (seconds < 0) rows.byte(0x30);
    else writeBoth(rows, seconds, this.nanos - earlier.nanos + borrowed * billion);
  }
}

function writeBoth(rows: RowBytes, seconds: number, nanos: number): void {
  if (seconds === 0) rows.digits(nanos);
  else {
    rows.digits(seconds);
    rows.nineDigits(nanos);
  }
}
