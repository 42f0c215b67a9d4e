-- Steps that wait for each other. Each step that begins is an ordinary task; the workflow goes on by what is committed here.

CREATE TABLE workflows (
  id           uuid PRIMARY KEY,
  owner_id     uuid NOT NULL REFERENCES owners (id),
  name         varchar(255) NOT NULL CHECK (name <> ''),
  description  varchar(2000),
  max_parallel integer NOT NULL CHECK (max_parallel BETWEEN 1 AND 50),
  -- What a step that fails does to the others: no further one begins, or those go on that do not need it.
  on_failure   varchar(10) NOT NULL CHECK (on_failure IN ('fail', 'continue')),
  input        jsonb NOT NULL CHECK (jsonb_typeof(input) = 'object'),
  status       varchar(20) NOT NULL DEFAULT 'running'
               CHECK (status IN ('running', 'paused', 'completed', 'failed', 'cancelled')),
  error_code   varchar(100),
  error_detail text,
  error_step   varchar(64),
  created_at   timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)),
  CHECK (status <> 'failed' OR error_code IS NOT NULL)
);

CREATE INDEX workflows_by_owner ON workflows (owner_id, id);
CREATE INDEX workflows_open ON workflows (owner_id) WHERE completed_at IS NULL;

CREATE TABLE workflow_steps (
  workflow_id           uuid NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
  step                  varchar(64) NOT NULL,
  -- Its place in the request.
  place                 integer NOT NULL,
  type                  varchar(100) NOT NULL,
  -- With placeholders, as the caller wrote it.
  payload               jsonb NOT NULL,
  depends_on            text[] NOT NULL,
  agent_id              uuid,
  required_capabilities text[] NOT NULL,
  priority              integer NOT NULL,
  timeout_seconds       integer NOT NULL,
  max_retries           integer NOT NULL,
  on_failure            varchar(10) NOT NULL CHECK (on_failure IN ('fail', 'skip')),
  on_skipped            varchar(10) NOT NULL CHECK (on_skipped IN ('skip', 'run')),
  status                varchar(20) NOT NULL DEFAULT 'pending'
                        CHECK (status IN ('pending', 'running', 'completed', 'failed', 'skipped', 'cancelled')),
  -- No reference: old tasks may be removed, so what is needed of one is copied when it has ended.
  task_id               uuid,
  attempt               integer,
  result                jsonb,
  error_code            varchar(100),
  error_detail          text,
  submitted_at          timestamptz,
  started_at            timestamptz,
  completed_at          timestamptz,
  PRIMARY KEY (workflow_id, step),
  CHECK ((status IN ('pending', 'running')) = (completed_at IS NULL)),
  CHECK (status <> 'running' OR task_id IS NOT NULL),
  CHECK (status <> 'failed' OR error_code IS NOT NULL)
);

-- Workflows to be looked at, from due_at on: one row for each reason. Rows are only ever added and removed, so who ends a
-- task never waits for who advances its workflow, or for another task's end.
CREATE TABLE workflow_signals (
  workflow_id uuid NOT NULL,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  due_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workflow_id, id)
);

CREATE INDEX workflow_signals_due ON workflow_signals (due_at);

-- Tasks of no workflow cost the trigger's condition and nothing else.
ALTER TABLE tasks ADD COLUMN workflow_id uuid;

CREATE FUNCTION advance_workflow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO workflow_signals (workflow_id) VALUES (NEW.workflow_id);
  PERFORM pg_notify(TG_TABLE_SCHEMA || '_workflows', '');
  RETURN NULL;
END
$$;

CREATE TRIGGER tasks_advance_workflow AFTER UPDATE OF completed_at ON tasks
  FOR EACH ROW WHEN (NEW.workflow_id IS NOT NULL AND OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL)
  EXECUTE FUNCTION advance_workflow();
