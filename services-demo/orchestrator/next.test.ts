import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SagaError } from "#contracts/saga-event.ts";
import { type CompensationName, compensationOf, pivot, plan, type StepName } from "#services-demo/domain/plan.ts";
import { begin, mostSends, next, type SagaInput, type SagaState } from "./next.ts";

type Name = StepName | CompensationName;
type Reply = SagaInput & { kind: "reply" };

const declined: SagaError = { code: "card_declined", message: "no", retryable: false };
const done = (name: Name): Reply => ({ kind: "reply", name, outcome: "done" });
const failed = (name: Name): Reply => ({ kind: "reply", name, outcome: "failed", error: declined });
const stepOf = new Map<Name, StepName>(Object.entries(compensationOf).map(([step, undo]) => [undo, step as StepName]));

function walk(inputs: readonly SagaInput[]): { state: SagaState; asked: Name[] } {
  const asked: Name[] = begin.ask ? [begin.ask] : [];
  let { state } = begin;
  for (const input of inputs) {
    const decision = next(state, input);
    state = decision.state;
    if (decision.ask) asked.push(decision.ask);
  }
  return { state, asked };
}

for (const { title, inputs, phase, asked } of [
  {
    title: "all steps done completes the saga",
    inputs: [done("reserve-stock"), done("charge-payment"), done("schedule-shipment"), done("confirm-order")],
    phase: "completed",
    asked: ["reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"],
  },
  {
    title: "a failure at the pivot undoes what was done, newest first",
    inputs: [
      done("reserve-stock"),
      done("charge-payment"),
      failed("schedule-shipment"),
      done("refund-payment"),
      done("release-stock"),
      done("cancel-order"),
    ],
    phase: "compensated",
    asked: ["reserve-stock", "charge-payment", "schedule-shipment", "refund-payment", "release-stock", "cancel-order"],
  },
  {
    title: "the first step's failure only cancels the order",
    inputs: [failed("reserve-stock"), done("cancel-order")],
    phase: "compensated",
    asked: ["reserve-stock", "cancel-order"],
  },
  {
    title: "a compensation that fails ends the saga as failed",
    inputs: [done("reserve-stock"), failed("charge-payment"), failed("release-stock")],
    phase: "failed",
    asked: ["reserve-stock", "charge-payment", "release-stock"],
  },
  {
    title: "a failure beyond the pivot changes nothing",
    inputs: [done("reserve-stock"), done("charge-payment"), done("schedule-shipment"), failed("confirm-order")],
    phase: "running",
    asked: ["reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"],
  },
  {
    title: "a step that never answers is given up and undone, itself included, since it may have happened",
    inputs: Array.from({ length: mostSends }, () => ({ kind: "timeout" }) as const),
    phase: "undoing",
    asked: [...Array.from({ length: mostSends }, () => "reserve-stock" as const), "release-stock"],
  },
] as const) {
  test(title, () => {
    const walked = walk(inputs);
    assert.equal(walked.state.phase, phase);
    assert.deepEqual(walked.asked, asked);
  });
}

test("the pivot is asked for without end", () => {
  const timeouts = Array.from({ length: 500 }, () => ({ kind: "timeout" }) as const);
  const { state, asked } = walk([done("reserve-stock"), done("charge-payment"), ...timeouts]);
  assert.equal(state.phase, "running");
  assert.equal(asked.at(-1), pivot);
});

/** The participants: they remember what they did, bar what was undone before it came, and answer each request. */
function createParticipants(outcomeOf: (name: Name) => "done" | "failed") {
  const outcomes = new Map<Name, "done" | "failed" | "skipped">([["create-order", "done"]]);
  const effects: Name[] = [];
  const act = (name: Name): Reply => {
    const step = stepOf.get(name);
    if (step && !outcomes.has(step)) outcomes.set(step, "skipped");
    if (!outcomes.has(name)) {
      const outcome = step && outcomes.get(step) !== "done" ? "skipped" : outcomeOf(name);
      outcomes.set(name, outcome);
      if (outcome === "done") effects.push(name);
    }
    const outcome = outcomes.get(name) ?? "skipped";
    return { kind: "reply", name, outcome, ...(outcome === "failed" && { error: declined }) };
  };
  return { act, effects, outcomes };
}

/** What the network does next: which of the messages under way arrives, is lost, or arrives twice; or time passes. */
const turn = fc.record({
  pick: fc.nat(),
  fate: fc.constantFrom("deliver", "deliver", "deliver", "lose", "repeat", "timeout"),
});

test("whatever is lost, late, repeated or out of order, the saga ends completed or wholly undone, in reverse", () => {
  fc.assert(
    fc.property(fc.subarray(plan.slice(1, 4)), fc.array(turn, { maxLength: 200 }), (failing, turns) => {
      const participants = createParticipants((name) =>
        (failing as readonly Name[]).includes(name) ? "failed" : "done",
      );
      let { state } = begin;
      const requests: Name[] = begin.ask ? [begin.ask] : [];
      const replies: SagaInput[] = [];
      const step = (input: SagaInput) => {
        const decision = next(state, input);
        state = decision.state;
        if (decision.ask) requests.push(decision.ask);
      };
      const open = () => state.phase === "running" || state.phase === "undoing";
      const network = function* () {
        yield* turns;
        // In the end the network calms down: all is delivered, and a request without an answer is sent again.
        for (let index = 0; index < 500 && open(); index++) {
          yield { pick: 0, fate: requests.length + replies.length > 0 ? "deliver" : "timeout" } as const;
        }
      };
      for (const { pick, fate } of network()) {
        if (fate === "timeout") step({ kind: "timeout" });
        const under = requests.length + replies.length;
        if (under === 0 || fate === "timeout") continue;
        const at = pick % under;
        const [request] = at < requests.length ? requests.splice(at, 1) : [];
        const [reply] = request ? [] : replies.splice(at - requests.length, 1);
        if (fate === "repeat") {
          if (request) requests.push(request);
          if (reply) replies.push(reply);
        }
        if (fate === "lose") continue;
        if (request) replies.push(participants.act(request));
        if (reply) step(reply);
      }
      assert.ok(!open(), `still ${state.phase}`);
      check(state, participants.effects);
    }),
    { numRuns: 3000 },
  );
});

function check(state: SagaState, effects: readonly Name[]): void {
  const steps = ["create-order" as const, ...effects.filter((name) => !stepOf.has(name))];
  const undone = effects.flatMap((name) => stepOf.get(name) ?? []);
  assert.equal(new Set(effects).size, effects.length, "an effect happened twice");
  if (state.phase === "completed") {
    assert.deepEqual(steps, [...plan]);
    assert.deepEqual(undone, []);
    return;
  }
  assert.equal(state.phase, "compensated");
  assert.ok(!effects.includes(pivot), "undone although the pivot was done");
  assert.deepEqual(undone, [...steps].reverse());
}
