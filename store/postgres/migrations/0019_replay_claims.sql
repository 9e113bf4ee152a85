-- Dead letters that somebody is replaying: one at a time, until then at the latest. A process that dies frees its letters by that.
CREATE TABLE replay_claims
(
    letter text PRIMARY KEY,
    claim uuid NOT NULL,
    held_until timestamptz NOT NULL
);

CREATE INDEX replay_claims_by_claim ON replay_claims (claim);
