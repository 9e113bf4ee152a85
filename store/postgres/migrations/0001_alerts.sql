-- What operators ask to be told of, and where each rule stands.
CREATE TABLE alert_rules
(
    id uuid PRIMARY KEY,
    name text NOT NULL,
    condition text NOT NULL CHECK (condition IN ('failed', 'compensated', 'overdue')),
    saga_type text,
    threshold integer NOT NULL CHECK (threshold >= 1),
    window_seconds integer NOT NULL CHECK (window_seconds >= 1),
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    webhook_url text NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    -- Counts the operator's changes: a count taken for an earlier one is not judged by a later one.
    revision integer NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'firing')),
    firing_since timestamptz,
    last_count integer,
    last_checked_at timestamptz,
    next_check_at timestamptz NOT NULL,
    -- Why it could not be looked at; null while it can.
    check_problem text,
    -- Why its webhook is not called any more; null while it is.
    delivery_problem text,
    CHECK ((state = 'firing') = (firing_since IS NOT NULL))
);

CREATE INDEX alert_rules_due ON alert_rules (next_check_at) WHERE enabled;

-- One row a webhook message: its body, and when to try next. It outlives its rule, as the record of what was sent.
CREATE TABLE webhook_deliveries
(
    id uuid PRIMARY KEY,
    -- Messages of one rule are sent in this order.
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    rule_id uuid NOT NULL,
    rule_name text NOT NULL,
    event text NOT NULL CHECK (event IN ('alert.firing', 'alert.resolved', 'alert.test')),
    url text NOT NULL,
    body text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    created_at timestamptz NOT NULL,
    next_attempt_at timestamptz,
    -- Failed attempts since it was queued, or queued again by hand.
    failures integer NOT NULL DEFAULT 0,
    -- Who is sending it now, and when that one is taken for dead.
    claim uuid,
    claimed_until timestamptz,
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
);

CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (next_attempt_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_pending_of_rule ON webhook_deliveries (rule_id, number) WHERE state = 'pending';

CREATE TABLE webhook_attempts
(
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    at timestamptz NOT NULL,
    -- Null where no HTTP answer came.
    status integer,
    took_ms double precision NOT NULL,
    error text
);

CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (delivery_id, at);

-- What webhooks are signed with. Sealed: only the holder of the installation's token can read it.
CREATE TABLE webhook_secrets
(
    slot text PRIMARY KEY CHECK (slot IN ('current', 'previous')),
    sealed text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Until when calls are signed with it too; null for the current one.
    valid_until timestamptz
);
