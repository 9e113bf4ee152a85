import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, Engine, Result } from "./engine.ts";
import { engineError, exception } from "./exception.ts";
import type { KeptConnections } from "./kept-connections.ts";
import type { Lanes } from "./lanes.ts";
import type { Metrics } from "./metrics.ts";
import type { Ask } from "./parse-request.ts";
import { fallbackFormat, type Planned, plan } from "./plan.ts";
import { epilogueOf, preambleOf, quote, renewalOf, stateOf } from "./preamble.ts";
import type { Insert, Text } from "./receive-body.ts";
import type { Sessions } from "./sessions.ts";

export interface Executed {
  readonly format: string;
  readonly result: Result;
  /** Rows written by an insert that carried them. */
  readonly writtenRows: number;
  readonly elapsedNs: bigint;
  /** Where the result's bytes are when they were too many to hold; whoever has sent them deletes it. */
  readonly file: { readonly path: string; readonly bytes: number } | undefined;
}

export interface Ports {
  readonly engine: Engine;
  readonly lanes: { readonly read: Lanes; readonly write: Lanes };
  readonly sessions: Sessions;
  readonly kept: KeptConnections;
  readonly metrics: Metrics;
  /** Ids of the queries that run. */
  readonly running: Set<string>;
  /** Settings that hold where a request says nothing else. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly limits: ResultLimits;
}

export interface ResultLimits {
  /** The largest result that is held in memory, as the engine counts it. */
  readonly heldBytes: number;
  /** The largest that is spooled to disk instead. */
  readonly spooledBytes: number;
  readonly folder: string;
}

/** The engine's code for a result over its limit. */
const tooManyBytes = 396;

/**
 * Runs one request's statement, on its session's connection, one that was kept, or a new one, in a lane that it keeps until the engine is
 * done with it. A query that only reads is stopped when `signal` says that the client has gone.
 */
export async function execute(
  ask: Ask,
  work: Insert | Text,
  { queryId, signal, ports }: { queryId: string; signal: AbortSignal; ports: Ports },
): Promise<Executed> {
  const planned = plan(ask, work);
  const lane = planned.isRead ? "read" : "write";
  const start = performance.now();
  const answered = (code: number) =>
    ports.metrics.answered(lane, { code, seconds: (performance.now() - start) / 1000 });
  try {
    const leave = await ports.lanes[lane].enter(signal);
    try {
      const executed = await inLane({ ...planned, ask, queryId, signal, ports });
      answered(0);
      return { ...executed, format: planned.format, writtenRows: work.kind === "rows" ? executed.result.rows : 0 };
    } finally {
      leave();
    }
  } catch (error) {
    answered(engineError(error).code);
    throw error;
  }
}

interface Running extends Planned {
  readonly ask: Ask;
  readonly queryId: string;
  readonly signal: AbortSignal;
  readonly ports: Ports;
}

type Ran = Pick<Executed, "result" | "elapsedNs" | "file">;

/** Runs it with the result held in memory, and once more into a file where that turns out too large. */
async function inLane(running: Running): Promise<Ran> {
  const { ask, intoFile, ports } = running;
  try {
    return await attempt(running, { sql: running.sql, maxResultBytes: ports.limits.heldBytes });
  } catch (error) {
    const isOurLimit = engineError(error).code === tooManyBytes && !ask.settings.has("max_result_bytes");
    if (intoFile === undefined || !isOurLimit) throw error;
  }
  const file = join(ports.limits.folder, randomUUID());
  try {
    const ran = await attempt(running, { sql: intoFile(file), maxResultBytes: ports.limits.spooledBytes });
    return { ...ran, file: { path: file, bytes: (await stat(file)).size } };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function attempt(
  { ask, queryId, signal, ports, format, isRead }: Running,
  { sql, maxResultBytes }: { sql: string; maxResultBytes: number },
): Promise<Ran> {
  signal.throwIfAborted();
  if (ports.running.has(queryId)) {
    throw exception("QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", `Query with id = ${queryId} is already running.`);
  }
  // The engine names its queries itself; the comment carries ours, for KILL.
  const own = new Map([
    ["log_comment", queryId],
    ["max_result_bytes", String(maxResultBytes)],
  ]);
  const { connection, statements, release } = takeConnection(ask, { own, isRead, ports });
  ports.running.add(queryId);
  const stop = () => void cancel(ports.engine, queryId);
  if (isRead) signal.addEventListener("abort", stop, { once: true });
  let isSound = false;
  try {
    for (const statement of statements) await connection.run(statement, fallbackFormat);
    const start = process.hrtime.bigint();
    const result = await connection.run(sql, format);
    const elapsedNs = process.hrtime.bigint() - start;
    isSound = !signal.aborted;
    return { result, elapsedNs, file: undefined };
  } finally {
    signal.removeEventListener("abort", stop);
    ports.running.delete(queryId);
    await release(isSound);
  }
}

interface TakenConnection {
  readonly connection: Connection;
  /** What makes it ready for the request. */
  readonly statements: readonly string[];
  /** Gives it back; one that is not sound is not used again. */
  release(isSound: boolean): Promise<void>;
}

/** The connection that a request runs on. */
function takeConnection(
  ask: Ask,
  { own, isRead, ports }: { own: ReadonlyMap<string, string>; isRead: boolean; ports: Ports },
): TakenConnection {
  const { engine, sessions, kept, defaults } = ports;
  const preamble = () => preambleOf(ask, new Map([...defaults, ...own]));
  if (ask.sessionId === undefined) {
    // What only reads leaves nothing behind.
    const state = isRead ? stateOf(ask, defaults) : undefined;
    const idle = state === undefined ? undefined : kept.take(state);
    const statements = idle ? renewalOf(ask, own) : preamble();
    const connection = idle ?? engine.connect();
    return {
      connection,
      statements,
      async release(isSound) {
        if (isSound && state !== undefined) kept.give(state, connection);
        else connection.close();
      },
    };
  }
  const statements = preamble();
  const session = sessions.take(ask.sessionId, { timeoutS: ask.sessionTimeoutS, mustExist: ask.sessionMustExist });
  return {
    connection: session.connection,
    statements,
    async release() {
      for (const statement of epilogueOf(ask))
        await session.connection.run(statement, fallbackFormat).catch(() => undefined);
      session.release();
    },
  };
}

const cancel = (engine: Engine, queryId: string) => kill(engine, `Settings['log_comment'] = ${quote(queryId)}`);

/** Asks every running query to end. */
export const cancelAll = (engine: Engine) => kill(engine, "1");

async function kill(engine: Engine, condition: string): Promise<void> {
  const connection = engine.connect();
  try {
    await connection.run(`KILL QUERY WHERE ${condition} ASYNC`, fallbackFormat);
  } catch {
    // It has ended meanwhile.
  } finally {
    connection.close();
  }
}
