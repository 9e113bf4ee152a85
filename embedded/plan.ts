import { SagascopeError } from "#lib/errors.ts";
import { type Part, type PartName, partNames, parts } from "./parts.ts";

/** What of the stack is asked for, and which backing parts stand elsewhere. */
export interface Wanted {
  readonly only?: readonly PartName[] | undefined;
  readonly noDemo: boolean;
  /** Backing parts whose address was given: they are not started here. */
  readonly external: ReadonlySet<PartName>;
}

/** The parts to start here, in the order of `partNames`. Throws `BAD_SETTING` when one lacks what it stands on. */
export function selectParts({ only, noDemo, external }: Wanted): PartName[] {
  const chosen = partNames.filter((name) => {
    if (external.has(name)) return false;
    if (only) return only.includes(name);
    return !(noDemo && parts[name].group === "demo");
  });
  // A job is part of what needs it.
  const jobs = chosen.flatMap((name) => parts[name].needs.filter((need) => parts[need].kind === "job"));
  const selected = partNames.filter((name) => chosen.includes(name) || jobs.includes(name));
  for (const name of [...chosen, ...jobs]) {
    for (const need of parts[name].needs) {
      if (parts[need].group === "backing" && !selected.includes(need) && !external.has(need)) {
        throw new SagascopeError(
          "BAD_SETTING",
          `${namedOf(name, chosen)} needs ${need}: add it to --only, or say where one runs by ${addressSetting(need)}.`,
        );
      }
    }
  }
  return selected;
}

/** A part as the person named it: a job stands for the first part that needs it. */
const namedOf = (name: PartName, chosen: readonly PartName[]): PartName =>
  chosen.includes(name) ? name : (chosen.find((other) => parts[other].needs.includes(name)) ?? name);

/** The setting by which a backing part that runs elsewhere is named. */
export function addressSetting(name: PartName): string {
  return name === "kafka" ? "KAFKA_BROKERS" : name === "clickhouse" ? "CLICKHOUSE_URL" : "DATABASE_URL";
}

/** Those of a part's needs that this run sees to; the others stand already. */
export function needsOf(name: PartName, seenTo: readonly PartName[]): PartName[] {
  return parts[name].needs.filter((need) => seenTo.includes(need));
}

/**
 * Waves in which parts stop: a part only once all that need it have stopped. Each wave stops side by side.
 * Jobs have ended already and take no part. The backing parts go last, together.
 */
export function stopWaves(running: readonly PartName[]): PartName[][] {
  const isService = (name: PartName) => parts[name].kind === "service";
  const backing = running.filter((name) => parts[name].group === "backing" && isService(name));
  let left = running.filter((name) => parts[name].group !== "backing" && isService(name));
  const waves: PartName[][] = [];
  while (left.length > 0) {
    const wave = left.filter((name) => !left.some((other) => dependsOn(parts[other], name)));
    if (wave.length === 0) throw new SagascopeError("INTERNAL", `These parts need each other: ${left.join(", ")}`);
    waves.push(wave);
    left = left.filter((name) => !wave.includes(name));
  }
  return backing.length > 0 ? [...waves, backing] : waves;
}

const dependsOn = (part: Part, name: PartName): boolean => part.needs.includes(name);
