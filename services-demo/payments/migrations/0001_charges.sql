CREATE TABLE charges (
  -- The order is the idempotency key: it is charged once, however often it is asked for.
  order_id text PRIMARY KEY,
  customer_id text NOT NULL,
  amount numeric(12, 2) NOT NULL CHECK (amount > 0),
  currency text NOT NULL,
  charged_at timestamptz NOT NULL DEFAULT now(),
  refunded_at timestamptz
);
