import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "#lib/edit-json.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { deadMessages, deathsOf, replaysOf } from "#store/clickhouse/queries/dead-letter.ts";
import { type DeadLetterFilter, findDeadLetter } from "#store/clickhouse/queries/dead-letters.ts";
import type { Edit } from "#store/dead-letters/edited-value.ts";
import type { HoldLetters } from "#store/dead-letters/hold-letters.ts";
import { planReplays, waitingLetter } from "#store/dead-letters/replay-by-id.ts";
import {
  endsTrying,
  type PlannedReplay,
  type ReplayOutcome,
  type ReplayPorts,
} from "#store/dead-letters/replay-letters.ts";
import { planEach, replayTogether, together } from "#store/dead-letters/replay-together.ts";
import { isText } from "#store/dead-letters/told-bytes.ts";
import type { Command } from "./arguments.ts";
import { describeLetter, describeWhole } from "./describe.ts";
import { everyLetter } from "./every-letter.ts";

export interface CommandPorts {
  readonly asker: Asker;
  readonly hold: HoldLetters;
  readonly replay: ReplayPorts;
  /** Writes to stdout, and resolves once there is room for more. */
  readonly write: (piece: string | Buffer) => Promise<void>;
  readonly nowMs: number;
  /** Aborted when the operator has had enough. */
  readonly signal: AbortSignal;
}

/** Does what the command line asks for; false where something was refused. */
export async function runCommand(command: Command, ports: CommandPorts): Promise<boolean> {
  switch (command.verb) {
    case "list":
      return await list(command, ports);
    case "show":
      return await show(command, ports);
    case "export":
      return await exportLetters(command, ports);
    case "replay":
      return await replay(command, ports);
  }
}

const filterOf = ({ topics, reasons, states, sinceMs }: Command, nowMs: number): DeadLetterFilter => ({
  // Clocks differ a little.
  window: { fromMs: sinceMs, toMs: nowMs + 60_000 },
  topics,
  reasons,
  states,
});

async function list(command: Command, { asker, write, nowMs }: CommandPorts): Promise<boolean> {
  let count = 0;
  for await (const letters of everyLetter(asker, filterOf(command, nowMs), {
    limit: command.limit ?? 100,
    page: 500,
    nowMs,
  })) {
    count += letters.length;
    for (const letter of letters) await write(`${command.json ? JSON.stringify(letter) : describeLetter(letter)}\n`);
  }
  if (count === 0 && !command.json) await write("No dead letter matches.\n");
  return true;
}

async function show({ ids: [id = ""], raw }: Command, { asker, write, nowMs }: CommandPorts): Promise<boolean> {
  const letter = await findDeadLetter(asker, id, nowMs);
  const [message] = await deadMessages(asker, [id], { valueBytes: 64 * 1024 * 1024 });
  if (!letter || !message) throw new SagascopeError("NOT_FOUND", `There is no dead letter ${id}.`);
  if (raw) await write(message.value ?? "");
  else {
    const [deaths, replays] = await Promise.all([deathsOf(asker, id), replaysOf(asker, id, letter.topic)]);
    await write(`${describeWhole(letter, message, { deaths, replays })}\n`);
  }
  return true;
}

async function exportLetters(command: Command, { asker, write, nowMs }: CommandPorts): Promise<boolean> {
  const pages = everyLetter(asker, filterOf(command, nowMs), { limit: command.limit, page: 20, nowMs });
  for await (const letters of pages) {
    const messages = await deadMessages(
      asker,
      letters.map(({ id }) => id),
      { valueBytes: 64 * 1024 * 1024 },
    );
    for (const { letter, key, value, headers, messageAt } of messages) {
      const { preview: _, ...told } = letters.find(({ id }) => id === letter) ?? { preview: "" };
      const line = {
        ...told,
        messageAt,
        key: key?.toString("base64") ?? null,
        value: value?.toString("base64") ?? null,
        headers: headers.map(({ name, value: bytes }) => [name, bytes?.toString("base64") ?? null]),
      };
      await write(`${JSON.stringify(line)}\n`);
    }
  }
  return true;
}

