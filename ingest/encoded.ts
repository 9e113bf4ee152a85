import type { Death, Message, Messages } from "./message.ts";
import type { TableRows } from "./table-rows.ts";

/** What cannot be stored as rows: `message.value` are the bytes to keep. */
export interface Dead {
  readonly message: Message;
  readonly death: Death;
  /** True where only a record of the message died, and the others live. */
  readonly isPart?: boolean;
  /** Of parts: which number the first of its message has; 1 without. */
  readonly firstPart?: number;
  /** Kept in a block of its own, under this token: which others die with it may differ from try to try. */
  readonly token?: string;
}

/** What a chunk's messages come to; the same messages come to the same on every try. */
export interface Encoded {
  readonly rows: readonly TableRows[];
  readonly dead: readonly Dead[];
  /** How many messages a mapping leaves aside. */
  readonly ignored?: number;
}

export type Encode = (messages: Messages, signal: AbortSignal) => Promise<Encoded>;
