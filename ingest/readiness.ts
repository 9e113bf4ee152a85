/** How long a chunk may be under way, and nothing of its topic be stored meanwhile, before something hangs. */
const hangsAfterMs = 15_000;

/** Whether ingest can do its work, and if not, why: for `/readyz`. */
export class Readiness {
  readonly #unjoined: Set<string>;
  readonly #stuck = new Map<string, string>();
  readonly #standingBack = new Map<string, string>();
  /** The chunks under way, each with its topic and since when. */
  readonly #storing = new Set<{ readonly topic: string; readonly sinceMs: number }>();
  readonly #storedAtMs = new Map<string, number>();
  readonly #failing = new Map<string, { readonly sinceMs: number; readonly lastMs: number; readonly cause: string }>();

  constructor(topics: readonly string[]) {
    this.#unjoined = new Set(topics);
  }

  joined(topic: string): void {
    this.#unjoined.delete(topic);
    // Whatever was stuck in an earlier term may be another's now.
    for (const place of this.#stuck.keys()) if (place.startsWith(`${topic}-`)) this.#stuck.delete(place);
  }

  /** The topic is another's and does not exist yet: that is no fault of ours. */
  absent(topic: string): void {
    this.#unjoined.delete(topic);
  }

  cannotStore(place: string, cause: string): void {
    this.#stuck.set(place, cause);
  }

  canStore(place: string): void {
    this.#stuck.delete(place);
  }

  /** The topic is not read, and why; without a reason, nothing is in the way any more. */
  standsBack(topic: string, why: string | undefined): void {
    if (why === undefined) this.#standingBack.delete(topic);
    else this.#standingBack.set(topic, why);
  }

  /** What was to be done with a partition failed, and will be tried again: not for the store's sake, of which `cannotStore` tells. */
  failed(place: string, cause: string, nowMs: number): void {
    const before = this.#failing.get(place);
    const goesOn = before !== undefined && nowMs - before.lastMs <= hangsAfterMs;
    this.#failing.set(place, { sinceMs: goesOn ? before.sinceMs : nowMs, lastMs: nowMs, cause });
  }

  /** A chunk is to be stored from now on, until what this returns is called. */
  storing(topic: string, nowMs: number): () => void {
    const chunk = { topic, sinceMs: nowMs };
    this.#storing.add(chunk);
    return () => this.#storing.delete(chunk);
  }

  /** The store took something of the topic. */
  stored(topic: string, nowMs: number): void {
    this.#storedAtMs.set(topic, nowMs);
  }

  /** The reason not to be ready, or undefined. */
  notReady(nowMs: number): string | undefined {
    const [stuck] = this.#stuck;
    if (stuck) return `The store does not take chunks of ${stuck[0]}: ${stuck[1]}`;
    const [standingBack] = this.#standingBack;
    if (standingBack) return `${standingBack[0]} is not read: ${standingBack[1]}`;
    for (const [place, { sinceMs, lastMs, cause }] of this.#failing) {
      if (lastMs - sinceMs > hangsAfterMs && nowMs - lastMs <= hangsAfterMs)
        return `Nothing of ${place} has come to its end for ${Math.floor((nowMs - sinceMs) / 1000)} s: ${cause}`;
    }
    // A store that hangs says nothing: what it was given is under way until the client gives it up.
    for (const { topic, sinceMs } of this.#storing) {
      const waitedMs = nowMs - Math.max(sinceMs, this.#storedAtMs.get(topic) ?? 0);
      if (waitedMs > hangsAfterMs)
        return `Nothing of ${topic} has been stored for ${Math.floor(waitedMs / 1000)} s, though there is something to store`;
    }
    return this.#unjoined.size > 0 ? `Not reading yet: ${[...this.#unjoined].join(", ")}` : undefined;
  }
}
