import type { Connection } from "./engine.ts";

/** Connections that have answered a question and wait for the next of their kind: to make one ready takes as long as a small question. */
export interface KeptConnections {
  /** One that is in this state, if there is one; it is the caller's until it is given or closed. */
  take(state: string): Connection | undefined;
  give(state: string, connection: Connection): void;
  close(): void;
}

/** Keeps the `most` that were given last. */
export function createKeptConnections({ most }: { most: number }): KeptConnections {
  const idle: { state: string; connection: Connection }[] = [];
  return {
    take(state) {
      const at = idle.findLastIndex((kept) => kept.state === state);
      return at === -1 ? undefined : idle.splice(at, 1)[0]?.connection;
    },
    give(state, connection) {
      idle.push({ state, connection });
      if (idle.length > most) idle.shift()?.connection.close();
    },
    close() {
      for (const { connection } of idle.splice(0)) connection.close();
    },
  };
}
