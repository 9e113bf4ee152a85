import { setImmediate as turn } from "node:timers/promises";
import { emptyTally, tallyHistory } from "#sagas/definition/tally.ts";
import { tallyMoves } from "#sagas/outlook/moves.ts";
import { type Asker, createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import {
  type Share,
  sagaHistories,
  sagasByPiece,
  sagasWithin,
  type TypedHistory,
} from "#store/clickhouse/queries/saga-histories.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";
import { type FactRow, factRows, type Learned } from "./facts.ts";
import { slotMs } from "./slot.ts";

/** Counted by another revision, a slot is counted anew. Raise it when what is counted changes its meaning. */
export const revision = "1";

/** What one query reads: so that neither the store nor this process is long at it. */
const sagasAtOnce = 2_000;
const limits = { maxSeconds: 60, maxMemoryBytes: 500_000_000 };

/**
 * Counts the sagas that started within a slot, from nothing, and stores what it finds in place of what was known. So it may
 * be done again at any time, and comes to the same; cut short, it changes nothing. Resolves with how many sagas there were.
 */
export async function computeSlot(
  client: StoreClient,
  { slot, computedAt }: { slot: number; computedAt: string },
): Promise<number> {
  const asker = createAsker(client, limits);
  const learned = new Map<string, Learned>();
  let sagas = 0;
  const window = { fromMs: slot, toMs: slot + slotMs };
  for (const { piece, share } of await partsOf(asker, window)) {
    const histories = await sagaHistories(asker, piece, share);
    for (const history of histories) learn(learned, history);
    sagas += histories.length;
    // What else this process has to do comes first.
    await turn();
  }
  await insertFacts(client, { slot, computedAt, sagas, rows: [...learned.values()].flatMap(factRows) });
  return sagas;
}

/** A piece of a window and, where more sagas than are read at once started in it, a share of these. */
interface Part {
  readonly piece: TimeWindow;
  readonly share: Share;
}

/** A window in pieces of equal length, down to a millisecond, and what of them is too much in shares. */
async function partsOf(asker: Asker, window: TimeWindow): Promise<Part[]> {
  const pieces = piecesOf(window, await sagasWithin(asker, window));
  const counts = pieces.length === 1 ? [] : await sagasByPiece(asker, pieces);
  return pieces.flatMap((piece, index) => {
    const of = Math.max(1, Math.ceil((counts[index] ?? 0) / sagasAtOnce));
    return Array.from({ length: of }, (_, at) => ({ piece, share: { of, at } }));
  });
}

/** The window in as many parts of equal length as its sagas are a good part each, down to a millisecond. */
export function piecesOf({ fromMs, toMs }: TimeWindow, sagas: number): TimeWindow[] {
  const parts = Math.max(1, Math.min(toMs - fromMs, Math.ceil(sagas / sagasAtOnce)));
  const at = (part: number) => fromMs + Math.floor(((toMs - fromMs) * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({ fromMs: at(part), toMs: at(part + 1) }));
}

function learn(all: Map<string, Learned>, history: TypedHistory): void {
  const { type, version } = history;
  const key = `${type}\n${version}`;
  const known = all.get(key) ?? { type, version, definition: emptyTally(), moves: new Map() };
  all.set(key, known);
  tallyHistory(known.definition, history);
  tallyMoves(known.moves, history);
}

async function insertFacts(
  client: StoreClient,
  { slot, computedAt, sagas, rows }: { slot: number; computedAt: string; sagas: number; rows: readonly FactRow[] },
): Promise<void> {
  const counted: FactRow = { saga_type: "", saga_version: "", fact: "slot", subject: revision, object: "", sagas };
  const at = { slot: slot / 1000, computed_at: computedAt };
  await client.insert({
    table: "saga_rollups",
    format: "JSONEachRow",
    values: [counted, ...rows].map((row) => ({ ...row, ...at })),
    // One block of one day is one part: its rows are there all together or not at all.
    clickhouse_settings: {
      async_insert: 0,
      wait_end_of_query: 1,
      max_insert_block_size: "10000000",
      min_insert_block_size_rows: "10000000",
      min_insert_block_size_bytes: "1073741824",
      input_format_parallel_parsing: 0,
      distributed_foreground_insert: 1,
    },
  });
}
