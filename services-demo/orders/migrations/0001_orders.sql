CREATE TABLE orders (
  order_id text PRIMARY KEY,
  saga_id text NOT NULL UNIQUE,
  -- ATTENTION: neither fulfilled nor cleanly undone; a person must look.
  status text NOT NULL CHECK (status IN ('PENDING', 'CONFIRMED', 'CANCELLED', 'ATTENTION')),
  mode text NOT NULL,
  customer_id text NOT NULL,
  items jsonb NOT NULL,
  amount jsonb NOT NULL,
  idempotency_key text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_by_age ON orders (created_at DESC);
CREATE INDEX orders_open ON orders (created_at) WHERE status = 'PENDING';
