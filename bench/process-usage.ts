import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [read(Number(name))];
      } catch {
        return []; // ended while we looked
      }
    });
}

/** Its proportional share of memory, so that pages shared by PostgreSQL's processes are counted once. */
function read(pid: number): Process {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const share = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return {
    pid,
    parent: Number(fields[1]),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentMb: Number(share ?? 0) / 1024,
  };
}

/** CPU seconds used so far by a process's threads of this name (15 characters at most). Linux only. */
export function threadCpuSeconds(pid: number, name: string): number {
  const nanos = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const folder = `/proc/${pid}/task/${thread}`;
    try {
      if (readFileSync(`${folder}/comm`, "utf8").trim() !== name) return 0;
      return Number(readFileSync(`${folder}/schedstat`, "utf8").split(" ", 1)[0]);
    } catch {
      return 0; // ended while we looked
    }
  });
  return nanos.reduce((sum, one) => sum + one, 0) / 1e9;
}

/** The most memory that a process has held (MB), pages that it shares counted whole. Linux only. */
export function peakResidentMb(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

/** CPU seconds used so far and memory held (MB) by each part, its own child processes with it. Linux only. */
export function usageByPart(
  parts: Readonly<Record<string, number>>,
): Map<string, { cpuSeconds: number; residentMb: number }> {
  const all = processes();
  const family = (pid: number): Process[] => {
    const own = all.filter((one) => one.pid === pid);
    const children = all.filter((one) => one.parent === pid);
    return [...own, ...children.flatMap((child) => family(child.pid))];
  };
  return new Map(
    Object.entries(parts).map(([part, pid]) => {
      const members = family(pid);
      return [
        part,
        {
          cpuSeconds: members.reduce((sum, one) => sum + one.cpuSeconds, 0),
          residentMb: members.reduce((sum, one) => sum + one.residentMb, 0),
        },
      ];
    }),
  );
}
