import assert from "node:assert/strict";
import { test } from "node:test";
import { SagascopeError } from "#lib/errors.ts";
import { KafkaNotReached } from "#lib/kafka-sender.ts";
import type { ReplayOutcome } from "#store/dead-letters/replay-letters.ts";
import { fatesOf } from "./replay-fates.ts";

const sent = (letter: string): ReplayOutcome => ({
  kind: "sent",
  letter,
  replay: "r",
  topic: "t",
  partition: 0,
  offset: "1",
  sagaId: null,
  eventId: null,
});
const refused = (letter: string, problem: SagascopeError): ReplayOutcome => ({ kind: "refused", letter, problem });
const tooLarge = new SagascopeError("KAFKA_REFUSED", "too large");
const silent = new SagascopeError("KAFKA_DOWN", "did not say");
const notThere = new KafkaNotReached(new Error("refused"));
const notTried = new SagascopeError("KAFKA_DOWN", "Not tried");
const conflict = (letter: string) => ({ letter, code: "CONFLICT", message: `${letter} was replayed` }) as const;

for (const { name, letters, outcomes, problems = [], fates, stopped } of [
  {
    name: "each has its own fate, in the letters' order",
    letters: ["a", "b", "c", "d", "e"],
    outcomes: [sent("a"), refused("d", tooLarge)],
    problems: [
      conflict("b"),
      { letter: "c", code: "BAD_REQUEST", message: "c is a piece" },
      { letter: "e", code: "NOT_FOUND", message: "no e" },
    ],
    fates: ["a replayed", "b already", "c failed", "d failed", "e failed"],
  },
  {
    name: "the one of which Kafka did not say is the last",
    letters: ["a", "b", "c", "d"],
    outcomes: [sent("a"), { kind: "unknown", letter: "b", problem: silent }, refused("d", notTried)],
    problems: [conflict("c")],
    fates: ["a replayed", "b failed"],
    stopped: silent,
  },
  {
    name: "one that was surely not sent, since Kafka was not there, is left for later",
    letters: ["a", "b", "c"],
    outcomes: [sent("a"), refused("b", notThere), refused("c", notTried)],
    fates: ["a replayed"],
    stopped: notThere,
  },
  { name: "a letter that is gone failed", letters: ["a"], outcomes: [], fates: ["a failed"] },
] satisfies {
  name: string;
  letters: string[];
  outcomes: ReplayOutcome[];
  problems?: Parameters<typeof fatesOf>[1]["problems"];
  fates: string[];
  stopped?: SagascopeError;
}[])
  test(name, () => {
    const found = fatesOf(letters, { outcomes, problems });
    assert.deepEqual(
      found.fates.map(({ letter, what }) => `${letter} ${what}`),
      fates,
    );
    assert.equal(found.stopped, stopped);
  });
