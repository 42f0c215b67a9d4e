-- What each task paid for, though few need it.

-- Its cascade looked for dependencies of each job that ended. A job that has a lease waits for nothing any more; what goes
-- without one takes its dependencies along. They are added in the transaction that adds the job, so none comes too late.
ALTER TABLE task_dependencies DROP CONSTRAINT task_dependencies_task_id_fkey;

CREATE FUNCTION drop_dependencies() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM task_dependencies WHERE task_id = OLD.task_id;
  RETURN NULL;
END
$$;

CREATE TRIGGER jobs_drop_dependencies AFTER DELETE ON jobs
  FOR EACH ROW WHEN (OLD.lease IS NULL OR OLD.visible_at = 'infinity')
  EXECUTE FUNCTION drop_dependencies();

-- Its check locked the agent's one row for every task. An agent that a task names without requiring it is built in, and those
-- are never deleted; any other is locked as before, so that it cannot go while its task comes.
ALTER TABLE tasks DROP CONSTRAINT tasks_agent_id_fkey;

CREATE FUNCTION require_agent() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM agents WHERE id = NEW.agent_id FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'task % names agent %, which is not there', NEW.id, NEW.agent_id
      USING ERRCODE = 'foreign_key_violation', TABLE = 'tasks', COLUMN = 'agent_id';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER tasks_require_agent AFTER INSERT ON tasks
  FOR EACH ROW WHEN (NEW.agent_required AND NEW.agent_id IS NOT NULL)
  EXECUTE FUNCTION require_agent();

CREATE TRIGGER tasks_require_new_agent AFTER UPDATE OF agent_id ON tasks
  FOR EACH ROW WHEN (NEW.agent_id IS NOT NULL AND NEW.agent_id IS DISTINCT FROM OLD.agent_id)
  EXECUTE FUNCTION require_agent();

CREATE FUNCTION forget_agent() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE tasks SET agent_id = NULL WHERE agent_id = OLD.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER agents_forget AFTER DELETE ON agents
  FOR EACH ROW EXECUTE FUNCTION forget_agent();

-- With 60 a third of the ends found no room on their page and changed all three indexes, which cost more disk than the room does.
ALTER TABLE tasks SET (fillfactor = 50);
