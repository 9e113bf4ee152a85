import type { Call } from "./sink.ts";

/** A call in a few lines for a terminal. What came from outside is shown without control characters. */
export function describeCall({ id, refusal, message }: Call, at: Date): string {
  const time = at.toISOString().slice(11, 19);
  const verdict = refusal === undefined ? "verified ✓" : `verified ✗ ${refusal}`;
  if (!message) return printable(`${time}  ${verdict}  not a message of Sagascope  id ${id}`);
  const { rule, sentence, link } = message.data;
  return [
    `${time}  ${verdict}  ${message.type}  ${rule.severity}  ${rule.name}`,
    `  ${sentence}`,
    `  ${link}`,
    `  id ${id}`,
  ]
    .map(printable)
    .join("\n");
}

const printable = (text: string): string => text.replace(/\p{Cc}/gu, "�");
