import { cutId } from "#components/format.ts";
import { isBareNumber } from "#sagas/business-labels.ts";

/** What a list shows of a label: its value, and its name too where the value alone says nothing. */
export function labelText(key: string, value: string): string {
  const cut = cutId(value, { head: 12, tail: 4 });
  return isBareNumber(value) ? `${key} ${cut}` : cut;
}
