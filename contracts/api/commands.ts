import type { z } from "zod";
import {
  AlertRule,
  AlertRuleAnswer,
  AlertRuleInput,
  Alerts,
  Delivery,
  WebhookSecret,
  WebhookSecretAnswer,
} from "./alerts.ts";
import { Replayed, ReplayedMatching, ReplayMatchingRequest, ReplayRequest } from "./dead-letters.ts";

/** A route that is no question about the store: it changes something, or tells what can be changed. */
interface Command {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Under `apiRoot`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description: string;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: z.ZodType;
}

export const commands = [
  {
    method: "GET",
    path: "/alerts",
    summary: "All rules, and the newest deliveries",
    description:
      "Rules, oldest first, with how many sagas each counted when it was last looked at; deliveries, the newest 200, with their attempts.",
    status: 200,
    answer: Alerts,
  },
  {
    method: "POST",
    path: "/alerts/rules",
    summary: "Adds a rule",
    description: "It is looked at within seconds. Answers with the rule as it is kept.",
    body: AlertRuleInput,
    status: 201,
    answer: AlertRule,
  },
  {
    method: "GET",
    path: "/alerts/rules/{id}",
    summary: "One rule",
    description: "As it is kept, with what it counted when it was last looked at. 404 where there is none.",
    status: 200,
    answer: AlertRuleAnswer,
  },
  {
    method: "PUT",
    path: "/alerts/rules/{id}",
    summary: "Changes a rule",
    description: "All of what may be set is replaced; what is left out has its default.",
    body: AlertRuleInput,
    status: 200,
    answer: AlertRule,
  },
  {
    method: "DELETE",
    path: "/alerts/rules/{id}",
    summary: "Removes a rule",
    description: "What waits to be delivered is not sent any more; a second time it is 404.",
    status: 204,
  },
  {
    method: "POST",
    path: "/alerts/rules/{id}/test",
    summary: "Sends a test to its webhook",
    description:
      "Queues a signed `alert.test`; the answer is its delivery, whose attempts tell in `/alerts` how it went.",
    status: 202,
    answer: Delivery,
  },
  {
    method: "POST",
    path: "/alerts/deliveries/{id}/replay",
    summary: "Sends a delivery again, under the same id",
    description:
      "Whatever became of it before; who receives it knows it again by its id. 409 where its rule was deleted.",
    status: 202,
    answer: Delivery,
  },
  {
    method: "GET",
    path: "/alerts/secret",
    summary: "What webhooks are signed with",
    description: "By Standard Webhooks. It is sealed in the database with a key made of the token.",
    status: 200,
    answer: WebhookSecretAnswer,
  },
  {
    method: "POST",
    path: "/alerts/secret",
    summary: "Makes a new secret; the one before signs too for a day",
    description: "Answers with it; from now on calls are signed by it.",
    status: 201,
    answer: WebhookSecret,
  },
  {
    method: "POST",
    path: "/dead-letters/{id}/replay",
    summary: "Sends a dead letter again, as it was or mended",
    description:
      "Its whole value may be given anew, or a JSON merge patch (RFC 7396) of it; an empty object sends what died. 409 where it was replayed already or is being sent, 501 where Kafka is not set up.",
    body: ReplayRequest,
    status: 202,
    answer: Replayed,
  },
  {
    method: "POST",
    path: "/dead-letters/replay",
    summary: "Sends all dead letters again that a filter selects",
    description:
      "The newest first, each as it was or with a JSON merge patch (RFC 7396), 100 a call by default; `next` leads on. What died after `to` is left alone: also what is sent here and dies again. Told twice it does no harm: what was replayed is not sent once more. 501 where Kafka is not set up, 502 or 503 where it does not answer and nothing was sent.",
    body: ReplayMatchingRequest,
    status: 202,
    answer: ReplayedMatching,
  },
] as const satisfies readonly Command[];
