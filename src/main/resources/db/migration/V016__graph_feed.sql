-- What a copy of the graph in another server (Neo4j) must hear of. Nothing is noted until a process has such a server: the triggers
-- below are off, which costs writers nothing, and watch_graph turns them on.

-- How far the copy is: one row.
CREATE TABLE graph_feed (
  id            boolean PRIMARY KEY DEFAULT true CHECK (id),
  -- Whose copy it is: the server keeps it too, so that the copies of two databases are never mixed.
  source        uuid NOT NULL DEFAULT gen_random_uuid(),
  -- Whether changes are noted.
  watching      boolean NOT NULL DEFAULT false,
  -- Whether the copy lacks nothing but the changes that are noted.
  complete      boolean NOT NULL DEFAULT false,
  -- The last turn at writing to the copy that was committed here.
  last_turn     bigint NOT NULL DEFAULT 0,
  -- When a process that has the server was last there.
  seen_at       timestamptz,
  -- Grows with each rebuild; what the copy has from an earlier one at the end of a rebuild is gone here.
  generation    bigint NOT NULL DEFAULT 0,
  rebuild_step  varchar(10) CHECK (rebuild_step IN ('agents', 'tasks', 'leftovers')),
  -- The last row of the step that was copied.
  rebuild_after uuid,
  started_at    timestamptz,
  finished_at   timestamptz,
  agents        bigint NOT NULL DEFAULT 0,
  tasks         bigint NOT NULL DEFAULT 0,
  removed       bigint NOT NULL DEFAULT 0,
  CHECK (rebuild_step IS NULL OR (rebuild_after IS NOT NULL AND started_at IS NOT NULL AND finished_at IS NULL))
);

INSERT INTO graph_feed DEFAULT VALUES;

-- Numbers of turns, which a rollback does not give back.
CREATE SEQUENCE graph_turns;

-- Rows are only added, in the transaction of the change, and removed when the copy has it: however late a transaction commits, its
-- change is there afterwards.
CREATE TABLE graph_changes (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       varchar(10) NOT NULL CHECK (kind IN ('agent', 'task')),
  key        uuid NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION note_graph_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  changed uuid;
BEGIN
  IF TG_TABLE_NAME = 'jobs' THEN
    changed := NEW.task_id;
  ELSIF TG_TABLE_NAME = 'task_links' THEN
    changed := NEW.to_id;
  ELSIF TG_OP = 'DELETE' THEN
    changed := OLD.id;
  ELSE
    changed := NEW.id;
  END IF;
  INSERT INTO graph_changes (kind, key) VALUES (TG_ARGV[0], changed);
  RETURN NULL;
END
$$;

CREATE TRIGGER tasks_graph_rows AFTER INSERT OR DELETE ON tasks
  FOR EACH ROW EXECUTE FUNCTION note_graph_change('task');

CREATE TRIGGER tasks_graph_changes AFTER UPDATE OF status, completed_at, agent_id, agent ON tasks
  FOR EACH ROW WHEN ((OLD.status, OLD.completed_at, OLD.agent_id, OLD.agent)
                     IS DISTINCT FROM (NEW.status, NEW.completed_at, NEW.agent_id, NEW.agent))
  EXECUTE FUNCTION note_graph_change('task');

-- A task is processing while its job has a lease.
CREATE TRIGGER jobs_graph_changes AFTER UPDATE OF lease ON jobs
  FOR EACH ROW WHEN ((OLD.lease IS NULL) <> (NEW.lease IS NULL))
  EXECUTE FUNCTION note_graph_change('task');

-- A link goes with one of its tasks, so its end needs no row.
CREATE TRIGGER task_links_graph_rows AFTER INSERT ON task_links
  FOR EACH ROW EXECUTE FUNCTION note_graph_change('task');

CREATE TRIGGER agents_graph_rows AFTER INSERT OR DELETE ON agents
  FOR EACH ROW EXECUTE FUNCTION note_graph_change('agent');

CREATE TRIGGER agents_graph_changes AFTER UPDATE OF name, type, status ON agents
  FOR EACH ROW WHEN ((OLD.name, OLD.type, OLD.status) IS DISTINCT FROM (NEW.name, NEW.type, NEW.status))
  EXECUTE FUNCTION note_graph_change('agent');

ALTER TABLE tasks DISABLE TRIGGER tasks_graph_rows, DISABLE TRIGGER tasks_graph_changes;
ALTER TABLE jobs DISABLE TRIGGER jobs_graph_changes;
ALTER TABLE task_links DISABLE TRIGGER task_links_graph_rows;
ALTER TABLE agents DISABLE TRIGGER agents_graph_rows, DISABLE TRIGGER agents_graph_changes;

-- Turns the triggers of a table on or off; false when the table was too busy for that. It waits for the transactions that write to
-- the table: when it is on, what was not noted is committed. It gives up before PostgreSQL would look for deadlocks, so that no other
-- transaction is ended for it.
CREATE FUNCTION watch_graph(watched text, wanted boolean) RETURNS boolean LANGUAGE plpgsql
  SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
  trigger_name name;
BEGIN
  FOR trigger_name IN
    SELECT tgname FROM pg_trigger
    WHERE tgrelid = watched::regclass AND tgfoid = 'note_graph_change'::regproc AND (tgenabled <> 'D') <> wanted
  LOOP
    EXECUTE format('ALTER TABLE %I %s TRIGGER %I', watched, CASE WHEN wanted THEN 'ENABLE' ELSE 'DISABLE' END, trigger_name);
  END LOOP;
  RETURN true;
EXCEPTION
  WHEN lock_not_available THEN
    RETURN false;
END
$$;
