import { type Sql, sql, strings, uint8 } from "#lib/sql.ts";
import { firstLabels, hiddenLabels } from "#sagas/business-labels.ts";

/** The `labels` of a row as pairs of key and value, in the order of both. */
const pairs = sql`arraySort(arrayMap(label -> (substring(label, 1, position(label, '=') - 1), substring(label, position(label, '=') + 1)), labels))`;

/** Of each key the greatest of its values. */
const greatest = sql`arrayFilter((pair, next) -> pair.1 != next.1, ${pairs}, arrayShiftLeft(${pairs}, 1))`;

const shown = sql`arrayFilter(pair -> NOT has(${strings(hiddenLabels)}, pair.1) AND saga_id != pair.2 AND NOT endsWith(saga_id, concat('-', pair.2)), ${greatest})`;

const rank = sql`if(indexOf(${strings(firstLabels)}, pair.1) > 0, indexOf(${strings(firstLabels)}, pair.1), ${uint8(firstLabels.length + 1)} + match(pair.2, '^-?[0-9.,]+$'))`;

/** The value of the first of a row's labels that a list shows, as `businessLabels` has them; empty where it shows none. */
export const businessKey: Sql = sql`tupleElement(arrayElement(arraySort(arrayMap(pair -> (${rank}, pair.1, pair.2), ${shown})), 1), 3)`;
