import { Names } from "#ingest/native/json-cursor.ts";
import { Unusual } from "#ingest/native/unusual.ts";

/** What a field holds. `flags` are 32 bits, `time` 64, of a fixed length in protobuf. */
export type FieldType = "text" | "id" | "message" | "repeated" | "number" | "flags" | "time";
export type Field = readonly [number: number, name: string, type: FieldType];

/** A message's fields, each known by its place among them, and each at most once in a message. */
export interface Layout {
  /** As JSON has them. */
  readonly names: Names;
  /** As protobuf has them: the place by tag, counted from 1; 0 is a field to skip. */
  readonly placeOf: Uint8Array;
  /** Field numbers in use, which with another wire type than theirs are unusual; and 0, which is no field's. */
  readonly isNumber: Uint8Array;
  /** A bit for each place that was found in the message at hand. */
  found: number;
}

const wireTypes = { text: 2, id: 2, message: 2, repeated: 2, number: 0, flags: 5, time: 1 } as const satisfies Record<
  FieldType,
  number
>;

/** The layout of a message, its fields in the order of their places. */
export function layoutOf(...fields: readonly Field[]): Layout {
  const placeOf = new Uint8Array(256);
  const isNumber = new Uint8Array(32).fill(1, 0, 1);
  for (const [place, [number, , type]] of fields.entries()) {
    placeOf[(number << 3) | wireTypes[type]] = place + 1;
    isNumber[number] = 1;
  }
  return { names: new Names(fields.map(([, name]) => name)), placeOf, isNumber, found: 0 };
}

const twice = new Unusual("A field stands there twice");

/** A field was found in the message at hand. */
export function find(layout: Layout, place: number): void {
  if (isFound(layout, place)) throw twice;
  layout.found |= 1 << place;
}

/** Whether the message at hand has that field. */
export function isFound({ found }: Layout, place: number): boolean {
  return (found & (1 << place)) !== 0;
}
