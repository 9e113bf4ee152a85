import { execFileSync, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createTopics, eventually, type Part } from "#ingest/stack-for-tests.ts";
import { type Moment, moments, momentsOfDeath } from "./moment-of-death.ts";
import { sessionTimeoutMs, type World } from "./world.ts";

export interface Trial {
  readonly name: string;
  /** Does the harm while events flow, and takes it back. Resolves with what there is to say of it. */
  harm(world: World, times: number): Promise<string | undefined>;
  /** How often the harm is done, in the long form and in the short one. */
  readonly times: { readonly long: number; readonly short: number };
  /** Whether the store has to be on a disk of its own. */
  readonly needsDisk?: boolean;
}

const once = { long: 1, short: 1 };

export const trials: readonly Trial[] = [
  { name: "a worker is killed at any moment", times: { long: 50, short: 6 }, harm: killWorkers },
  { name: "workers leave and join", times: { long: 6, short: 1 }, harm: leaveAndJoin },
  {
    name: "a worker sleeps, loses its partitions and wakes",
    times: { long: 3, short: 1 },
    harm: sleepThroughTheSession,
  },
  { name: "the store hangs", times: { long: 3, short: 1 }, harm: hangStore },
  { name: "the store is slow", times: { long: 30, short: 8 }, harm: slowStore },
  { name: "the store has too many parts", times: once, harm: tooManyParts },
  { name: "the store's disk is full", times: once, harm: fullDisk, needsDisk: true },
  { name: "the store's disk is read-only", times: once, harm: readOnlyDisk, needsDisk: true },
  { name: "the broker is killed", times: { long: 2, short: 1 }, harm: killBroker },
  { name: "the store is killed", times: { long: 8, short: 2 }, harm: killStore },
  { name: "the topic grows", times: once, harm: growTopic },
  { name: "the topic is deleted and made anew", times: once, harm: remakeTopic },
  { name: "retention outruns the workers", times: once, harm: outrunWorkers },
];

async function repeat(times: number, harm: () => Promise<unknown>): Promise<undefined> {
  for (let round = 0; round < times; round += 1) await harm();
  return undefined;
}

async function killWorkers(world: World, times: number): Promise<string> {
  const died = new Map<Moment, number>(moments.map((moment) => [moment, 0]));
  await repeat(times, async () => {
    await isStoring(world);
    await sleep(randomInt(600));
    await world.lose(anyOf(world), "kill");
    const [found] = await Promise.all([momentsOfDeath(world), world.join()]);
    for (const moment of found) died.set(moment, (died.get(moment) ?? 0) + 1);
  });
  return `${times} ×: ${[...died].map(([moment, count]) => `${count} ${moment}`).join(", ")}`;
}

function leaveAndJoin(world: World, times: number): Promise<undefined> {
  return repeat(times, async () => {
    await isStoring(world);
    await world.lose(anyOf(world), "stop");
    await sleep(randomInt(1_500));
    await world.join();
  });
}

/** What the sleeper had in hand must come to nothing when it wakes. */
function sleepThroughTheSession(world: World, times: number): Promise<undefined> {
  return repeat(times, async () => {
    await isStoring(world);
    await sleep(randomInt(300));
    const sleeper = anyOf(world);
    sleeper.signal("SIGSTOP");
    try {
      await sleep(2 * sessionTimeoutMs);
      await isStoring(world);
    } finally {
      sleeper.signal("SIGCONT");
    }
    await sleep(1_000);
  });
}

/** For long enough the first time that the workers see it, and say that they are not ready. */
async function hangStore(world: World, times: number): Promise<undefined> {
  await isStoring(world);
  world.store.signal("SIGSTOP");
  await areReady(world, false).finally(() => world.store.signal("SIGCONT"));
  await areReady(world, true);
  return await repeat(times - 1, async () => {
    await isStoring(world);
    await freeze(world, 2 * sessionTimeoutMs);
  });
}

async function areReady({ workers }: World, ready: boolean): Promise<void> {
  await eventually(
    () => Promise.all([...workers].map(async ({ url }) => (await fetch(`${url}/readyz`)).status)),
    (found) => found.every((status) => status === (ready ? 200 : 503)),
  );
}

function slowStore(world: World, times: number): Promise<undefined> {
  return repeat(times, async () => {
    await freeze(world, 450);
    await sleep(50);
  });
}

async function freeze({ store }: World, forMs: number): Promise<void> {
  store.signal("SIGSTOP");
  await sleep(forMs);
  store.signal("SIGCONT");
}

function killStore(world: World, times: number): Promise<undefined> {
  return repeat(times, async () => {
    await isStoring(world);
    await sleep(randomInt(600));
    await world.store.kill();
    await sleep(randomInt(2_000));
    await world.store.restart();
  });
}

async function tooManyParts(world: World): Promise<string> {
  const run = (query: string) => world.stack.store.command({ query });
  const limits = "parts_to_delay_insert, parts_to_throw_insert";
  await run("SYSTEM STOP MERGES saga_events");
  await run("ALTER TABLE saga_events MODIFY SETTING parts_to_delay_insert = 1, parts_to_throw_insert = 1");
  const refused = await refusals(world, () => sleep(4_000));
  await run(`ALTER TABLE saga_events RESET SETTING ${limits}`);
  await run("SYSTEM START MERGES saga_events");
  return refused;
}

