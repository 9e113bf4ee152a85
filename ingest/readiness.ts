/** Whether ingest can do its work, and if not, why: for `/readyz`. */
export class Readiness {
  readonly #unjoined: Set<string>;
  readonly #stuck = new Map<string, string>();

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

  /** The reason not to be ready, or undefined. */
  notReady(): string | undefined {
    const [stuck] = this.#stuck;
    if (stuck) return `The store does not take chunks of ${stuck[0]}: ${stuck[1]}`;
    return this.#unjoined.size > 0 ? `Not reading yet: ${[...this.#unjoined].join(", ")}` : undefined;
  }
}
