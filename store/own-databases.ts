import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Client } from "pg";
import { Endpoints } from "#contracts/endpoints.ts";
import { SagascopeError } from "#lib/errors.ts";
import { createStoreClient } from "./clickhouse/client.ts";

export interface DatabaseUrls {
  readonly clickhouseUrl: string;
  readonly postgresUrl: string;
}

export interface OwnDatabases {
  /** URLs of databases that do not exist yet. */
  make(): DatabaseUrls;
  /** Drops all that were made. */
  drop(): Promise<void>;
}

/** For integration tests: databases of one's own to migrate, on the stack that the endpoints file at `path` names. */
export function ownDatabases(path: string | undefined): OwnDatabases {
  if (!path) {
    throw new SagascopeError("BAD_SETTING", "Set SAGASCOPE_ENDPOINTS to the endpoints.json of a running stack.");
  }
  const at = Endpoints.parse(JSON.parse(readFileSync(path, "utf8")));
  const made: string[] = [];
  return {
    make() {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      made.push(name);
      const named = (text: string) => {
        const url = new URL(text);
        url.pathname = `/${name}`;
        return url.href;
      };
      return { clickhouseUrl: named(at.clickhouse), postgresUrl: named(at.postgres) };
    },
    async drop() {
      const postgres = new Client({ connectionString: at.postgres });
      await postgres.connect();
      const clickhouse = createStoreClient(at.clickhouse);
      for (const name of made) {
        await postgres.query(`DROP DATABASE IF EXISTS ${name}`);
        await clickhouse.command({ query: "DROP DATABASE IF EXISTS {name:Identifier}", query_params: { name } });
      }
      await Promise.all([postgres.end(), clickhouse.close()]);
    },
  };
}

const run = promisify(execFile);

/** `npm run migrate` or `npm run retention` as a process of its own: how it ended, and what it said. */
export async function command(
  name: "migrate" | "retention",
  { clickhouseUrl, postgresUrl }: DatabaseUrls,
  { flags = [], env = {} }: { flags?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<{ code: number; said: string }> {
  const urls = { NODE_ENV: "test", CLICKHOUSE_URL: clickhouseUrl, DATABASE_URL: postgresUrl } as const;
  const ended = run(process.execPath, [`${import.meta.dirname}/${name}-main.ts`, ...flags], {
    env: { ...urls, ...env },
  });
  return await ended.then(
    ({ stdout }) => ({ code: 0, said: stdout.trim() }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr.trim() }),
  );
}
