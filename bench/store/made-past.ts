/** A past that is made inside the store: sagas `from` ≤ n < `to` of `count`, spread evenly over the `days` before `endMs`. */
export interface Past {
  readonly count: number;
  readonly days: number;
  readonly endMs: number;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** When the n-th saga starts, ms. */
export function startOf({ count, days, endMs }: Past, n: number): number {
  return Math.floor(endMs - days * 86_400_000 + (n / count) * days * 86_400_000);
}

/** The sagas of each day in UTC, oldest first: a day is a partition of the store. */
export function daysOf(past: Past): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = 0; from < past.count; ) {
    const midnightMs = (Math.floor(startOf(past, from) / 86_400_000) + 1) * 86_400_000;
    let to = Math.ceil(((midnightMs - startOf(past, 0)) / (past.days * 86_400_000)) * past.count);
    to = Math.min(past.count, Math.max(from + 1, to));
    stretches.push({ from, to });
    from = to;
  }
  return stretches;
}

const kinds = `[
    ('order-fulfilment', ['reserve-stock', 'charge-payment', 'schedule-shipment'], ['release-stock', 'refund-payment', 'cancel-shipment'], ['inventory', 'payments', 'shipping']),
    ('refund', ['refund-payment'], ['charge-again'], ['payments']),
    ('subscription-renewal', ['charge-payment', 'extend-access'], ['refund-payment', 'shorten-access'], ['payments', 'access']),
    ('parcel-return', ['book-courier', 'restock'], ['cancel-courier', 'unstock'], ['shipping', 'inventory'])]`;

const step = "Tuple(String, String, UInt16, String, String, String, Bool)";

// A saga by its number: its type, its fate, and what each of its events says: type, step, attempt, compensates, service, error, retryable.
const made = (past: Past, { from, to }: Stretch) => `
  SELECT
    number AS n, sipHash64(number, 1) AS chance, sipHash64(number, 2) AS other, chance % 10000 AS u,
    ${kinds}[multiIf(other % 100 < 60, 1, other % 100 < 75, 2, other % 100 < 85, 3, 4)] AS kind,
    if(other % 100 < 95, kind.1, concat(kind.1, '-', toString(other % 17))) AS made_type,
    concat(left(kind.1, 3), '-', lower(hex(sipHash128(number, 3)))) AS id,
    lower(hex(sipHash128(number, 4))) AS trace,
    fromUnixTimestamp64Milli(toInt64(${startOf(past, 0)} + number * ${(past.days * 86_400_000) / past.count}), 'UTC') AS begun,
    -- 92 % complete at once, 2 % after a retry; 3.5 % are undone, 2 % fail, of 10,000 20 lose a compensation and 10 stand still.
    multiIf(u < 9200, 'completed', u < 9420, 'retried', u < 9770, 'undone', u < 9970, 'failed', u < 9990, 'lost', u < 10000, 'stuck', '') AS fate,
    length(kind.2) AS steps, toUInt8(1 + intDiv(chance, 10000) % steps) AS at,
    if(fate IN ('completed', 'retried'), toUInt8(steps), toUInt8(at - 1)) AS done,
    ['card_declined', 'out_of_stock', 'carrier_timeout', 'bank_down', 'address_unknown'][1 + intDiv(other, 1000) % 5] AS code,
    arrayConcat(
      [CAST(('saga.started', '', 0, '', 'orders', '', false), '${step}')],
      arrayFlatten(arrayMap(i -> if(fate = 'retried' AND i = at,
        [CAST(('saga.step.started', kind.2[i], 1, '', kind.4[i], '', false), '${step}'), ('saga.step.failed', kind.2[i], 1, '', kind.4[i], code, true),
         ('saga.step.started', kind.2[i], 2, '', kind.4[i], '', false), ('saga.step.completed', kind.2[i], 2, '', kind.4[i], '', false)],
        [CAST(('saga.step.started', kind.2[i], 1, '', kind.4[i], '', false), '${step}'), ('saga.step.completed', kind.2[i], 1, '', kind.4[i], '', false)]),
        range(toUInt8(1), toUInt8(done + 1)))),
      arraySlice([CAST(('saga.step.started', kind.2[at], 1, '', kind.4[at], '', false), '${step}'), ('saga.step.failed', kind.2[at], 1, '', kind.4[at], code, false)],
        1, multiIf(fate IN ('undone', 'failed', 'lost'), 2, fate = 'stuck', 1, 0)),
      arrayFlatten(arrayMap(i ->
        [CAST(('saga.compensation.started', kind.3[i], 1, kind.2[i], kind.4[i], '', false), '${step}'), ('saga.compensation.completed', kind.3[i], 1, kind.2[i], kind.4[i], '', false)],
        if(fate IN ('undone', 'lost'), reverse(range(toUInt8(if(fate = 'lost', 2, 1)), at)), CAST([], 'Array(UInt8)')))),
      arraySlice([CAST((multiIf(fate IN ('undone', 'lost'), 'saga.compensated', fate = 'failed', 'saga.failed', 'saga.completed'), '', 0, '', 'orders', '', false), '${step}')],
        1, if(fate = 'stuck', 0, 1))) AS said
  FROM numbers(${from}, ${to - from})`;

