export interface Subject {
  readonly sagaId: string | null;
  readonly eventId: string | null;
}

const longest = 256;

/** The saga and event that a message tells of, as far as it says so: by its JSON, or by its headers in binary mode. */
export function subjectOf(
  value: Buffer | null,
  headers: readonly { readonly name: string; readonly value: Buffer | null }[],
): Subject {
  const header = (name: string) => headers.find((one) => one.name === name)?.value?.toString();
  const event = objectIn(value);
  return {
    sagaId: idIn(header("ce_correlationid") ?? event.correlationid),
    eventId: idIn(header("ce_id") ?? event.id),
  };
}

function objectIn(value: Buffer | null): { readonly correlationid?: unknown; readonly id?: unknown } {
  try {
    const parsed: unknown = JSON.parse(String(value));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

const idIn = (value: unknown): string | null =>
  typeof value === "string" && value !== "" && value.length <= longest ? value.toWellFormed() : null;
