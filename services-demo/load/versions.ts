const day = 86_400_000;

/** Which version of a service ran at a moment of the past day: shipping was released six hours before its end. */
export function versionAt(service: string, { atMs, endMs }: { atMs: number; endMs: number }): string {
  if (service === "shipping") return atMs < endMs - day / 4 ? "1.4.2" : "1.5.0";
  return service === "payments" ? "2.1.0" : "1.3.0";
}

/** The hour after that release, in which the carrier did not answer. */
export function inOutage({ atMs, endMs }: { atMs: number; endMs: number }): boolean {
  const sinceRelease = atMs - (endMs - day / 4);
  return sinceRelease >= 0 && sinceRelease < 40 * 60_000;
}
