import { packed } from "#store/clickhouse/inserts/compressed-body.ts";
import type { PackedBody } from "#store/clickhouse/inserts/insert-block.ts";
import { Column, type ColumnKind } from "./columns.ts";
import { Strip } from "./strip.ts";

export type ColumnKinds = Readonly<Record<string, ColumnKind>>;

/** So large a block that its head is nothing, so small that what grows is not copied much. */
const sealedBytes = 2 << 20;

/** Rows as they are written column by column, in blocks of ClickHouse's Native format. */
export class NativeBlock<Kinds extends ColumnKinds> {
  readonly #columns: Readonly<Record<keyof Kinds, Column>>;
  readonly inOrder: readonly Column[];
  readonly #strips: readonly Strip[];
  readonly #dated: Column;
  /** Where each strip stood, then the items and pairs of each column. */
  readonly #mark: Float64Array;
  #sealed: Buffer[] = [];
  #sealedBytes = 0;
  #rows = 0;
  /** Where a block is put together. */
  readonly #desk = new Strip();
  /** The days of its rows, since the epoch. */
  readonly days = new Set<number>();

  /** A row is of the day of `dated`, a `time` or `millis`. */
  constructor(kinds: Kinds, dated: keyof Kinds) {
    const columns = Object.entries(kinds).map(([name, kind]) => [name, new Column(name, kind)] as const);
    this.#columns = Object.fromEntries(columns) as Record<keyof Kinds, Column>;
    this.inOrder = columns.map(([, column]) => column);
    this.#strips = this.inOrder.flatMap((column) => column.strips());
    this.#dated = this.#columns[dated];
    this.#mark = new Float64Array(this.#strips.length + 2 * this.inOrder.length);
  }

  get columns(): Readonly<Record<keyof Kinds, Column>> {
    return this.#columns;
  }

  /** Marks where it stands, to go `back` to, until rows are `added`. */
  mark(): void {
    const mark = this.#mark;
    let place = 0;
    for (const strip of this.#strips) mark[place++] = strip.at;
    for (const column of this.inOrder) {
      mark[place++] = column.items;
      mark[place++] = column.pairs;
    }
  }

  back(): void {
    const mark = this.#mark;
    let place = 0;
    for (const strip of this.#strips) strip.at = mark[place++] ?? 0;
    for (const column of this.inOrder) {
      column.items = mark[place++] ?? 0;
      column.pairs = mark[place++] ?? 0;
    }
  }

  /** So many rows were written to every column. */
  added(rows: number): void {
    this.#rows += rows;
    if (this.#strips.reduce((sum, { at }) => sum + at, 0) > sealedBytes) this.#seal();
  }

  /** All rows, in blocks. */
  take(): PackedBody {
    this.#seal();
    return { packed: this.#sealed, bytes: this.#sealedBytes };
  }

  /** Ready for other rows. */
  clear(): void {
    this.#sealed = [];
    this.#sealedBytes = 0;
    this.days.clear();
    this.#empty();
  }

  #seal(): void {
    if (this.#rows === 0) return;
    const { kind, values } = this.#dated;
    addDays(values.written(), kind === "millis" ? millisADay : nanosADay, this.days);
    const desk = this.#desk;
    desk.at = 0;
    desk.length(this.inOrder.length);
    desk.length(this.#rows);
    for (const column of this.inOrder) {
      desk.append(column.head);
      for (const strip of column.strips()) desk.append(strip);
    }
    this.#sealed.push(packed(desk.written()));
    this.#sealedBytes += desk.at;
    this.#empty();
  }

  #empty(): void {
    this.#rows = 0;
    this.#mark.fill(0);
    this.back();
  }
}

const millisADay = 86_400_000;
const nanosADay = millisADay * 1_000_000;

/** Of times in 64 bits each, of which a day has so many units. */
function addDays(times: Buffer, unitsADay: number, days: Set<number>): void {
  let last: number | undefined;
  for (let at = 0; at < times.length; at += 8) {
    const day = Math.floor((times.readUInt32LE(at) + times.readUInt32LE(at + 4) * 2 ** 32) / unitsADay);
    if (day !== last) days.add(day);
    last = day;
  }
}
