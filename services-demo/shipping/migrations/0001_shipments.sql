CREATE TABLE shipments (
  order_id text PRIMARY KEY,
  carrier text NOT NULL,
  tracking_code text NOT NULL UNIQUE,
  scheduled_at timestamptz NOT NULL DEFAULT now()
);
