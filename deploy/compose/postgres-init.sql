-- The product's own database is POSTGRES_DB; each demo service has one of its own.
CREATE DATABASE demo_users;
CREATE DATABASE demo_orders;
CREATE DATABASE demo_payments;
CREATE DATABASE demo_inventory;
CREATE DATABASE demo_shipping;
CREATE DATABASE demo_orchestrator;
