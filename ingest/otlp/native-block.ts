import { dayOf } from "./fields.ts";
import { Column, type ColumnKind } from "./native-columns.ts";
import { Strip } from "./strip.ts";

export type ColumnKinds = Readonly<Record<string, ColumnKind>>;

/** So large a block that its head is nothing, so small that what grows is not copied much. */
const sealedBytes = 2 << 20;

/** Rows as they are written column by column, in blocks of ClickHouse's Native format. */
export class NativeBlock<Kinds extends ColumnKinds> {
  readonly #columns: Readonly<Record<keyof Kinds, Column>>;
  readonly inOrder: readonly Column[];
  readonly #strips: readonly Strip[];
  readonly #times: readonly Column[];
  #sealed: Buffer[] = [];
  #rows = 0;
  /** The days of its rows' times, since the epoch. */
  readonly days = new Set<number>();

  constructor(kinds: Kinds) {
    const columns = Object.entries(kinds).map(([name, kind]) => [name, new Column(name, kind)] as const);
    this.#columns = Object.fromEntries(columns) as Record<keyof Kinds, Column>;
    this.inOrder = columns.map(([, column]) => column);
    this.#strips = this.inOrder.flatMap((column) => column.strips());
    this.#times = this.inOrder.filter(({ kind }) => kind === "time");
  }

  get columns(): Readonly<Record<keyof Kinds, Column>> {
    return this.#columns;
  }

  /** Where it stands, to go `back` to, until rows are `added`. */
  mark(): readonly number[] {
    return [
      ...this.#strips.map(({ at }) => at),
      ...this.inOrder.map(({ items }) => items),
      ...this.inOrder.map(({ pairs }) => pairs),
    ];
  }

  back(mark: readonly number[]): void {
    for (const [index, strip] of this.#strips.entries()) strip.at = mark[index] ?? 0;
    for (const [index, column] of this.inOrder.entries()) {
      column.items = mark[this.#strips.length + index] ?? 0;
      column.pairs = mark[this.#strips.length + this.inOrder.length + index] ?? 0;
    }
  }

  /** So many rows were written to every column. */
  added(rows: number): void {
    this.#rows += rows;
    if (this.#strips.reduce((sum, { at }) => sum + at, 0) > sealedBytes) this.#seal();
  }

  /** All rows, in blocks. */
  take(): readonly Buffer[] {
    this.#seal();
    return this.#sealed;
  }

  /** Ready for other rows. */
  clear(): void {
    this.#sealed = [];
    this.#rows = 0;
    this.days.clear();
    this.back([]);
  }

  #seal(): void {
    if (this.#rows === 0) return;
    for (const { values } of this.#times) addDays(values.written(), this.days);
    const head = new Strip();
    head.length(this.inOrder.length);
    head.length(this.#rows);
    const parts = this.inOrder.flatMap((column) => [column.head, ...column.strips().map((strip) => strip.written())]);
    this.#sealed.push(joined([head.written(), ...parts]));
    this.#rows = 0;
    this.back([]);
  }
}

/** Of nanoseconds in 64 bits each. */
function addDays(times: Buffer, days: Set<number>): void {
  let last: number | undefined;
  for (let at = 0; at < times.length; at += 8) {
    const day = dayOf(times.readUInt32LE(at) + times.readUInt32LE(at + 4) * 2 ** 32);
    if (day !== last) days.add(day);
    last = day;
  }
}

/** In memory of its own, so that it can be given back. */
function joined(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(whole, at);
  return whole;
}
