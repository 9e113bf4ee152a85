export const sortFields = ["started", "duration", "lastEvent"] as const;
export type SortField = (typeof sortFields)[number];

export interface Sort {
  readonly field: SortField;
  readonly ascending: boolean;
}

/** `sort=duration`, longest first; `sort=duration.asc` turned round; newest start first without a word. */
export function readSort(params: URLSearchParams): Sort {
  const [name, direction] = (params.get("sort") ?? "").split(".");
  return { field: sortFields.find((field) => field === name) ?? "started", ascending: direction === "asc" };
}

/** What the URL says; nothing for the default. */
export function sortParam({ field, ascending }: Sort): string | null {
  if (ascending) return `${field}.asc`;
  return field === "started" ? null : field;
}

/** A press on a column: it sorts, or turns round what it sorts already. */
export function turned(sort: Sort, field: SortField): Sort {
  return { field, ascending: sort.field === field && !sort.ascending };
}
