import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startServerProcess, temporaryFolder } from "./server-process.ts";

/** A Python that has clickhouse-connect; `CLICKHOUSE_CONNECT_PYTHON` may name one. */
const python = process.env.CLICKHOUSE_CONNECT_PYTHON || "python3";
const isThere = spawnSync(python, ["-c", "import clickhouse_connect"]).status === 0;
const skip = isThere
  ? false
  : `${python} has no clickhouse-connect: pip install clickhouse-connect, or set CLICKHOUSE_CONNECT_PYTHON`;

test("Python's clickhouse-connect reads and writes, in every compression", { skip }, async () => {
  const { folder, drop } = await temporaryFolder();
  const server = await startServerProcess(folder, { CLICKHOUSE_USER: "u", CLICKHOUSE_PASSWORD: "p" });
  const { hostname, port } = new URL(server.url);
  try {
    const { stdout } = await promisify(execFile)(python, [
      join(import.meta.dirname, "python-client.py"),
      hostname,
      port,
      "u",
      "p",
    ]);
    assert.equal(stdout.trim(), "ok");
  } finally {
    await server.kill("SIGTERM");
    await drop();
  }
});
