-- What the load part orders: enough of each to last for years of it.
INSERT INTO stock (sku, name, available)
VALUES
  ('lamp-oak', 'oak lamp', 100000000),
  ('chair-ash', 'ash chair', 100000000),
  ('desk-pine', 'pine desk', 100000000),
  ('mug-stone', 'stone mug', 100000000),
  ('rug-wool', 'wool rug', 100000000),
  ('vase-clay', 'clay vase', 100000000)
ON CONFLICT DO NOTHING;
