-- Finds the unfinished ones too: they are running or paused.
CREATE INDEX workflows_by_status ON workflows (owner_id, status, id);
DROP INDEX workflows_open;
