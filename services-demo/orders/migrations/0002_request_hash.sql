-- What the order was asked for with, to tell a repeated request from another under the same key; NULL of older orders.
ALTER TABLE orders ADD COLUMN request_hash text;
