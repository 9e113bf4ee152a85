-- Those that the load part orders for.
INSERT INTO customers (customer_id, name, country)
SELECT
  'c-' || n,
  (ARRAY['Ada', 'Björk', 'Chidi', 'Dilek', 'Emil', 'Fatima', 'Goran', 'Hanako', 'Inês', 'Jonas'])[1 + n % 10] || ' '
    || (ARRAY['Okafor', 'Lindqvist', 'Moreau', 'Tanaka', 'Rossi', 'Yılmaz', 'Novak', 'Silva', 'Schmidt', 'Brown', 'Haddad'])[1 + n % 11],
  (ARRAY['AT', 'DE', 'FR', 'IT', 'JP', 'NG', 'PT', 'SE', 'TR', 'US'])[1 + n % 10]
FROM generate_series(1, 500) AS n
ON CONFLICT DO NOTHING;
