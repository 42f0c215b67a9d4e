-- A worker that takes the tasks of all owners.
ALTER TABLE agents ADD COLUMN any_owner boolean NOT NULL DEFAULT false;

-- Few among all agents; looked for with each task that no built-in agent serves.
CREATE INDEX agents_of_all_owners ON agents (type) WHERE any_owner;
