CREATE TABLE stock (
  sku text PRIMARY KEY,
  name text NOT NULL,
  available integer NOT NULL CHECK (available >= 0)
);

CREATE TABLE reservations (
  order_id text NOT NULL,
  sku text NOT NULL REFERENCES stock,
  quantity integer NOT NULL CHECK (quantity > 0),
  released_at timestamptz,
  reserved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (order_id, sku)
);

INSERT INTO stock (sku, name, available)
SELECT
  'sku-' || n,
  (ARRAY['oak', 'brass', 'linen', 'walnut', 'glass', 'wool', 'copper', 'cotton'])[1 + n % 8] || ' '
    || (ARRAY['desk lamp', 'teapot', 'blanket', 'bookend', 'vase'])[1 + n % 5],
  10000
FROM generate_series(1, 40) AS n;
