const pieceBytes = 1 << 20;
const quote = 0x22;
const backslash = 0x5c;
const hexDigits = Buffer.from("0123456789abcdef");

/** What a byte becomes after a backslash: itself, a letter, or 1 for the long form; 0 needs none. */
const escapes = new Uint8Array(256);
escapes.fill(1, 0, 0x20);
for (const [code, letter] of Object.entries({ 8: "b", 9: "t", 10: "n", 12: "f", 13: "r" }))
  escapes[Number(code)] = letter.charCodeAt(0);
escapes[quote] = quote;
escapes[backslash] = backslash;

/** JSON as bytes, in pieces so that nothing that is written is ever moved. */
export class RowBytes {
  readonly #full: Buffer[] = [];
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  /** Makes room for so many bytes in one piece; nothing else does. */
  reserve(length: number): void {
    if (this.bytes.length - this.at >= length) return;
    if (this.at > 0) this.#full.push(this.bytes.subarray(0, this.at));
    this.bytes = Buffer.allocUnsafeSlow(Math.max(length, pieceBytes));
    this.at = 0;
  }

  /** Forgets all that was written, and makes room for so many bytes in one piece. */
  restart(length: number): void {
    this.#full.length = 0;
    this.at = 0;
    this.reserve(length);
  }

  /** All that was written since the beginning. */
  pieces(): Buffer[] {
    return this.at > 0 ? [...this.#full, this.bytes.subarray(0, this.at)] : [...this.#full];
  }

  /** Where it stands, to go `back` to. */
  mark(): { readonly full: number; readonly bytes: Buffer; readonly at: number } {
    return { full: this.#full.length, bytes: this.bytes, at: this.at };
  }

  /** Forgets what was written after a mark. */
  back({ full, bytes, at }: ReturnType<RowBytes["mark"]>): void {
    this.#full.length = full;
    this.bytes = bytes;
    this.at = at;
  }

  /** What was written after a mark. */
  since({ full, bytes, at }: ReturnType<RowBytes["mark"]>): Buffer[] {
    if (bytes === this.bytes) return [this.bytes.subarray(at, this.at)];
    return [...this.#full.slice(full), this.bytes.subarray(0, this.at)].map((piece, index) =>
      index === 0 && at > 0 ? piece.subarray(at) : piece,
    );
  }

  byte(code: number): void {
    this.bytes[this.at++] = code;
  }

  raw(source: Uint8Array, length = source.length): void {
    const { bytes } = this;
    if (length > 48) bytes.set(length === source.length ? source : source.subarray(0, length), this.at);
    else for (let index = 0; index < length; index++) bytes[this.at + index] = source[index] ?? 0;
    this.at += length;
  }

  ascii(text: string): void {
    const { bytes } = this;
    let { at } = this;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.at = at;
  }

  /** Any text, as it is. */
  utf8(text: string): void {
    this.at += this.bytes.write(text, this.at);
  }

  /** UTF-8 as a JSON string; that it is UTF-8 shows when the row is looked at as a whole. */
  quoted(source: Uint8Array, from: number, to: number): void {
    this.byte(quote);
    this.inString(source, from, to);
    this.byte(quote);
  }

  inString(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let { at } = this;
    for (let index = from; index < to; index++) {
      const code = source[index] ?? 0;
      const escaped = escapes[code] ?? 0;
      if (escaped !== 0) {
        bytes[at++] = backslash;
        if (escaped === 1) {
          bytes.write(`u00${code.toString(16).padStart(2, "0")}`, at, "latin1");
          at += 5;
        } else bytes[at++] = escaped;
      } else bytes[at++] = code;
    }
    this.at = at;
  }

  hex(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let { at } = this;
    for (let index = from; index < to; index++) {
      const code = source[index] ?? 0;
      bytes[at++] = hexDigits[code >>> 4] ?? 0;
      bytes[at++] = hexDigits[code & 15] ?? 0;
    }
    this.at = at;
  }

  /** A whole number below 2^53. */
  digits(value: number): void {
    if (value < 10) this.byte(0x30 + value);
    else this.ascii(String(value));
  }

  /** Of `value` nine digits, zeros ahead. */
  nineDigits(value: number): void {
    const { bytes } = this;
    let rest = value;
    for (let at = this.at + 8; at >= this.at; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    this.at += 9;
  }
}
