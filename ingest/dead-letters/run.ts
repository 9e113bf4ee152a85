import { userInfo } from "node:os";
import { deadLettersSettings } from "#contracts/settings.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { createKafka } from "#lib/kafka.ts";
import { createSender } from "#lib/kafka-sender.ts";
import { createLogger } from "#lib/log.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createStoreClient } from "#store/clickhouse/client.ts";
import { commandSettings } from "#store/command-settings.ts";
import { type HoldLetters, letterHolder } from "#store/dead-letters/hold-letters.ts";
import { replayPorts } from "#store/dead-letters/replay-by-id.ts";
import { createStatePool } from "#store/postgres/client.ts";
import { readCommand, usage } from "./arguments.ts";
import { runCommand } from "./commands.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** `npm run ingest -- dead-letters …`; the exit code. */
export async function runDeadLetters(args: readonly string[], env: Env): Promise<number> {
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  try {
    return (await run(args, env, stopping.signal)) ? 0 : 1;
  } catch (error) {
    const [words, code] = stopping.signal.aborted ? [stopped, 130] : [messageOf(error), 1];
    if (!stopping.signal.aborted && !(error instanceof SagascopeError)) throw error;
    process.stderr.write(`${words}\n`);
    return code;
  }
}

const stopped = "Stopped. The same command goes on with what is left.";

async function run(args: readonly string[], env: Env, signal: AbortSignal): Promise<boolean> {
  if (args.includes("--help")) {
    process.stdout.write(`${usage}\n`);
    return true;
  }
  const command = readCommand(args, Date.now());
  const settings = commandSettings(deadLettersSettings, env);
  const client = createStoreClient(settings.CLICKHOUSE_URL, { application });
  const log = createLogger("dead-letters", "silent");
  const sender = createSender(createKafka(settings, { clientId: application, log }));
  const state =
    settings.DATABASE_URL === undefined ? undefined : createStatePool(settings.DATABASE_URL, { application });
  try {
    return await runCommand(command, {
      asker: createAsker(client, { maxSeconds: 60 }),
      hold: state ? letterHolder(state) : cannotHold,
      replay: replayPorts(client, sender.send, `cli ${userInfo().username}`),
      write: (piece) => new Promise((resolve) => process.stdout.write(piece, () => resolve())),
      nowMs: Date.now(),
      signal,
    });
  } finally {
    await Promise.all([client.close(), sender.stop(), state?.end()]);
  }
}

const application = "sagascope-dead-letters";

const cannotHold: HoldLetters = () => {
  const message = "Replays want PostgreSQL, which lets one at a time have a letter: set DATABASE_URL.";
  throw new SagascopeError("NOT_SET_UP", message);
};
