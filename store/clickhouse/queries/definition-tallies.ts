import { z } from "zod";
import { sql, string, uint32 } from "#lib/sql.ts";
import { type DefinitionTally, emptyTally, mostExamples } from "#sagas/definition/tally.ts";
import { edgeKey } from "#sagas/definition/transitions.ts";
import { ends } from "#sagas/history.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { histogramOf, holding, summedCounts, summedKeys } from "./rollup-facts.ts";
import type { TimeWindow } from "./time-window.ts";

const Row = z.object({
  fact: z.enum(["end", "node", "edge", "pair", "path"]),
  version: z.string(),
  subject: z.string(),
  object: z.string(),
  sagas: Count,
  times: Count,
  given: Count,
  completed: Count,
  failed: Count,
  keys: z.array(Count),
  counts: z.array(Count),
  examples: z.array(z.string()),
});
type Row = z.infer<typeof Row>;

/** More facts than these of a type are left out, those of the fewest sagas first. */
const mostRows = 50_000;

/** What was counted of a saga type in the slots that begin within the window, by version. */
export async function definitionTallies(
  asker: Asker,
  type: string,
  window: TimeWindow,
): Promise<Map<string, DefinitionTally>> {
  const rows = await asker.ask(
    sql`SELECT fact, saga_version AS version, subject, object, sum(saga_rollups.sagas) AS sagas, sum(saga_rollups.times) AS times,
        sum(saga_rollups.given) AS given, sum(saga_rollups.completed) AS completed, sum(saga_rollups.failed) AS failed,
        ${summedKeys} AS keys, ${summedCounts} AS counts,
        arraySlice(arraySort(groupUniqArrayArray(saga_rollups.examples)), 1, ${uint32(mostExamples)}) AS examples
      FROM saga_rollups
      WHERE saga_type = ${string(type)} AND fact IN ('end', 'node', 'edge', 'pair', 'path') AND ${holding(window)}
      GROUP BY fact, version, subject, object ORDER BY sagas DESC, subject, object LIMIT ${uint32(mostRows)}`,
    Row,
  );
  const tallies = new Map<string, DefinitionTally>();
  for (const row of rows) {
    const tally = tallies.get(row.version) ?? emptyTally();
    tallies.set(row.version, tally);
    put(tally, row);
  }
  return tallies;
}

function put(tally: DefinitionTally, row: Row): void {
  const { fact, subject, object, sagas, times, given, completed, failed } = row;
  const ms = histogramOf(row.keys, row.counts);
  switch (fact) {
    case "end":
      tally.sagas += sagas;
      return void tally.ends.set(ends.find((end) => end === subject) ?? "open", sagas);
    case "node":
      return void tally.nodes.set(subject, { sagas, tries: times, completed, failed, compensates: object, ms });
    case "edge":
      return void tally.edges.set(edgeKey(subject, object), { from: subject, to: object, sagas, times, given, ms });
    case "pair":
      return void tally.pairs.set(edgeKey(subject, object), {
        from: subject,
        to: object,
        concurrent: sagas,
        both: times,
      });
    case "path": {
      const edges = subject === "" ? [] : subject.split("\n");
      return void tally.paths.set(subject, { edges, sagas, examples: row.examples });
    }
  }
}
