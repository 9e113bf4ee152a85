import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { Console } from "node:console";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertBalance } from "./balance.ts";
import { trials } from "./trials.ts";
import { createWorld, type World } from "./world.ts";

// `npm run torture` is the long form of what `npm test` tries in short.
const isLong = process.env.TORTURE === "long";
const perSecond = isLong ? 1_500 : 800;
const partitions = 12;
const workersWanted = 3;

const folder = mkdtempSync(join(tmpdir(), "sagascope-torture-"));
const disk = join(folder, "store");
// A disk of its own can be filled without harm to anything else; only root may make one.
const hasDisk = mountDisk();
let world: World;
const rows: Record<string, string | number>[] = [];

before(async () => {
  world = await createWorld(process.env, { folder: disk, partitions });
});
after(async () => {
  await world?.close();
  if (!hasDisk) rmSync(folder, { recursive: true, force: true });
  if (isLong) new Console(process.stdout).table(rows);
});

for (const { name, times, harm, needsDisk } of trials) {
  const skip = needsDisk && !hasDisk ? "only root can mount a disk to fill" : false;
  test(`${name}: nothing is lost and nothing is stored twice`, {
    timeout: 420_000,
    skip,
  }, async () => {
    const beganMs = Date.now();
    while (world.workers.size < workersWanted) await world.join();
    const over = new AbortController();
    const flowing = world.flow.run(perSecond, over.signal);
    const remark = await harm(world, isLong ? times.long : times.short).finally(() => over.abort());
    await flowing;
    const { produced, stored, dead, lost, spans, logs } = await assertBalance(world);
    assert.equal(stored + dead + lost, produced);
    rows.push({
      harm: name,
      produced,
      stored,
      dead,
      spans,
      logs,
      seconds: Math.round((Date.now() - beganMs) / 1000),
      remark: remark ?? "",
    });
  });
}

function mountDisk(): boolean {
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2g", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return false;
  }
  // Its input ends with this process, however that ends, and the disk must not outlive it.
  const last = spawn("sh", ["-c", 'cat; umount --lazy "$0" && rm -r "$1"', disk, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  last.unref();
  // The pipe keeps nobody from ending either.
  if (last.stdin instanceof Socket) last.stdin.unref();
  return true;
}
