-- Newest first was the order of these indexes, so each new task went to the front of its owner's and its agent's part, and pages
-- there were split in halves for ever. In ascending order they fill up, and are read backwards.
DROP INDEX tasks_by_owner;
DROP INDEX tasks_by_agent;
CREATE INDEX tasks_by_owner ON tasks (owner_id, id);
CREATE INDEX tasks_by_agent ON tasks (agent_id, id) WHERE agent_id IS NOT NULL;
