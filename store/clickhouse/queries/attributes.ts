import { and, type Sql, sql, string } from "#lib/sql.ts";

/** Whether a map of attributes has all of these, each as `key=value`; the skip index of its values is used. */
export function hasAttributes(attributes: Sql, wanted: readonly string[]): Sql {
  return and(
    wanted.map((text) => {
      const cut = text.indexOf("=");
      const [key, value] = [string(text.slice(0, cut)), string(text.slice(cut + 1))];
      return sql`has(mapValues(${attributes}), ${value}) AND mapContains(${attributes}, ${key}) AND ${attributes}[${key}] = ${value}`;
    }),
  );
}
