/** Content types by output format, as ClickHouse sends them; text for the rest. */
const contentTypes: Readonly<Record<string, string>> = {
  Arrow: "application/vnd.apache.arrow.file",
  ArrowStream: "application/vnd.apache.arrow.stream",
  Avro: "application/octet-stream",
  BSONEachRow: "application/octet-stream",
  CSV: "text/csv; charset=UTF-8; header=absent",
  CSVWithNames: "text/csv; charset=UTF-8; header=present",
  CSVWithNamesAndTypes: "text/csv; charset=UTF-8; header=present",
  HTML: "text/html; charset=UTF-8",
  MsgPack: "application/x-msgpack",
  Native: "application/octet-stream",
  Npy: "application/octet-stream",
  ORC: "application/octet-stream",
  Parquet: "application/octet-stream",
  RawBLOB: "application/octet-stream",
  RowBinary: "application/octet-stream",
  RowBinaryWithDefaults: "application/octet-stream",
  RowBinaryWithNames: "application/octet-stream",
  RowBinaryWithNamesAndTypes: "application/octet-stream",
  TabSeparated: "text/tab-separated-values; charset=UTF-8",
  TabSeparatedRaw: "text/tab-separated-values; charset=UTF-8",
  TabSeparatedWithNames: "text/tab-separated-values; charset=UTF-8",
  TabSeparatedWithNamesAndTypes: "text/tab-separated-values; charset=UTF-8",
  TSV: "text/tab-separated-values; charset=UTF-8",
  XML: "application/xml; charset=UTF-8",
};

/** The content type of an answer in `format`. */
export function contentTypeOf(format: string): string {
  const known = contentTypes[format];
  if (known !== undefined) return known;
  if (/^JSON.*EachRow/.test(format)) return "application/x-ndjson; charset=UTF-8";
  return format.startsWith("JSON") ? "application/json; charset=UTF-8" : "text/plain; charset=UTF-8";
}

/** The totals that JSON formats end with: rows and bytes that the query read, which the engine tells nowhere else. */
export function readTotals(bytes: Uint8Array): { rows: number; bytes: number } | undefined {
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    "latin1",
    Math.max(0, bytes.length - 200),
  );
  const found = /"rows_read": ?(\d+),\s*"bytes_read": ?(\d+)\s*\}\s*\}\s*$/.exec(tail);
  return found === null ? undefined : { rows: Number(found[1]), bytes: Number(found[2]) };
}
