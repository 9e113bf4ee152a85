/** What a field holds. `flags` are 32 bits, `time` 64, of a fixed length in protobuf. */
export type FieldType = "text" | "id" | "message" | "repeated" | "number" | "flags" | "time";
export type Field = readonly [number: number, name: string, type: FieldType];

/**
 * A message's fields, each at most once. A reader finds them in a message and says by place where they are: from and to
 * for what it knows to read there, −1 where there is none.
 */
export interface Layout {
  readonly types: readonly FieldType[];
  /** As JSON has them. */
  readonly names: readonly Buffer[];
  /** As protobuf has them: the place by tag, counted from 1; 0 is a field to skip. */
  readonly placeOf: Uint8Array;
  /** Field numbers in use, which with another wire type than theirs are unusual; and 0, which is no field's. */
  readonly isNumber: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
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
  return {
    types: fields.map(([, , type]) => type),
    names: fields.map(([, name]) => Buffer.from(name)),
    placeOf,
    isNumber,
    from: new Int32Array(fields.length).fill(-1),
    to: new Int32Array(fields.length).fill(-1),
  };
}
