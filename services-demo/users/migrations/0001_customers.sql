CREATE TABLE customers (
  customer_id text PRIMARY KEY,
  name text NOT NULL,
  country text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO customers (customer_id, name, country)
SELECT
  'customer-' || n,
  (ARRAY['Ada', 'Björk', 'Chidi', 'Dilek', 'Emil', 'Fatima', 'Goran', 'Hanako', 'Inês', 'Jonas'])[1 + n % 10] || ' '
    || (ARRAY['Okafor', 'Lindqvist', 'Moreau', 'Tanaka', 'Rossi', 'Yılmaz', 'Novak', 'Silva', 'Schmidt', 'Brown', 'Haddad'])[1 + n % 11],
  (ARRAY['AT', 'DE', 'FR', 'IT', 'JP', 'NG', 'PT', 'SE', 'TR', 'US'])[1 + n % 10]
FROM generate_series(1, 200) AS n;
