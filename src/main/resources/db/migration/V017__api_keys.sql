-- Who may come in with a key. What a key may do and its secrets are apart: rotation changes the secret alone.
CREATE TABLE api_keys (
  id           uuid PRIMARY KEY,
  owner_id     uuid NOT NULL REFERENCES owners (id),
  name         varchar(255) NOT NULL CHECK (name <> ''),
  scopes       text[] NOT NULL CHECK (scopes <> '{}'),
  -- Empty: all.
  models       text[] NOT NULL DEFAULT '{}',
  task_types   text[] NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);

CREATE INDEX api_keys_by_owner ON api_keys (owner_id, id DESC);

-- A key is found by its prefix; the whole of it is known only as its SHA-256.
CREATE TABLE api_key_secrets (
  prefix     varchar(16) PRIMARY KEY,
  key_id     uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  hash       bytea NOT NULL CHECK (length(hash) = 32),
  created_at timestamptz NOT NULL,
  -- Set when another secret takes over.
  expires_at timestamptz
);

CREATE INDEX api_key_secrets_by_key ON api_key_secrets (key_id);
