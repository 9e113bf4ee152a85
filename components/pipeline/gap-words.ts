const words: Readonly<Record<string, string>> = {
  retention: "deleted by Kafka before they were read",
  retention_in_chunk: "deleted by Kafka while they were being stored; some may be stored",
  topic_remade: "the topic was made anew before they were read",
  log_cut: "the log was cut back while they were being stored; some may be stored",
};

/** Why messages are in a gap; a reason that is not known here as it is. */
export const gapWords = (reason: string): string => words[reason] ?? reason;
