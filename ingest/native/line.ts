import type { Column } from "./columns.ts";
import { JsonTokens, kindOf } from "./json-tokens.ts";
import type { Strip } from "./strip.ts";

const tokens = new JsonTokens();

/** A row that was written as a line of JSONCompactEachRow, into its columns. */
export function writeLine(columns: readonly Column[], line: string): void {
  tokens.read(Buffer.from(line));
  let token = 1;
  for (const column of columns) {
    writeValue(column, token);
    token = tokens.next[token] ?? 0;
  }
}

function writeValue(column: Column, token: number): void {
  switch (column.kind) {
    case "map":
      writeMap(column, token);
      break;
    case "maps":
    case "texts":
    case "times": {
      let count = 0;
      for (const item of itemsOf(token)) {
        if (column.kind === "maps") writeMap(column, item);
        else if (column.kind === "texts") writeText(column.values, item);
        else writeInteger(column.values, "uint64", item);
        count++;
      }
      column.endList(count);
      break;
    }
    case "text":
      writeText(column.values, token);
      break;
    case "bool":
      column.values.uint8(tokens.kind[token] === kindOf.true ? 1 : 0);
      break;
    case "time":
    case "millis":
      writeInteger(column.values, "uint64", token);
      break;
    default:
      writeInteger(column.values, column.kind, token);
  }
}

function* itemsOf(token: number): Generator<number> {
  const end = tokens.next[token] ?? 0;
  for (let item = token + 1; item < end; item = tokens.next[item] ?? end) yield item;
}

function writeMap(column: Column, token: number): void {
  let isKey = true;
  let pairs = 0;
  for (const item of itemsOf(token)) {
    writeText(isKey ? column.keys : column.values, item);
    if (!isKey) pairs++;
    isKey = !isKey;
  }
  column.endMap(pairs);
}

function writeText(strip: Strip, token: number): void {
  strip.text(tokens.bytes, tokens.from[token] ?? 0, tokens.to[token] ?? 0);
}

function writeInteger(strip: Strip, kind: "uint8" | "uint16" | "uint32" | "uint64", token: number): void {
  const digits = tokens.bytes.toString("latin1", tokens.from[token], tokens.to[token]);
  const value = BigInt.asUintN(64, BigInt(digits));
  const low = Number(value & 0xffff_ffffn);
  if (kind === "uint64") strip.uint64(low, Number(value >> 32n));
  else strip[kind](low);
}
