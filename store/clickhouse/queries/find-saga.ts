import { z } from "zod";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { SagaId } from "#contracts/ids.ts";
import { moment, type Sql, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Time } from "./column-shapes.ts";
import { listOfWhole } from "./listed-sagas.ts";
import { earlyMs, type Lateness } from "./saga-expressions.ts";
import { partsFirst, type SagaPlace, storedLater, storedMs } from "./saga-place.ts";
import { SagaRow, sagaColumns } from "./saga-row.ts";
import type { SagaLife } from "./saga-trace-ids.ts";
import { foldedUntil } from "./sagas-as-of.ts";

/** What a saga is known by, and the times between which its events lie. */
export type KnownSaga = Pick<
  SagaSummary,
  "id" | "type" | "version" | "subject" | "startedAt" | "storedAt" | "lastEventAt"
>;

const Row = z.object({
  type: z.string(),
  version: z.string(),
  subjects: z.string(),
  started: Time,
  stored: Time,
  last: Time,
});

/** Of the events of one id, by what the saga is stored under: `Row`. The first is the saga's. */
const known = sql`max(saga_type) AS type, max(saga_version) AS version, max(subject) AS subjects, saga_started AS stored,
  stored - toIntervalMillisecond(${earlyMs}) AS started, toDateTime64(max(time), 3, 'UTC') AS last`;
const ofId = (id: string): Sql =>
  sql`FROM saga_events WHERE saga_id = ${string(id)} GROUP BY stored ORDER BY stored LIMIT 1 ${partsFirst}`;

const knownSaga = (
  id: string,
  { type, version, subjects, started, stored, last }: z.output<typeof Row>,
): KnownSaga => ({
  id: SagaId.parse(id),
  type,
  version,
  subject: subjects,
  startedAt: started,
  ...storedLater(started, stored),
  lastEventAt: last,
});

/** The saga with this id, however old; undefined where there is none. Its events know the day it is stored under. */
export async function findSaga(asker: Asker, id: string): Promise<KnownSaga | undefined> {
  const [row] = await asker.ask(sql`SELECT ${known} ${ofId(id)}`, Row);
  return row && knownSaga(id, row);
}

const Lived = Row.extend({ traces: z.array(z.string()) });

/** When the saga with this id was alive, with the traces of its events; undefined where there is none. */
export async function findLife(asker: Asker, id: string): Promise<SagaLife | undefined> {
  const [row] = await asker.ask(
    sql`SELECT ${known}, groupUniqArrayIf(trace_id, trace_id != '') AS traces ${ofId(id)}`,
    Lived,
  );
  return row && { id, startedMs: Date.parse(row.started), lastEventMs: Date.parse(row.last), traceIds: row.traces };
}

/** The saga as the store has folded all its events, or those until a moment; undefined where it was deleted meanwhile. */
export async function foldedSaga(
  asker: Asker,
  place: SagaPlace,
  { late, asOfMs }: { late: Lateness; asOfMs?: number | undefined },
): Promise<SagaSummary | undefined> {
  const [started, sagaId] = [moment(storedMs(place)), string(place.id)];
  const own =
    asOfMs === undefined
      ? sql`sagas FINAL WHERE started = ${started} AND saga_id = ${sagaId}`
      : foldedUntil(sql`saga_started = ${started} AND saga_id = ${sagaId}`, asOfMs);
  const [row] = await asker.ask(sql`SELECT ${sagaColumns(late)} FROM (${listOfWhole(own)}) LIMIT 1`, SagaRow);
  return row;
}
