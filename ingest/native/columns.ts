import { Strip } from "./strip.ts";

/** What a column holds; what is called `…s` holds lists of it. */
export type ColumnKind =
  | "text"
  | "bool"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "time"
  | "millis"
  | "map"
  | "texts"
  | "times"
  | "maps";

/** As the store is told; that its own columns keep texts in dictionaries is its own affair. */
const typeNames: Readonly<Record<ColumnKind, string>> = {
  text: "String",
  bool: "Bool",
  uint8: "UInt8",
  uint16: "UInt16",
  uint32: "UInt32",
  uint64: "UInt64",
  time: "DateTime64(9, 'UTC')",
  millis: "DateTime64(3, 'UTC')",
  map: "Map(String, String)",
  texts: "Array(String)",
  times: "Array(DateTime64(9, 'UTC'))",
  maps: "Array(Map(String, String))",
};

/** A column as strips, in the order in which they are written down. */
export class Column {
  readonly kind: ColumnKind;
  readonly head = new Strip();
  /** Of a list or a map: how many items there are up to each row's end. */
  readonly ends = new Strip();
  /** Of lists of maps: how many pairs there are up to each map's end. */
  readonly mapEnds = new Strip();
  readonly keys = new Strip();
  readonly values = new Strip();
  items = 0;
  pairs = 0;

  constructor(name: string, kind: ColumnKind) {
    this.kind = kind;
    this.head.string(name);
    this.head.string(typeNames[kind]);
  }

  /** Ends a row's list of so many items. */
  endList(items: number): void {
    this.items += items;
    this.ends.uint64(this.items, 0);
  }

  /** Ends a map of so many pairs, which is a row or, in a list, one item. */
  endMap(pairs: number): void {
    this.pairs += pairs;
    (this.kind === "maps" ? this.mapEnds : this.ends).uint64(this.pairs, 0);
  }

  readonly #begun = { ends: 0, keys: 0, values: 0, pairs: 0 };

  /** A value that is neither list nor, in a list, item comes next, and is to be repeated. */
  begin(): void {
    const begun = this.#begun;
    begun.ends = this.ends.at;
    begun.keys = this.keys.at;
    begun.values = this.values.at;
    begun.pairs = this.pairs;
  }

  /** The value that was written since it began, so many times in all, be it none. */
  repeat(times: number): void {
    const begun = this.#begun;
    this.values.repeat(begun.values, times);
    if (this.kind !== "map") return;
    const pairs = this.pairs - begun.pairs;
    this.keys.repeat(begun.keys, times);
    this.ends.at = begun.ends;
    this.pairs = begun.pairs;
    for (let time = 0; time < times; time++) this.endMap(pairs);
  }

  clear(): void {
    for (const strip of this.strips()) strip.at = 0;
    this.items = 0;
    this.pairs = 0;
  }

  strips(): readonly Strip[] {
    switch (this.kind) {
      case "map":
        return [this.ends, this.keys, this.values];
      case "maps":
        return [this.ends, this.mapEnds, this.keys, this.values];
      case "texts":
      case "times":
        return [this.ends, this.values];
      default:
        return [this.values];
    }
  }
}
