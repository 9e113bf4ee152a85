import type { Order } from "#services-demo/domain/order.ts";
import { outgoing } from "./outgoing.ts";
import type { Task, Work } from "./participant.ts";

/** Answers the coordinator's command with what became of the work. */
export function replyTo(work: Work, order: Order): Task["answer"] {
  return (outcome, saga) => [
    outgoing(
      "orchestrator.replies",
      {
        type: "StepReply",
        step: work.name,
        outcome: outcome.kind,
        order,
        ...(outcome.kind === "failed" && { error: outcome.error }),
      },
      saga,
    ),
  ];
}
