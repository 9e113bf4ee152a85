import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const data = dirname(process.env.SAGASCOPE_ENDPOINTS ?? "");

for (const { command, prints } of [
  { command: ["store/migrate-main.ts", "--plan"], prints: /./ },
  { command: ["store/retention-main.ts"], prints: /saga_events/ },
  { command: ["ingest/main.ts", "--dry-run", "--topic", "saga.events"], prints: /./ },
  { command: ["ingest/main.ts", "dead-letters", "list"], prints: /^/ },
])
  test(`${command.join(" ")} finds the Sagascope that runs, and says so`, { timeout: 60_000 }, async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
      cwd: join(import.meta.dirname, ".."),
      env: { NODE_ENV: "test", SAGASCOPE_DATA: data },
    });
    assert.match(stdout, prints);
    assert.ok(stderr.startsWith(`Of the Sagascope that npm start runs in ${data}:\n`), stderr);
  });
