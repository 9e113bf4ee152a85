import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { encodeProtobuf } from "#contracts/otlp/codec.ts";
import type { Fields } from "#contracts/otlp/json.ts";
import { bytesOf, message } from "#ingest/testing.ts";
import { readMessage } from "./encode-otlp.ts";
import { requests } from "./made-telemetry.ts";
import { NativeSheet } from "./native-sheet.ts";

const tables = { traces: "otel_traces", logs: "otel_logs" } as const;
const encodings = ["protobuf", "json"] as const;
type Way = { readonly signal: keyof typeof tables; readonly encoding: (typeof encodings)[number] };
const ways: Way[] = (["traces", "logs"] as const).flatMap((signal) =>
  encodings.map((encoding) => ({ signal, encoding })),
);

function encoded({ signal, encoding }: Way, request: Fields): Buffer {
  return Buffer.from(encoding === "json" ? inJson(request) : encodeProtobuf(signal, request));
}

function inJson(request: Fields, space = ""): string {
  const jsonOf = (key: string, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString(key === "bytesValue" ? "base64" : "hex");
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  };
  return JSON.stringify(request, jsonOf, space);
}

/** With the fields of every object the other way round. */
const reversed = (json: string): string =>
  JSON.stringify(JSON.parse(json), (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse())
      : value,
  );

const from = ({ encoding }: Way, value: Buffer) =>
  message(value, { headers: { "content-type": `application/${encoding}` } });

const writtenOn = (sheet: NativeSheet) =>
  Buffer.concat(sheet.take().map((rows) => bytesOf(rows.body()))).toString("latin1");

/** The rows that the quick way writes; undefined where it leaves the message to the thorough one. */
function quick(way: Way, value: Buffer): string | undefined {
  const sheet = new NativeSheet(tables[way.signal], () => []);
  const isTaken = sheet.isTaken(from(way, value), value, way.encoding);
  const bytes = writtenOn(sheet);
  if (!isTaken) assert.equal(bytes, "");
  return isTaken ? bytes : undefined;
}

function thorough(way: Way, value: Buffer) {
  const { rows, dead } = readMessage(way.signal, from(way, value));
  const sheet = new NativeSheet(tables[way.signal], () => []);
  const lines = rows.map(({ line }) => line);
  sheet.add(from(way, value), lines);
  return { rows: writtenOn(sheet), dead };
}

for (const signal of ["traces", "logs"] as const)
  test(`however ${signal} in JSON are spaced and ordered, the rows are the same`, () => {
    const way = { signal, encoding: "json" } as const;
    fc.assert(
      fc.property(requests[signal], (request) => {
        const { rows, dead } = thorough(way, encoded(way, request));
        const sound = dead.length === 0 ? rows : undefined;
        assert.equal(quick(way, Buffer.from(inJson(request, " "))), sound);
        const written = quick(way, Buffer.from(reversed(inJson(request))));
        // Where an event comes before the beginning of its span, it may be left to the thorough way.
        if (written !== undefined) assert.equal(written, sound);
      }),
      { numRuns: 200 },
    );
  });

for (const way of ways) {
  test(`the quick way takes ${way.signal} in ${way.encoding} as the OpenTelemetry Collector writes them`, () => {
    const name = `${way.signal}.${way.encoding === "json" ? "otlp_json" : "otlp_proto"}`;
    assert.ok(quick(way, readFileSync(`${import.meta.dirname}/as-exported/${name}`)));
  });

  test(`what the quick way writes of ${way.signal} in ${way.encoding} is what the thorough one does, and it takes all that is sound`, () => {
    fc.assert(
      fc.property(requests[way.signal], (request) => {
        const value = encoded(way, request);
        const { rows, dead } = thorough(way, value);
        assert.equal(quick(way, value), dead.length === 0 ? rows : undefined);
      }),
      { numRuns: 300 },
    );
  });

  test(`whatever bytes of ${way.signal} in ${way.encoding} both take, the rows are the same`, () => {
    const broken = fc
      .tuple(requests[way.signal], fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), fc.nat())
      .map(([request, changes, cut]) => {
        const value = encoded(way, request);
        for (const [at, byte] of changes) if (value.length > 0) value[at % value.length] = byte;
        return cut % 4 === 0 ? value.subarray(0, cut % (value.length + 1)) : value;
      });
    fc.assert(
      fc.property(broken, (value) => {
        const written = quick(way, value);
        const { rows, dead } = thorough(way, value);
        // What is broken where no row comes from it, only the thorough way sees.
        if (written !== undefined && dead.length === 0) assert.equal(written, rows);
      }),
      { numRuns: 1_000 },
    );
  });
}
