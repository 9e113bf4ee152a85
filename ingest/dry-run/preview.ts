import type { SagaEvent } from "#contracts/saga-event.ts";
import type { Death, Message } from "#ingest/message.ts";

/** What a message would come to; to nothing where it is left aside. */
export interface Preview {
  readonly message: Message;
  readonly events: readonly SagaEvent[];
  readonly dead: readonly Death[];
}

/** For people: the message's place and beginning, and a line for each thing that would come of it. */
export function linesOf({ message, events, dead }: Preview): string[] {
  const { topic, partition, offset, value, timeMs } = message;
  const place = `${topic} ${partition}/${offset} ${new Date(Math.max(timeMs, 0)).toISOString()}`;
  return [
    `${place}  ${value === null ? "no value" : shown(value.toString("utf8"))}`,
    ...events.map((event) => `    ${eventLine(event)}`),
    ...dead.map(({ reason, detail }) => `    dead letter, ${reason}: ${shown(detail, 500)}`),
    ...(events.length + dead.length === 0 ? ["    ignored"] : []),
  ];
}

function eventLine({ type, correlationid, sagatype, time, source, data }: SagaEvent): string {
  const step = "step" in data ? ` ${data.step}` : "";
  const attempt = "attempt" in data && data.attempt > 1 ? ` (attempt ${data.attempt})` : "";
  const undone = "compensates" in data ? ` undoes ${data.compensates}` : "";
  const labels = Object.entries(data.labels ?? {}).map(([name, value]) => ` ${name}=${value}`);
  const error = data.error ? ` error ${data.error.code}${data.error.message ? `: ${data.error.message}` : ""}` : "";
  const deadline = data.deadline ? ` due ${data.deadline}` : "";
  const where = `${sagatype} ${correlationid} at ${time} by ${source.replace(/^\/services\//, "")}`;
  return shown(`${type}${step}${attempt}${undone} | ${where}${deadline} |${labels.join("")}${error}`, 500);
}

/** Of somebody else's text what a terminal may be given. */
function shown(text: string, length = 100): string {
  const line = text.toWellFormed().replace(/[\p{Cc}\p{Cf}\s]+/gu, " ");
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** For programs. */
export function jsonOf({ message: { topic, partition, offset, timeMs }, events, dead }: Preview): string {
  const outcome = dead.length > 0 ? "dead" : events.length > 0 ? "events" : "ignored";
  return JSON.stringify({ topic, partition, offset: String(offset), timeMs, outcome, events, dead });
}

/** How it comes out in all. */
export function summaryOf(previews: readonly Preview[]): string {
  const events = previews.flatMap((preview) => preview.events);
  const reasons = new Map<string, number>();
  for (const { reason } of previews.flatMap(({ dead }) => dead)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const dead = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  const sagas = new Set(events.map(({ correlationid }) => correlationid)).size;
  const ignored = previews.filter((preview) => preview.events.length + preview.dead.length === 0).length;
  const told = dead.length === 0 ? "no dead letters" : `dead letters: ${dead.join(", ")}`;
  return `${counted(previews.length, "message")}: ${counted(events.length, "event")} of ${counted(sagas, "saga")}, ${ignored} ignored, ${told}`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
