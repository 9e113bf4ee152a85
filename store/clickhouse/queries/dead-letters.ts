import { z } from "zod";
import { type DeadLetter, type DeadLetterList, DeadLetterState } from "#contracts/api/dead-letters.ts";
import { and, moment, type Sql, sql, string, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time, TimeOrNone } from "./column-shapes.ts";
import type { TimeWindow } from "./time-window.ts";

export interface DeadLetterFilter {
  readonly window: TimeWindow;
  /** Of several values of one kind any; none is all. */
  readonly states: readonly DeadLetterState[];
  readonly reasons: readonly string[];
  readonly topics: readonly string[];
}

/** Where a page ended. */
export interface DeadLetterCursor {
  readonly deadMs: number;
  readonly id: string;
}

/** After this long a replay that has not come to its end was cut short. */
const sendingSeconds = 60;

/** The newest replay of each letter, and how many there were. */
const replays: Sql = sql`SELECT letter, count() AS replays, max(begun) AS replayed_at, argMax(reached, begun) AS replay_stage,
    argMax(sent_place, begun) AS replay_place
  FROM (SELECT letter, min(at) AS begun, max(toUInt8(stage)) AS reached,
      argMax((sent_partition, sent_offset), stage) AS sent_place
    FROM dead_letter_replays GROUP BY letter, replay)
  GROUP BY letter`;

/** One row a letter, of its deaths that `deaths` selects: the newest death, and what became of the newest replay. */
function letters(deaths: Sql, nowMs: number): Sql {
  // A replay that died again has its death at the place where it was sent; one cut short, a death of later date.
  return sql`SELECT dead.letter AS id, topic, reason, first_dead_at, newest.1 AS dead_at, replays, replayed_at,
      multiIf(replays = 0 OR replay_stage = 3, 'dead',
        replay_stage = 2, if(has(places, replay_place), 'dead', 'replayed'),
        died_replay_at >= replayed_at, 'dead',
        replayed_at > ${moment(nowMs)} - toIntervalSecond(${uint32(sendingSeconds)}), 'sending', 'interrupted') AS state
    FROM (
      SELECT letter, any(_topic) AS topic, argMax(dead_letters.reason, (dead_letters.dead_at, _offset)) AS reason,
        min(dead_letters.dead_at) AS first_dead_at, max((dead_letters.dead_at, _offset)) AS newest,
        groupArray((_partition, _offset)) AS places, maxIf(message_time, replay_of != '') AS died_replay_at
      FROM dead_letters WHERE ${deaths} GROUP BY letter) AS dead
    LEFT JOIN (${replays}) AS again ON dead.letter = again.letter`;
}

const Head = z.object({
  id: z.string(),
  state: DeadLetterState,
  first_dead_at: Time,
  dead_at: Time,
  replays: Count,
  replayed_at: TimeOrNone,
});
type Head = z.infer<typeof Head>;

/** One page of the letters that match, at most `limit`, the newest death first. */
export async function listDeadLetters(
  asker: Asker,
  filter: DeadLetterFilter,
  { cursor, limit, nowMs }: { cursor: DeadLetterCursor | undefined; limit: number; nowMs: number },
): Promise<DeadLetter[]> {
  const clauses = [inTime(filter), anyOf(filter.states, sql`state`), anyOf(filter.reasons, sql`reason`)];
  if (cursor) clauses.push(sql`(dead_at, id) < (${moment(cursor.deadMs)}, ${string(cursor.id)})`);
  const heads = await asker.ask(
    sql`SELECT id, state, first_dead_at, dead_at, replays, replayed_at FROM (${letters(deathsOf(filter), nowMs)})
      WHERE ${and(clauses)} ORDER BY dead_at DESC, id DESC LIMIT ${uint32(limit)}`,
    Head,
  );
  return await withBodies(asker, heads);
}

/** The letter with this id, however old; undefined where there is none. */
export async function findDeadLetter(asker: Asker, id: string, nowMs: number): Promise<DeadLetter | undefined> {
  const heads = await asker.ask(
    sql`SELECT id, state, first_dead_at, dead_at, replays, replayed_at
      FROM (${letters(sql`letter = ${string(id)}`, nowMs)}) LIMIT 1`,
    Head,
  );
  return (await withBodies(asker, heads))[0];
}

const previewBytes = 240;

