import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { pastDay } from "./past-day.ts";

const { values } = parseArgs({
  options: {
    sagas: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    end: { type: "string", default: new Date().toISOString() },
  },
});

/** The saga events of a simulated past day, one JSON a line: what else than the demo may learn from it. */
function* lines(): Generator<string> {
  const day = { count: Number(values.sagas), seed: Number(values.seed), endMs: Date.parse(values.end) };
  for (const { events } of pastDay(day)) yield events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

await pipeline(Readable.from(lines()), process.stdout);
