const made = globalThis as unknown as Record<symbol, unknown>;

/** One value for the whole process: pages and routes are bundled apart, each with its own copy of every module. */
export function perProcess<Value>(name: string, make: () => Value): Value {
  const key = Symbol.for(`sagascope.${name}`);
  made[key] ??= make();
  return made[key] as Value;
}
