-- Finished tasks are removed when they have been kept long enough (sutazai.tasks.keep). One that another task waits for
-- must stay: with its row in here the other would never be let go.
ALTER TABLE task_dependencies
  DROP CONSTRAINT task_dependencies_needs_fkey,
  ADD CONSTRAINT task_dependencies_needs_fkey FOREIGN KEY (needs) REFERENCES tasks (id);

-- Each task that is removed is looked for here; without it, by reading the whole table.
CREATE INDEX task_dependencies_by_needs ON task_dependencies (needs);
