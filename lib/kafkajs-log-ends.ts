import { createRequire } from "node:module";

interface Broker {
  listOffsets(ask: { readonly isolationLevel?: number; readonly topics: unknown }): Promise<unknown>;
}

const readUncommitted = 0;

/**
 * kafkajs takes the end of a log for the end of what is committed: behind a transaction that hangs, whatever waits would be
 * no message at all. Where a log ends it ends, whoever asks; what is read of it stays as it is.
 */
export function mendLogEnds(): void {
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/broker/index.js") as { prototype: Broker };
  const { listOffsets } = prototype;
  prototype.listOffsets = function (this: Broker, ask) {
    return listOffsets.call(this, { ...ask, isolationLevel: readUncommitted });
  };
}