async function replay(command: Command, ports: CommandPorts): Promise<boolean> {
  const { write, signal } = ports;
  const edit = await editOf(command);
  if (command.dryRun) return await previewReplay(command, edit, ports);
  let sent = 0;
  let refused = 0;
  for await (const ids of idsOf(command, ports)) {
    signal.throwIfAborted();
    const beganMs = Date.now();
    const { outcomes, problems } = await replayTogether(ids, edit, { ...ports, ports: ports.replay });
    for (const problem of problems) await write(`not sent    ${problem.message}\n`);
    for (const outcome of outcomes) await write(describeOutcome(outcome));
    sent += outcomes.filter(({ kind }) => kind === "sent").length;
    refused += problems.length + outcomes.filter(({ kind }) => kind !== "sent").length;
    if (outcomes.some(endsTrying)) break;
    await sleep(Math.max(0, (outcomes.length / command.rate) * 1000 - (Date.now() - beganMs)), undefined, {
      signal,
    }).catch(() => undefined);
  }
  await write(`${sent} replayed, ${refused} not.\n`);
  return refused === 0;
}

async function previewReplay(command: Command, edit: Edit, ports: CommandPorts): Promise<boolean> {
  const { asker, write, signal } = ports;
  let refused = 0;
  for await (const ids of idsOf(command, ports)) {
    signal.throwIfAborted();
    const { planned, problems } = await planEach(ids, (id) => planReplays(asker, [id], edit));
    for (const problem of problems) await write(`not sent    ${problem.message}\n`);
    for (const plan of planned) await write(describePlan(plan));
    refused += problems.length;
  }
  return refused === 0;
}

/** The letters asked for by id, or those that the filter selects, in bunches. */
async function* idsOf(command: Command, { asker, nowMs }: CommandPorts): AsyncGenerator<readonly string[]> {
  if (command.ids.length > 0) {
    const ids = [...new Set(command.ids)];
    for (const id of ids) await waitingLetter(asker, id, nowMs);
    for (let at = 0; at < ids.length; at += together) yield ids.slice(at, at + together);
    return;
  }
  const page = Math.min(together, command.rate);
  for await (const letters of everyLetter(asker, filterOf(command, nowMs), { limit: command.limit, page, nowMs }))
    yield letters.map(({ id }) => id);
}

async function editOf({ editFile, patchFile, set }: Command): Promise<Edit> {
  if (editFile !== undefined) return { kind: "value", value: await readGiven(editFile) };
  if (set !== undefined) return { kind: "patch", patch: set };
  if (patchFile === undefined) return { kind: "none" };
  const text = String(await readGiven(patchFile));
  try {
    return { kind: "patch", patch: JSON.parse(text) as Json };
  } catch (cause) {
    throw new SagascopeError("BAD_REQUEST", `${patchFile} is not JSON.`, { cause });
  }
}

async function readGiven(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new SagascopeError("BAD_REQUEST", `${path} cannot be read.`, { cause });
  }
}

function describeOutcome(outcome: ReplayOutcome): string {
  if (outcome.kind === "sent") {
    const { letter, topic, partition, offset, sagaId } = outcome;
    return `sent        ${letter} to ${topic}:${partition}:${offset}${sagaId === null ? "" : `, saga ${JSON.stringify(sagaId)}`}\n`;
  }
  const what = outcome.kind === "refused" ? "not sent   " : "not known  ";
  return `${what} ${outcome.letter}: ${outcome.problem.message}\n`;
}

function describePlan({
  message: { topic, partition, value },
  record: { letter, edited, sagaId },
}: PlannedReplay): string {
  const text = value === null ? "no value" : isText(value) ? JSON.stringify(String(value)) : `${value.length} bytes`;
  const saga = sagaId === null ? "" : `, saga ${JSON.stringify(sagaId)}`;
  return `would send  ${letter} to ${topic}:${partition}${saga}${edited === null ? "" : ", edited"}: ${text}\n`;
}
