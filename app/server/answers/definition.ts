import type { z } from "zod";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { Definition } from "#contracts/api/definition.ts";
import type { DefinitionParams } from "#contracts/api/params.ts";
import { conformanceOf } from "#sagas/definition/conformance.ts";
import { graphOf } from "#sagas/definition/graph.ts";
import { addTally, type DefinitionTally, emptyTally } from "#sagas/definition/tally.ts";
import { definitionTallies } from "#store/clickhouse/queries/definition-tallies.ts";
import { slotMs, slotOf } from "#store/clickhouse/rollups/slot.ts";
import type { Answering } from "./answering.ts";

/** Paths that leave the usual ones, of most sagas. */
const mostUnusual = 50;

/** The graph of a saga type, and which of its sagas leave the usual paths, from what was counted of whole slots. */
export async function answerDefinition(
  { id: type, version, ...range }: z.output<typeof DefinitionParams>,
  { asker, nowMs }: Answering,
): Promise<Omit<Definition, keyof Cost>> {
  const { fromMs, toMs } = resolveRange(range, nowMs).window;
  const window = { fromMs: slotOf(fromMs), toMs: slotOf(toMs - 1) + slotMs };
  const tallies = await definitionTallies(asker, type, window);
  const asked = [...tallies].filter(([one]) => version === undefined || one === version);
  const all = emptyTally();
  for (const [, tally] of asked) addTally(all, tally);
  return {
    type,
    version: version ?? null,
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    versions: [...tallies]
      .map(([one, { sagas }]) => ({ version: one, sagas }))
      .sort((a, b) => b.sagas - a.sagas || (a.version < b.version ? -1 : 1)),
    ...graphAsTold(all),
    conformance: conformance(asked),
  };
}

function graphAsTold(tally: DefinitionTally) {
  const { sagas, nodes, edges, concurrent } = graphOf(tally);
  return {
    sagas,
    nodes: [...nodes],
    edges: [...edges],
    concurrent: concurrent.map((pair) => [...pair]),
  };
}

function conformance(tallies: readonly (readonly [string, DefinitionTally])[]): Definition["conformance"] {
  const byVersion = tallies.map(([version, tally]) => ({ version, ...conformanceOf(tally) }));
  const sagas = byVersion.reduce((sum, one) => sum + one.sagas, 0);
  const usual = byVersion.reduce((sum, one) => sum + one.usual, 0);
  const unusual = byVersion
    .flatMap(({ version, unusualPaths }) =>
      unusualPaths.map(({ sagas: own, examples, unusual: edges }) => {
        return { version, sagas: own, examples: [...examples], edges: [...edges] };
      }),
    )
    .sort((a, b) => b.sagas - a.sagas)
    .slice(0, mostUnusual);
  return { sagas, usual, share: sagas === 0 ? null : usual / sagas, unusual };
}
