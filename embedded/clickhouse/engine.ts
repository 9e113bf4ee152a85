import { createRequire } from "node:module";
import { Session } from "chdb";
import { engineError } from "./exception.ts";

/** One connection into the engine: its own settings, parameters, current database and temporary tables. */
export interface Connection {
  /** Runs one statement; its whole result in `format` unless it names its own. Throws `ClickHouseException`. */
  run(sql: string, format: string): Promise<Result>;
  /** Must not be called while `run` is under way: it would take the engine down. */
  close(): void;
}

export interface Result {
  readonly bytes: Uint8Array;
  /** Rows of the result; of an insert, rows inserted. */
  readonly rows: number;
  readonly resultBytes: number;
}

export interface Engine {
  /** A fresh connection, 0.2 to 1 ms: nothing of an earlier request is in it. */
  connect(): Connection;
  close(): void;
}

/** The part of chDB's native interface that is used; its JavaScript layer adds only what is not wanted here. */
interface Native {
  CreateConnection(path: string): unknown;
  CloseConnection(connection: unknown): void;
  QueryAsyncConnection(connection: unknown, sql: string, format: string): Promise<NativeResult>;
}

interface NativeResult {
  readonly bytes: Uint8Array;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** Opens the engine on a data folder, which belongs to this process from here on. */
export function openEngine(dataFolder: string, { configFile }: { configFile: string }): Engine {
  // The session loads the data and keeps the engine up while no request has a connection.
  const anchor = new Session(dataFolder, { connectionArgs: [`--config-file=${configFile}`] });
  const native = loadNative();
  return {
    connect: () => connection(native, native.CreateConnection(anchor.path)),
    close: () => anchor.close(),
  };
}

function loadNative(): Native {
  const require = createRequire(createRequire(import.meta.url).resolve("chdb"));
  return require("./dist/loader.js").loadNative();
}

function connection(native: Native, handle: unknown): Connection {
  return {
    async run(sql, format) {
      try {
        const { bytes, rowsRead, bytesRead } = await native.QueryAsyncConnection(handle, sql, format);
        return { bytes, rows: rowsRead, resultBytes: bytesRead };
      } catch (error) {
        throw engineError(error);
      }
    },
    close: () => native.CloseConnection(handle),
  };
}
