-- For lists of what was cancelled. Not by status: each end changes it, and an end whose version of the row stays on its page
-- (HOT) writes no index. This changes for those alone that are cancelled; whoever writes the status writes it too.
ALTER TABLE tasks ADD COLUMN cancelled boolean NOT NULL DEFAULT false;

UPDATE tasks SET cancelled = true WHERE status = 'cancelled';

CREATE INDEX tasks_cancelled ON tasks (owner_id, id) WHERE cancelled;

CREATE OR REPLACE VIEW task_states AS
SELECT t.id, t.owner_id, t.agent_id, t.agent, t.type,
       CASE WHEN j.lease IS NULL THEN t.status ELSE 'processing' END AS status,
       t.priority, coalesce(j.attempt, t.attempt) AS attempt, t.round, t.max_retries, t.timeout_seconds,
       t.required_capabilities, t.payload, t.result, t.error_code, t.error_detail, t.dead,
       t.created_at, t.run_at, coalesce(j.started_at, t.started_at) AS started_at, t.completed_at, t.expires_at,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_count END AS progress_count,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_fraction END AS progress_fraction,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_message END AS progress_message,
       CASE WHEN j.progress_lease = j.lease THEN j.progress_at END AS progress_at,
       t.cancelled
FROM tasks t
LEFT JOIN jobs j ON j.task_id = t.id;
