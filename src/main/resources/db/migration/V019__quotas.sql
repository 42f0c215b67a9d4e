-- How much a key may ask for; what is not said is left to the settings.
ALTER TABLE api_keys ADD COLUMN limits jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(limits) = 'object');

-- What all processes together have let through and is not refilled yet. An account is a key, or an owner whose callers come
-- without one. Written at most once a second by each process, so the pages have room for new versions of rows.
CREATE TABLE quota_used (
  account_id    uuid PRIMARY KEY,
  owner_id      uuid NOT NULL REFERENCES owners (id),
  -- What is added may be negative, when less was used than reserved; sums are not.
  requests      double precision NOT NULL,
  tokens        double precision NOT NULL,
  -- What refills a second.
  requests_rate double precision NOT NULL CHECK (requests_rate >= 0),
  tokens_rate   double precision NOT NULL CHECK (tokens_rate >= 0),
  at            timestamptz NOT NULL,
  -- UTC
  day           date NOT NULL,
  day_tokens    bigint NOT NULL
) WITH (fillfactor = 50);

-- The key that a task came with: what it uses of the models when it runs counts for that key's quotas.
ALTER TABLE tasks ADD COLUMN key_id uuid;
