/** A table's engine, as `system.tables` has it. */
export interface EngineOf {
  readonly name: string;
  readonly engine: string;
  readonly engineFull: string;
}

/** A worker may have been away for so long when it repeats its chunk. */
const leastSeconds = 24 * 3_600;
const goodSeconds = 7 * leastSeconds;

/**
 * How many blocks a table remembers, from its own settings or else the server's; or what is wrong with it, and the remedy.
 */
export function dedupWindow(
  { name, engine, engineFull }: EngineOf,
  ofServer: ReadonlyMap<string, number>,
): { readonly blocks: number } | { readonly fault: string } {
  const settingOf = (setting: string) => {
    const own = new RegExp(`\\b${setting} = (\\d+)`).exec(engineFull)?.[1];
    return own === undefined ? ofServer.get(setting) : Number(own);
  };
  const kind = engine.startsWith("Replicated") ? "replicated" : "non_replicated";
  const setting = `${kind}_deduplication_window`;
  const blocks = settingOf(setting) ?? 0;
  const remedy = (what: string, value: number) => `ALTER TABLE ${name} MODIFY SETTING ${what} = ${value}`;
  if (blocks === 0)
    return { fault: `The table ${name} keeps no repeated block out (${setting} is 0): ${remedy(setting, 100_000)}.` };
  const seconds = kind === "replicated" ? (settingOf("replicated_deduplication_window_seconds") ?? 0) : Infinity;
  if (seconds < leastSeconds)
    return {
      fault: `The table ${name} forgets blocks after ${seconds} s: ${remedy("replicated_deduplication_window_seconds", goodSeconds)}.`,
    };
  return { blocks };
}
