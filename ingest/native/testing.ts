import assert from "node:assert/strict";

type Row = Record<string, unknown>;

/** For tests: the rows in blocks of ClickHouse's Native format, as its documentation has it; integers beyond 2^53 as digits. */
export function readNative(body: Buffer): Row[] {
  let at = 0;
  const length = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = body[at++] ?? 0;
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const size = length();
    at += size;
    return body.toString("utf8", at - size, at);
  };
  const uint16 = () => {
    at += 2;
    return body.readUInt16LE(at - 2);
  };
  const uint32 = () => {
    at += 4;
    return body.readUInt32LE(at - 4);
  };
  const integer = () => {
    at += 8;
    const value = body.readBigUInt64LE(at - 8);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  };
  const many = <T>(count: number, read: () => T) => Array.from({ length: count }, read);
  const lists = (count: number, type: string): unknown[] => {
    const ends = many(count, () => Number(integer()));
    const items = column(ends.at(-1) ?? 0, type);
    return ends.map((end, index) => items.slice(ends[index - 1] ?? 0, end));
  };
  const column = (count: number, type: string): unknown[] => {
    if (type === "String") return many(count, text);
    if (type === "UInt8") return many(count, () => body[at++]);
    if (type === "Bool") return many(count, () => body[at++] === 1);
    if (type === "UInt16") return many(count, uint16);
    if (type === "UInt32") return many(count, uint32);
    if (type === "UInt64" || type.startsWith("DateTime64")) return many(count, integer);
    if (type.startsWith("Array(")) return lists(count, type.slice("Array(".length, -1));
    if (type === "pair") {
      const keys = many(count, text);
      return many(count, text).map((value, index) => [keys[index], value]);
    }
    assert.equal(type, "Map(String, String)");
    return lists(count, "pair").map((pairs) => Object.fromEntries(pairs as [string, string][]));
  };
  const rows: Row[] = [];
  while (at < body.length) {
    const columns = length();
    const block: Row[] = many(length(), () => ({}));
    for (let index = 0; index < columns; index++) {
      const name = text();
      for (const [row, value] of column(block.length, text()).entries())
        Object.assign(block[row] ?? {}, { [name]: value });
    }
    rows.push(...block);
  }
  return rows;
}
