import { z } from "zod";
import type { Encode } from "#ingest/encoded.ts";
import type { Message } from "#ingest/message.ts";
import type { StartHint } from "#ingest/saga-starts.ts";
import type { SettleStarts } from "#ingest/settle-starts.ts";
import { decodeSagaEvent } from "./decode-saga-event.ts";
import { datedRows, type Read, readEvents, writeEach, writeSilent } from "./encode-each.ts";
import { EventWriter } from "./event-writer.ts";
import { eventBlock, Sheet } from "./sheet.ts";

/** Messages of `saga.events` as rows of `saga_events`. What is out of the ordinary is read one by one, all else copied. */
export function sagaEventsEncoder(settle: SettleStarts): Encode {
  const writer = new EventWriter(eventBlock);
  return async (messages, signal) => {
    const sheet = new Sheet();
    const odd: Message[] = [];
    const areOdd: boolean[] = [];
    for (const message of messages) {
      const isOdd = !writer.write(message);
      areOdd.push(isOdd);
      if (isOdd) odd.push(message);
      else sheet.added();
    }
    const rest = writeEach(odd, { read, sheet });
    sheet.seal();
    const silent = rest.silent.sagas;
    const said = silent.size === 0 ? [] : hintsAbout(silent, { messages, areOdd });
    const starts = await settle([...said, ...rest.hints], signal);
    const rows = writeSilent(rest.silent, { sheet, starts, rowsOf: () => datedRows(messages, { read, starts }) });
    return { rows, dead: rest.dead };
  };
}

const Named = z.object({ correlationid: z.string() });

/** What the others, which were copied, say of the starts of these sagas. */
function hintsAbout(
  sagas: ReadonlySet<string>,
  { messages, areOdd }: { messages: Iterable<Message>; areOdd: readonly boolean[] },
): StartHint[] {
  const hints: StartHint[] = [];
  let index = 0;
  for (const message of messages) {
    if (areOdd[index++]) continue;
    // They are events, so this is there.
    const { correlationid } = Named.parse(JSON.parse(String(message.value)));
    if (sagas.has(correlationid)) hints.push(...read(message).rows.map(({ hint }) => hint));
  }
  return hints;
}

const read: Read = (message) => {
  const decoded = decodeSagaEvent(message);
  if (decoded.kind === "dead") return { rows: [], dead: [{ message, death: decoded }] };
  return readEvents([decoded.event], message);
};
