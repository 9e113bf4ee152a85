import { sagaSorts } from "#contracts/words.ts";

export type SortField = (typeof sagaSorts)[number];

export interface Sort {
  readonly field: SortField;
  readonly ascending: boolean;
}

/** What is read as a word begins with the first of them; the rest with the newest, longest or most. */
const words: ReadonlySet<SortField> = new Set(["id", "type", "version", "state", "step", "error", "subject", "label"]);

/** `sort=duration`, longest first; `sort=duration.asc` turned round; newest start first without a word. */
export function readSort(params: URLSearchParams): Sort {
  const [name, direction] = (params.get("sort") ?? "").split(".");
  const field = sagaSorts.find((one) => one === name);
  return { field: field ?? "started", ascending: field !== undefined && direction === "asc" };
}

/** What the URL says; nothing for the default. */
export function sortParam({ field, ascending }: Sort): string | null {
  if (ascending) return `${field}.asc`;
  return field === "started" ? null : field;
}

/** A press on a column: it sorts, or turns round what it sorts already. */
export function turned(sort: Sort, field: SortField): Sort {
  return { field, ascending: sort.field === field ? !sort.ascending : words.has(field) };
}
