-- Who is told when a task ends, and how far running tasks are.

-- One row for each task that has a callback_url: made with the task, gone with it. Whoever ends the task makes it due in
-- the same transaction, by the trigger below.
CREATE TABLE callbacks (
  task_id      uuid PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
  owner_id     uuid NOT NULL,
  url          varchar(2000) NOT NULL,
  -- Host and port of the url: what one receiver may take of the places for calls is bounded.
  receiver     varchar(300) NOT NULL,
  -- How often the task has ended; each end has a delivery of its own.
  ends         integer NOT NULL DEFAULT 0,
  ended_at     timestamptz,
  status       varchar(20) NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'failed')),
  attempts     integer NOT NULL DEFAULT 0,
  -- When the next try may begin: at the task's end, at the end of a pause, or at the end of the lease that holds it;
  -- null while there is nothing to deliver.
  due_at       timestamptz,
  lease        uuid,
  last_status  integer,
  last_error   text,
  delivered_at timestamptz,
  CHECK (due_at IS NULL OR (status = 'waiting' AND ended_at IS NOT NULL))
);

CREATE INDEX callbacks_due ON callbacks (receiver, due_at) WHERE due_at IS NOT NULL;

-- Tasks without a callback cost the trigger's condition and nothing else.
ALTER TABLE tasks ADD COLUMN calls_back boolean NOT NULL DEFAULT false;

CREATE FUNCTION call_back() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE callbacks
  SET status = 'waiting', attempts = 0, lease = NULL, last_status = NULL, last_error = NULL, delivered_at = NULL,
      ends = ends + CASE WHEN NEW.completed_at IS NULL THEN 0 ELSE 1 END,
      ended_at = NEW.completed_at,
      due_at = CASE WHEN NEW.completed_at IS NOT NULL THEN now() END
  WHERE task_id = NEW.id;
  RETURN NULL;
END
$$;

-- A task that is run again has nothing to tell until it has ended again.
CREATE TRIGGER tasks_call_back AFTER UPDATE OF completed_at ON tasks
  FOR EACH ROW WHEN (NEW.calls_back AND (OLD.completed_at IS NULL) <> (NEW.completed_at IS NULL))
  EXECUTE FUNCTION call_back();

-- Signs the owner's callbacks where no secret is set; made at the first delivery.
ALTER TABLE owners ADD COLUMN callback_secret text;

-- What was said last under the lease in progress_lease; of no meaning once another holds the job. No index knows these
-- columns, so a report changes the row alone.
ALTER TABLE jobs
  ADD COLUMN progress_lease    uuid,
  ADD COLUMN progress_count    integer,
  ADD COLUMN progress_fraction double precision CHECK (progress_fraction BETWEEN 0 AND 1),
  ADD COLUMN progress_message  varchar(500),
  ADD COLUMN progress_at       timestamptz;

CREATE OR REPLACE VIEW task_states AS
SELECT t.id, t.owner_id, t.agent_id, t.agent, t.type,
       CASE WHEN j.lease IS NULL THEN t.status ELSE 'processing' END AS status,
       t.priority, coalesce(j.attempt, t.attempt) AS attempt, t.round, t.max_retries, t.timeout_seconds,
       t.required_capabilities, t.payload, t.result, t.error_code, t.error_detail, t.dead,
       t.created_at, t.run_at, coalesce(j.started_at, t.started_at) AS started_at, t.completed_at, t.expires_at,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_count END AS progress_count,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_fraction END AS progress_fraction,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_message END AS progress_message,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_at END AS progress_at
FROM tasks t
LEFT JOIN jobs j ON j.task_id = t.id;
