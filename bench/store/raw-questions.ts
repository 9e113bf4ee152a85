/** The same questions as one would ask them of the events alone: what each saga is, grouped anew at every question. */
export const rawQuestions: readonly { name: string; beside: string; query: string }[] = [
  {
    name: "sagas of a state, newest 50",
    beside: "sagas, one filter, 30 days",
    query: grouped("state = 'failed' ORDER BY started DESC LIMIT 50"),
  },
  {
    name: "how many sagas are in each state",
    beside: "counts and facets of a filter, 30 days",
    query: `SELECT state, count() FROM (${grouped("1")}) GROUP BY state`,
  },
  {
    name: "the sagas of a label's value",
    beside: "sagas by a label's value, 30 days",
    query: "SELECT DISTINCT saga_id FROM saga_events WHERE labels['orderId'] = 'o-77'",
  },
  {
    name: "sagas still open",
    beside: "open sagas, 30 days",
    query: grouped("state = 'running' ORDER BY started LIMIT 50"),
  },
];

function grouped(where: string): string {
  return `SELECT saga_id, any(saga_type) AS type, min(time) AS started, max(time) AS last,
      multiIf(countIf(event_type = 'saga.failed') > 0, 'failed', countIf(event_type = 'saga.compensated') > 0, 'compensated',
        countIf(event_type = 'saga.completed') > 0, 'completed', 'running') AS state
    FROM saga_events GROUP BY saga_id HAVING ${where}`;
}