/** Their saga events, through the table that ingest inserts into: every view behind it works as it does there. */
export const insertEvents = (past: Past, stretch: Stretch) => `
  INSERT INTO saga_events (event_id, saga_id, saga_type, saga_version, saga_started, event_type, time, source, subject, trace_id, span_id, step,
    attempt, compensates, service_version, labels, plan, deadline, error_code, error_message, error_retryable, ingested_at, _topic, _partition, _offset)
  SELECT concat(id, '-', toString(i)), id, made_type, '1', begun, what.1,
    toDateTime64(begun, 9, 'UTC') + toIntervalMillisecond((i - 1) * (20 + other % 400) + sipHash64(n, i) % 20) AS at_time,
    concat('/services/', what.5), concat('order/', toString(n)), trace, lower(hex(sipHash64(n, i, 5))), what.2, what.3, what.4,
    concat('v1.', toString(intDiv(n, ${Math.ceil(past.count / 12)}))),
    if(i = 1, map('orderId', concat('o-', toString(n)), 'customerId', concat('c-', toString(chance % 500000)),
      'region', ['eu', 'us', 'asia', 'africa', 'latam'][1 + other % 5], 'amount', toString(chance % 20000 / 100)), map()),
    if(i = 1, kind.2, []), if(i = 1 AND other % 2 = 0, begun + toIntervalSecond(60), toDateTime64(0, 3, 'UTC')),
    what.6, if(what.6 = '', '', concat(what.6, ' of order ', toString(n), ' by host-', toString(other % 40), '.internal')), what.7,
    at_time + toIntervalMillisecond(300), 'made', n % 12, n * 16 + i
  FROM (${made(past, stretch)}) ARRAY JOIN said AS what, arrayEnumerate(said) AS i`;

/** Five spans of each: the gateway's request, which names the saga, and what it led to. */
export const insertSpans = (past: Past, stretch: Stretch) => `
  INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName,
    SpanAttributes, Duration, StatusCode, _topic, _partition, _offset)
  SELECT toDateTime64(begun, 9, 'UTC') + toIntervalMillisecond(i * 3), trace, lower(hex(sipHash64(n, i, 5))), if(i = 0, '', lower(hex(sipHash64(n, i - 1, 5)))),
    ['POST /orders', 'place order', 'INSERT outbox', 'orders publish', 'reserve stock'][i + 1] AS name,
    ['Server', 'Server', 'Client', 'Producer', 'Consumer'][i + 1], ['gateway', 'orders', 'orders', 'orders', 'inventory'][i + 1] AS service,
    map('service.name', service, 'service.version', 'v1', 'host.name', concat('host-', toString(other % 40), '.internal')), 'made',
    if(i = 0, map('http.request.method', 'POST', 'http.route', ['/orders', '/refunds', '/subscriptions', '/returns'][1 + other % 4], 'http.response.status_code',
        if(chance % 97 = 0, '502', '202'), 'gateway.outcome', 'proxied', 'url.path', '/orders', 'saga.id', id),
      map('saga.id', id, 'saga.step', name)),
    1000000 * (1 + sipHash64(n, i) % 80), if(chance % 97 = 0, 'Error', 'Ok'), 'made', n % 12, n * 16 + i
  FROM (${made(past, stretch)}) ARRAY JOIN range(5) AS i`;

/** Two log lines of each. */
export const insertLogs = (past: Past, stretch: Stretch) => `
  INSERT INTO otel_logs (Timestamp, TraceId, SpanId, SeverityText, SeverityNumber, ServiceName, Body, ResourceAttributes, LogAttributes,
    _topic, _partition, _offset)
  SELECT toDateTime64(begun, 9, 'UTC') + toIntervalMillisecond(i * 11), trace, lower(hex(sipHash64(n, i, 5))), if(fate = 'failed', 'ERROR', 'INFO'),
    if(fate = 'failed', 17, 9), ['orders', 'payments'][i + 1] AS service, concat(['order placed: ', 'payment looked at: '][i + 1], toString(n)),
    map('service.name', service), map('saga.id', id, 'amount', toString(chance % 20000 / 100)), 'made', n % 12, n * 16 + i
  FROM (${made(past, stretch)}) ARRAY JOIN range(2) AS i`;
