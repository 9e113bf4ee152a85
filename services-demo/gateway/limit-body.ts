import { Transform } from "node:stream";

/** Passes a body through, and fails once it is bigger than `maxBytes`. */
export function limitBody(maxBytes: number): Transform & { readonly exceeded: boolean } {
  let bytes = 0;
  const state = { exceeded: false };
  const transform = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) return done(null, chunk);
      state.exceeded = true;
      return done(new Error(`The body has more than ${maxBytes} bytes`));
    },
  });
  return Object.defineProperty(transform, "exceeded", { get: () => state.exceeded }) as Transform & {
    readonly exceeded: boolean;
  };
}
