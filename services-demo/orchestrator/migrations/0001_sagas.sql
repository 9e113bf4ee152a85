CREATE TABLE sagas (
  saga_id text PRIMARY KEY,
  "order" jsonb NOT NULL,
  -- What travels with the saga, with the last event heard of as its cause.
  context jsonb NOT NULL,
  state jsonb NOT NULL,
  -- When the request under way counts as unanswered; null once the saga has ended.
  due_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX sagas_due ON sagas (due_at) WHERE due_at IS NOT NULL;
