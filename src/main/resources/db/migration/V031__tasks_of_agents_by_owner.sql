-- All owners share the built-in agents, so what one owner gave to an agent was found among what all did.
DROP INDEX tasks_by_agent;

CREATE INDEX tasks_by_agent ON tasks (agent_id, owner_id, id) WHERE agent_id IS NOT NULL;
