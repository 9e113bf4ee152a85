import type { Connection, Engine } from "./engine.ts";
import { exception } from "./exception.ts";

/** Connections that outlive a request, by the client's `session_id`: their temporary tables, settings and database stay. */
export interface Sessions {
  /**
   * Takes the session's connection, making it where there is none (unless `mustExist`). One request may have it at a time;
   * `release` gives it back and starts the clock after which it is dropped.
   */
  take(id: string, options: { timeoutS: number | undefined; mustExist: boolean }): Taken;
  /** Drops all that are idle. */
  close(): void;
}

export interface Taken {
  readonly connection: Connection;
  release(): void;
}

interface Kept {
  readonly connection: Connection;
  isTaken: boolean;
  timer: NodeJS.Timeout | undefined;
}

const defaultTimeoutS = 60;
const maxTimeoutS = 3600;

export function createSessions(engine: Engine, { maxSessions }: { maxSessions: number }): Sessions {
  const kept = new Map<string, Kept>();

  function drop(id: string, session: Kept): void {
    clearTimeout(session.timer);
    kept.delete(id);
    session.connection.close();
  }

  function makeRoom(): void {
    const [idle] = [...kept].filter(([, session]) => !session.isTaken);
    if (kept.size >= maxSessions && idle !== undefined) drop(...idle);
  }

  return {
    take(id, { timeoutS = defaultTimeoutS, mustExist }) {
      if (timeoutS > maxTimeoutS || timeoutS < 0) {
        throw exception(
          "INVALID_SESSION_TIMEOUT",
          `Session timeout '${timeoutS}' is larger than max_session_timeout: ${maxTimeoutS}.`,
        );
      }
      const found = kept.get(id);
      if (found === undefined && mustExist) throw exception("SESSION_NOT_FOUND", `Session ${id} not found`);
      if (found?.isTaken) throw exception("SESSION_IS_LOCKED", `Session ${id} is locked by a concurrent client`);
      if (found === undefined) makeRoom();
      const session = found ?? { connection: engine.connect(), isTaken: true, timer: undefined };
      clearTimeout(session.timer);
      session.isTaken = true;
      // Set again, so that the map stays in the order of last use.
      kept.delete(id);
      kept.set(id, session);
      return {
        connection: session.connection,
        release() {
          session.isTaken = false;
          session.timer = setTimeout(() => drop(id, session), timeoutS * 1000).unref();
        },
      };
    },
    close() {
      for (const [id, session] of [...kept]) if (!session.isTaken) drop(id, session);
    },
  };
}
