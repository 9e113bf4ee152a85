/** What a run tells its user. */
export interface Screen {
  /** A step that is done, with how long it took. */
  done(what: string, tookMs: number): void;
  /** Something that went wrong and is being dealt with. */
  warn(what: string): void;
  /** Why the run ends, with what to do. */
  fail(what: string): void;
  say(what: string): void;
}

/** Writes plain lines; colours only where a terminal shows them. */
export function terminalScreen(out: NodeJS.WriteStream): Screen {
  const paint = (code: number, text: string) => (out.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);
  const line = (text: string) => void out.write(`${text}\n`);
  return {
    done: (what, tookMs) => line(`${paint(32, "✓")} ${what} ${paint(2, seconds(tookMs))}`),
    warn: (what) => line(`${paint(33, "!")} ${what}`),
    fail: (what) => line(`${paint(31, "✗")} ${what}`),
    say: line,
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
