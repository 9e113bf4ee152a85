import type { DeadLetter, DeadLetterDetail } from "#contracts/api/dead-letters.ts";
import type { DeadMessage } from "#store/clickhouse/queries/dead-letter.ts";
import { isText } from "#store/dead-letters/told-bytes.ts";

/** A letter in one line: where it stands, why, since when, how often, and what is wrong. */
export function describeLetter({ state, reason, id, deadAt, tries, detail }: DeadLetter): string {
  const tried = tries === 1 ? "1 try " : `${tries} tries`;
  return `${state.padEnd(11)} ${reason.padEnd(13)} ${deadAt} ${tried.padEnd(8)} ${id}  ${oneLine(detail)}`;
}

/** Everything about a letter, for a terminal. */
export function describeWhole(
  letter: DeadLetter,
  message: DeadMessage,
  { deaths, replays }: Pick<DeadLetterDetail, "deaths" | "replays">,
): string {
  const lines = [
    describeLetter(letter),
    "",
    `message   ${message.topic}:${message.partition}:${message.offset}, ${letter.bytes} bytes, of ${message.messageAt}`,
    `key       ${message.key === null ? "none" : readable(message.key)}`,
    ...message.headers.map(
      ({ name, value }) => `header    ${oneLine(name)}: ${value === null ? "none" : readable(value)}`,
    ),
    ...deaths.map(({ topic, partition, offset, at, reason, detail }) => {
      return `died      ${at} at ${topic}:${partition}:${offset}, ${reason}: ${oneLine(detail)}`;
    }),
    ...replays.map(({ at, actor, stage, edited, place, problem }) => {
      const what = stage === "begun" ? "begun, and cut short: it may have been sent" : stage;
      const where = place ? ` to ${place.topic}:${place.partition}:${place.offset}` : "";
      const why = problem === null ? "" : `: ${oneLine(problem)}`;
      return `replayed  ${at} by ${oneLine(actor)}${edited ? ", edited" : ""}: ${what}${where}${why}`;
    }),
    "",
    message.value === null
      ? "(no value)"
      : isText(message.value)
        ? printable(String(message.value))
        : hexDump(message.value),
  ];
  return lines.join("\n");
}

const readable = (bytes: Buffer): string =>
  isText(bytes) ? oneLine(String(bytes)) : `0x${bytes.toString("hex").slice(0, 200)}`;

// A message is anybody's text: it must not steer the terminal.
const printable = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, " ");

const bytesInRow = 16;
const rowsShown = 64;

function hexDump(bytes: Buffer): string {
  const rows = Array.from({ length: Math.min(rowsShown, Math.ceil(bytes.length / bytesInRow)) }, (_, row) => {
    const some = bytes.subarray(row * bytesInRow, (row + 1) * bytesInRow);
    const hex = [...some].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = some.toString("latin1").replace(/[^\x20-\x7e]/g, ".");
    return `${(row * bytesInRow).toString(16).padStart(8, "0")}  ${hex.padEnd(bytesInRow * 3)} ${ascii}`;
  });
  const more = bytes.length - rowsShown * bytesInRow;
  return [...rows, ...(more > 0 ? [`… ${more} bytes more: --raw writes all of them`] : [])].join("\n");
}
