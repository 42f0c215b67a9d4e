-- Keys are UUIDv7 and come from the program; states are checked here too.

CREATE TABLE owners (
  id         uuid PRIMARY KEY,
  name       varchar(255) NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO owners (id, name) VALUES
  ('00000000-0000-7000-8000-000000000001', 'local'),
  ('00000000-0000-7000-8000-000000000002', 'system');

CREATE TABLE users (
  id            uuid PRIMARY KEY,
  owner_id      uuid NOT NULL REFERENCES owners (id),
  email         varchar(320) NOT NULL UNIQUE,
  name          varchar(255) NOT NULL,
  password_hash text,
  roles         text[] NOT NULL DEFAULT '{}',
  created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE agents (
  id           uuid PRIMARY KEY,
  owner_id     uuid NOT NULL REFERENCES owners (id),
  name         varchar(255) NOT NULL CHECK (name <> ''),
  type         varchar(100) NOT NULL CHECK (type <> ''),
  status       varchar(20) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'offline')),
  capabilities text[] NOT NULL DEFAULT '{}',
  config       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
  built_in     boolean NOT NULL DEFAULT false,
  version      bigint NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  UNIQUE (owner_id, name)
);

CREATE TABLE tasks (
  id                    uuid PRIMARY KEY,
  owner_id              uuid NOT NULL REFERENCES owners (id),
  agent_id              uuid REFERENCES agents (id) ON DELETE SET NULL,
  agent                 varchar(255),
  type                  varchar(100) NOT NULL CHECK (type <> ''),
  status                varchar(20) NOT NULL DEFAULT 'pending'
                        CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  priority              smallint NOT NULL DEFAULT 5 CHECK (priority BETWEEN 0 AND 10),
  attempt               integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  max_retries           integer NOT NULL DEFAULT 3 CHECK (max_retries BETWEEN 0 AND 20),
  timeout_seconds       integer NOT NULL DEFAULT 300 CHECK (timeout_seconds BETWEEN 1 AND 86400),
  required_capabilities text[] NOT NULL DEFAULT '{}',
  payload               jsonb NOT NULL,
  result                jsonb,
  error_code            varchar(100),
  error_detail          text,
  dead                  boolean NOT NULL DEFAULT false,
  created_at            timestamptz NOT NULL,
  run_at                timestamptz NOT NULL,
  started_at            timestamptz,
  completed_at          timestamptz,
  CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)),
  CHECK (status <> 'failed' OR error_code IS NOT NULL),
  CHECK (NOT dead OR status = 'failed')
);

-- Lists are newest first; UUIDv7 keys sort by time, so the key is the cursor and the order.
CREATE INDEX tasks_by_owner ON tasks (owner_id, id DESC);
CREATE INDEX tasks_by_agent ON tasks (agent_id, id DESC) WHERE agent_id IS NOT NULL;

-- What is still to be done, one narrow row each; a claim never touches the wide table's indexes.
CREATE TABLE jobs (
  task_id    uuid PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
  owner_id   uuid NOT NULL,
  type       varchar(100) NOT NULL,
  priority   smallint NOT NULL,
  -- When the job may be claimed: its run_at, the end of its retry pause, or the end of the lease that holds it.
  visible_at timestamptz NOT NULL,
  lease      uuid
);

CREATE INDEX jobs_due ON jobs (priority DESC, visible_at);

CREATE TABLE idempotency_keys (
  owner_id    uuid NOT NULL REFERENCES owners (id),
  route       varchar(100) NOT NULL,
  key         varchar(255) NOT NULL,
  fingerprint bytea NOT NULL,
  response    text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, route, key)
);

CREATE TABLE cache (
  key        text PRIMARY KEY,
  owner_id   uuid NOT NULL REFERENCES owners (id),
  value      bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