const Body = z.object({
  id: z.string(),
  topic: z.string(),
  partition: Count,
  offset: z.string(),
  part: Count,
  reason: z.string(),
  detail: z.string(),
  key: z.string().nullable(),
  bytes: Count,
  preview: z.string(),
});

/** What only a page's letters need, read for those alone. */
async function withBodies(asker: Asker, heads: readonly Head[]): Promise<DeadLetter[]> {
  if (heads.length === 0) return [];
  const oldestMs = Math.min(...heads.map(({ first_dead_at: at }) => Date.parse(at)));
  const bodies = await asker.ask(
    sql`SELECT letter AS id, _topic AS topic, _partition AS partition, toString(_offset) AS offset, part, reason, detail,
        if(null_key, NULL, toValidUTF8(substring(key, 1, 200))) AS key, length(value) AS bytes,
        toValidUTF8(substring(value, 1, ${uint32(previewBytes)})) AS preview
      FROM dead_letters WHERE letter IN ${strings(heads.map(({ id }) => id))} AND dead_at >= ${moment(oldestMs)}
      ORDER BY dead_at DESC, _offset DESC LIMIT 1 BY letter LIMIT ${uint32(heads.length)}`,
    Body,
  );
  const bodyOf = new Map(bodies.map((body) => [body.id, body]));
  return heads.flatMap((head) => {
    const body = bodyOf.get(head.id);
    if (!body) return [];
    const { state, first_dead_at: firstDeadAt, dead_at: deadAt, replays: again, replayed_at: replayedAt } = head;
    return [{ ...body, state, tries: 1 + again, firstDeadAt, deadAt, replayedAt: again === 0 ? null : replayedAt }];
  });
}

const Group = z.object({
  state: DeadLetterState,
  reason: z.string(),
  topic: z.string(),
  count: Count,
  newest_dead_at: Time,
});
type Group = z.infer<typeof Group>;

/** How many letters match, and the counts beside each choice, a facet's own choice not narrowing it; and after when none of them died. */
export async function countDeadLetters(
  asker: Asker,
  filter: DeadLetterFilter,
  nowMs: number,
): Promise<Pick<DeadLetterList, "total" | "facets" | "countedBefore">> {
  const groups = await asker.ask(
    sql`SELECT state, reason, topic, count() AS count, max(dead_at) AS newest_dead_at FROM (${letters(deathsOf({ ...filter, topics: [] }), nowMs)})
      WHERE ${inTime(filter)} GROUP BY state, reason, topic LIMIT 10000`,
    Group,
  );
  const newestMs = Math.max(filter.window.fromMs, ...groups.map(({ newest_dead_at: at }) => Date.parse(at)));
  return { ...countGroups(groups, filter), countedBefore: new Date(newestMs + 1).toISOString() };
}

type Facet = keyof DeadLetterList["facets"];
const facetNames = ["state", "reason", "topic"] as const satisfies readonly Facet[];

/** Total and facets from the groups. */
export function countGroups(
  groups: readonly Group[],
  { states, reasons, topics }: Pick<DeadLetterFilter, "states" | "reasons" | "topics">,
): Pick<DeadLetterList, "total" | "facets"> {
  const chosen: Record<Facet, readonly string[]> = { state: states, reason: reasons, topic: topics };
  const passes = (group: Group, names: readonly Facet[]) =>
    names.every((name) => chosen[name].length === 0 || chosen[name].includes(group[name]));
  const facet = (name: Facet) => {
    const counts: Record<string, number> = {};
    const others = facetNames.filter((other) => other !== name);
    for (const group of groups)
      if (passes(group, others)) counts[group[name]] = (counts[group[name]] ?? 0) + group.count;
    return counts;
  };
  return {
    total: groups.filter((group) => passes(group, facetNames)).reduce((sum, { count }) => sum + count, 0),
    facets: { state: facet("state"), reason: facet("reason"), topic: facet("topic") },
  };
}

/** Later deaths of a letter count for its state, also those after the window. */
function deathsOf({ window, topics }: DeadLetterFilter): Sql {
  return and([sql`dead_letters.dead_at >= ${moment(window.fromMs)}`, anyOf(topics, sql`_topic`)]);
}

const inTime = ({ window }: DeadLetterFilter): Sql => sql`dead_at < ${moment(window.toMs)}`;

const anyOf = (values: readonly string[], column: Sql): Sql =>
  values.length === 0 ? sql`1` : sql`has(${strings(values)}, ${column})`;
