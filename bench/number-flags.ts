import { parseArgs } from "node:util";

/** Flags that are numbers, `--rate 1000`, each with what it is where it is not given. Throws at another flag, or no number. */
export function numberFlags<Name extends string>(
  args: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" } as const]));
  const { values } = parseArgs({ args: [...args], options });
  const given = Object.entries(values).map(([name, value]) => {
    const number = Number(value);
    if (!Number.isFinite(number)) throw new Error(`--${name} wants a number, not ${value}`);
    return [name, number];
  });
  return { ...defaults, ...Object.fromEntries(given) };
}