async function fullDisk(world: World): Promise<string> {
  const { store } = world.stack;
  const ballast = join(world.store.folder, "ballast");
  // A merge would give space back; and one that runs out of it under way can leave the engine a part without marks.
  await store.command({ query: "SYSTEM STOP MERGES" });
  await sleep(1_000);
  const refused = await refusals(world, async () => {
    const { status } = spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=1M"]);
    if (status === 0) throw new Error("The disk was never full");
    await sleep(4_000);
  }).finally(() => rmSync(ballast));
  await store.command({ query: "SYSTEM START MERGES" });
  return refused;
}

async function readOnlyDisk(world: World): Promise<string> {
  // Where the parts of its tables lie; beside it the engine has a file open, for which no disk becomes read-only.
  const parts = join(world.store.folder, "store", "store");
  execFileSync("mount", ["--bind", parts, parts]);
  try {
    // While a part is being written it does not become so.
    await eventually(
      async () => execFileSync("mount", ["-o", "remount,ro,bind", parts]),
      () => true,
      10_000,
    );
    return await refusals(world, () => sleep(4_000));
  } finally {
    execFileSync("umount", ["--lazy", parts]);
  }
}

async function growTopic({ admin, stack }: World): Promise<string> {
  const topic = stack.topics.events;
  const before = (await admin.fetchTopicOffsets(topic)).length;
  const count = before + 2;
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  await eventually(
    () => admin.fetchTopicOffsets(topic),
    (ends) => ends.filter(({ high }) => high !== "0").length === count,
  );
  return `${before} partitions, then ${count}`;
}

/** All of the old log is stored before: what of it is not is lost with it. */
async function remakeTopic({ admin, flow, past, stack }: World): Promise<undefined> {
  const topic = stack.topics.events;
  await flow.pause(async () => {
    await eventually(() => stack.isRead(), Boolean);
    const ends = await admin.fetchTopicOffsets(topic);
    for (const { partition, high } of ends) past.earlier.set(partition, Number(high));
    await admin.deleteTopics({ topics: [topic] });
    await eventually(
      () => admin.listTopics(),
      (topics) => !topics.includes(topic),
    );
    await createTopics(admin, [topic], ends.length);
  });
  await sleep(2_000);
  return undefined;
}

/** While no worker is there, half of what is not stored is deleted. */
async function outrunWorkers(world: World): Promise<string> {
  const { admin, flow, past, stack, workers } = world;
  const topic = stack.topics.events;
  // Of a chunk in hand nobody could tell afterwards what was stored.
  await flow.pause(async () => {
    await eventually(() => stack.isRead(), Boolean);
    await Promise.all([...workers].map((worker) => world.lose(worker, "stop")));
  });
  await sleep(3_000);
  const [of] = await admin.fetchOffsets({ groupId: `${stack.env.INGEST_GROUP}-${topic}`, topics: [topic] });
  const next = new Map(of?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
  const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => {
    const from = next.get(partition) ?? 0;
    const taken = Math.floor((Number(high) - from) / 2);
    past.lost.set(partition, taken);
    return { partition, offset: `${from + taken}` };
  });
  await admin.deleteTopicRecords({ topic, partitions });
  await world.join();
  return `${[...past.lost.values()].reduce((all, one) => all + one, 0)} messages lost, and said so`;
}

async function killBroker(world: World, times: number): Promise<undefined> {
  return await repeat(times, async () => {
    await isStoring(world);
    const before = world.broker();
    process.kill(before, "SIGKILL");
    await eventually(
      async () => world.broker(),
      (now) => now !== 0 && now !== before,
    );
  });
}

/** Resolves once more rows are stored than now: the workers have found each other and work. */
async function isStoring({ stack }: World): Promise<void> {
  const count = async () => Number((await stack.ask("SELECT count() AS n FROM saga_events")).n);
  const before = await count();
  await eventually(count, (now) => now > before);
}

function anyOf({ workers }: World): Part {
  const all = [...workers];
  const chosen = all[randomInt(all.length)];
  if (!chosen) throw new Error("No worker lives");
  return chosen;
}

/** How often the workers were refused in the meantime, and for which causes; throws when they never were. */
async function refusals(world: World, meantime: () => Promise<unknown>): Promise<string> {
  const before = await retriesByCause(world);
  await meantime();
  const after = await retriesByCause(world);
  const refused = [...after]
    .map(([cause, count]) => [cause, count - (before.get(cause) ?? 0)] as const)
    .filter(([, count]) => count > 0);
  if (refused.length === 0) throw new Error("The store took everything: no harm was done");
  return `refused ${refused.map(([cause, count]) => `${count} × ${cause}`).join(", ")}`;
}

async function retriesByCause({ workers }: World): Promise<Map<string, number>> {
  const causes = new Map<string, number>();
  for (const { url } of workers) {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const [, cause = "", count] of text.matchAll(/^sagascope_ingest_retries_total\{cause="(\w+)"\} (\d+)/gm)) {
      causes.set(cause, (causes.get(cause) ?? 0) + Number(count));
    }
  }
  return causes;
}
