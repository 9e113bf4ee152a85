/** Whether the broker says that there is no such topic. */
export function isUnknownTopic(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("type" in error && error.type === "UNKNOWN_TOPIC_OR_PARTITION") || isUnknownTopic(error.cause);
}

/** Whether the broker says that we may not ask of a group. */
export function isNotAllowed(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("type" in error && error.type === "GROUP_AUTHORIZATION_FAILED") || isNotAllowed(error.cause);
}

/** The client knew the topic, and knows it no more. */
const isForgottenTopic = (error: unknown): boolean =>
  error instanceof Error && error.name === "KafkaJSTopicMetadataNotLoaded";

/** Whether a topic that was read is not there: it may have been deleted for good. */
export const isTopicGone = (error: unknown): boolean => isUnknownTopic(error) || isForgottenTopic(error);

const longestWaitMs = 30_000;

/** How long to wait before a topic that is gone is looked for again, after so many looks in vain: ever longer. */
export const lookAgainMs = (looks: number, { firstMs }: { firstMs: number }): number =>
  Math.min(firstMs * 2 ** Math.min(looks, 20), longestWaitMs);
