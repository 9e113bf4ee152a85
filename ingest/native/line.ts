import type { Column } from "./columns.ts";
import { JsonCursor } from "./json-cursor.ts";
import { Strip } from "./strip.ts";

const json = new JsonCursor({ takesNul: true });
const aside = new Strip();

/** A row that was written as a line of JSONCompactEachRow, into its columns. */
export function writeLine(columns: readonly Column[], bytes: Buffer): void {
  json.open(bytes, 0, bytes.length);
  json.list();
  for (const column of columns) {
    writeValue(column);
    json.listGoesOn();
  }
  json.close();
}

function writeValue(column: Column): void {
  switch (column.kind) {
    case "map":
      writeMap(column);
      break;
    case "maps":
    case "texts":
    case "times": {
      let count = 0;
      for (let goesOn = json.list(); goesOn; goesOn = json.listGoesOn(), count++)
        if (column.kind === "maps") writeMap(column);
        else if (column.kind === "texts") json.text(column.values);
        else writeInteger(column.values, "uint64");
      column.endList(count);
      break;
    }
    case "text":
      json.text(column.values);
      break;
    case "bool":
      column.values.uint8(json.boolean() ? 1 : 0);
      break;
    case "time":
    case "millis":
      writeInteger(column.values, "uint64");
      break;
    default:
      writeInteger(column.values, column.kind);
  }
}

function writeMap(column: Column): void {
  let pairs = 0;
  for (let goesOn = json.object(); goesOn; goesOn = json.goesOn(), pairs++) {
    json.text(column.keys);
    json.colon();
    json.text(column.values);
  }
  column.endMap(pairs);
}

function writeInteger(strip: Strip, kind: "uint8" | "uint16" | "uint32" | "uint64"): void {
  aside.at = 0;
  if (json.isText()) json.text(aside);
  else json.number(aside);
  const value = BigInt.asUintN(64, BigInt(aside.bytes.toString("latin1", 1, aside.at)));
  const low = Number(value & 0xffff_ffffn);
  if (kind === "uint64") strip.uint64(low, Number(value >> 32n));
  else strip[kind](low);
}
