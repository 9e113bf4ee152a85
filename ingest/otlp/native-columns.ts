import { Strip } from "./strip.ts";

/** What a column holds; what is called `…s` holds lists of it. */
export type ColumnKind = "text" | "uint8" | "uint32" | "uint64" | "time" | "map" | "texts" | "times" | "maps";

/** As the store is told; that its own columns keep texts in dictionaries is its own affair. */
const typeNames: Readonly<Record<ColumnKind, string>> = {
  text: "String",
  uint8: "UInt8",
  uint32: "UInt32",
  uint64: "UInt64",
  time: "DateTime64(9, 'UTC')",
  map: "Map(String, String)",
  texts: "Array(String)",
  times: "Array(DateTime64(9, 'UTC'))",
  maps: "Array(Map(String, String))",
};

/** A column as strips, in the order in which they are written down. */
export class Column {
  readonly kind: ColumnKind;
  readonly head: Buffer;
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
    const head = new Strip();
    head.string(name);
    head.string(typeNames[kind]);
    this.head = Buffer.from(head.written());
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
