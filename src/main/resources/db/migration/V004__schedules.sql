CREATE TABLE schedules (
  id           uuid PRIMARY KEY,
  owner_id     uuid NOT NULL REFERENCES owners (id),
  name         varchar(255) NOT NULL CHECK (name <> ''),
  cron         varchar(200) NOT NULL,
  time_zone    varchar(100) NOT NULL,
  enabled      boolean NOT NULL,
  missed       varchar(10) NOT NULL CHECK (missed IN ('once', 'skip')),
  -- What is submitted at each moment, as the caller wrote it.
  task         jsonb NOT NULL CHECK (jsonb_typeof(task) = 'object'),
  -- The first moment for which no task was made yet; whoever moves it on makes the task.
  next_run_at  timestamptz,
  last_run_at  timestamptz,
  -- No reference: old tasks may be removed.
  last_task_id uuid,
  error_code   varchar(100),
  error_detail text,
  -- Counts the changes by callers, not the runs.
  version      bigint NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  UNIQUE (owner_id, name),
  CHECK (enabled = (next_run_at IS NOT NULL))
);

CREATE INDEX schedules_due ON schedules (next_run_at) WHERE next_run_at IS NOT NULL;
