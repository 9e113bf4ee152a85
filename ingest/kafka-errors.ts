/** Whether the broker says that there is no such topic. */
export function isUnknownTopic(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("type" in error && error.type === "UNKNOWN_TOPIC_OR_PARTITION") || isUnknownTopic(error.cause);
}
