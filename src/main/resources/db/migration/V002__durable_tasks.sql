-- Workers are agents outside of this program: when they were last heard of, and how many tasks they take at once.
ALTER TABLE agents
  ADD COLUMN last_seen   timestamptz,
  ADD COLUMN max_running integer CHECK (max_running >= 1);

ALTER TABLE jobs
  -- The worker that holds it; null when it waits or runs in a process of ours.
  ADD COLUMN worker_id  uuid,
  -- Claims so far, also those whose process died; the task's when it ends.
  ADD COLUMN attempt    integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  ADD COLUMN started_at timestamptz,
  ADD COLUMN expires_at timestamptz,
  -- One statement stores a task with its job, one ends both: a foreign key would only check each row once more.
  DROP CONSTRAINT jobs_task_id_fkey;

COMMENT ON COLUMN jobs.visible_at IS
  'When the job may be claimed: its run_at, the end of its retry pause, the end of the lease that holds it; infinity while it depends on tasks that have not ended';

UPDATE jobs
SET attempt = tasks.attempt, started_at = tasks.started_at
FROM tasks
WHERE tasks.id = jobs.task_id;

UPDATE tasks SET status = 'pending' WHERE status = 'processing';

-- From here on a task's row is written when it is taken in and when it ends; in between its state is its job's.
ALTER TABLE tasks
  -- Whether no other agent than agent_id may run it; else agent_id is the one that will run it, as far as known, or that ran it.
  ADD COLUMN agent_required boolean NOT NULL DEFAULT false,
  -- How often it was run again after its end; each round begins with attempt 0.
  ADD COLUMN round          integer NOT NULL DEFAULT 0,
  -- The lease under which a worker reported last, so that the same report again is recognised.
  ADD COLUMN reported_lease uuid,
  ADD COLUMN expires_at     timestamptz,
  -- Its check would lock the owner's one row for every task, and owners are never deleted.
  DROP CONSTRAINT tasks_owner_id_fkey,
  DROP CONSTRAINT tasks_status_check,
  ADD CONSTRAINT tasks_status_check CHECK (status IN ('pending', 'completed', 'failed', 'cancelled'));

UPDATE tasks SET agent_required = true WHERE agent_id IS NOT NULL AND completed_at IS NULL;

-- Tasks as callers see them.
CREATE VIEW task_states AS
SELECT t.id, t.owner_id, t.agent_id, t.agent, t.type,
       CASE WHEN j.lease IS NULL THEN t.status ELSE 'processing' END AS status,
       t.priority, coalesce(j.attempt, t.attempt) AS attempt, t.round, t.max_retries, t.timeout_seconds,
       t.required_capabilities, t.payload, t.result, t.error_code, t.error_detail, t.dead,
       t.created_at, t.run_at, coalesce(j.started_at, t.started_at) AS started_at, t.completed_at, t.expires_at
FROM tasks t
LEFT JOIN jobs j ON j.task_id = t.id;

-- By type first: each is claimed up to the room that its agents have.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (type, priority DESC, visible_at);
CREATE INDEX jobs_by_worker ON jobs (worker_id) WHERE worker_id IS NOT NULL;
CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE expires_at IS NOT NULL;

-- What a waiting task still waits for; the rows go when it may run, and with its job.
CREATE TABLE task_dependencies (
  task_id uuid NOT NULL REFERENCES jobs (task_id) ON DELETE CASCADE,
  needs   uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  PRIMARY KEY (task_id, needs)
);

-- Room on each page for the end of its tasks: the new version stays there, and no index changes (HOT).
ALTER TABLE tasks SET (fillfactor = 60);
