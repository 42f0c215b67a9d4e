-- Entries of the cache that are worth keeping over a restart. Nothing is lost with them, so they cost no write-ahead log.
DROP TABLE cache;

CREATE UNLOGGED TABLE cache_entries (
  name       varchar(100) PRIMARY KEY,
  entry      bytea NOT NULL,
  tags       text[] NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX cache_entries_by_tag ON cache_entries USING gin (tags);
CREATE INDEX cache_entries_expiring ON cache_entries (expires_at);

-- Keeps databases apart that share one Redis.
CREATE TABLE cache_namespace (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid()
);

INSERT INTO cache_namespace DEFAULT VALUES;

-- What was read before a change must not be answered after it. Whoever makes the change, all processes hear of it when it
-- is committed: the transaction's id, then the tags of what it changed.
CREATE FUNCTION signal_change(tags text, schema name) RETURNS void LANGUAGE sql AS $$
  SELECT pg_notify(schema || '_cache', pg_current_xact_id()::text || ' ' || tags)
$$;

CREATE FUNCTION agent_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM signal_change('agent:' || CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END || ' agents', TG_TABLE_SCHEMA);
  RETURN NULL;
END
$$;

CREATE TRIGGER agents_added_or_removed AFTER INSERT OR DELETE ON agents
  FOR EACH ROW EXECUTE FUNCTION agent_changed();

-- A worker's sign of life changes nothing that is read.
CREATE TRIGGER agents_changed AFTER UPDATE ON agents
  FOR EACH ROW WHEN (
    (OLD.name, OLD.type, OLD.status, OLD.capabilities, OLD.config, OLD.version, OLD.updated_at)
    IS DISTINCT FROM (NEW.name, NEW.type, NEW.status, NEW.capabilities, NEW.config, NEW.version, NEW.updated_at))
  EXECUTE FUNCTION agent_changed();

-- Only tasks that have ended are kept, so work that goes on signals nothing. Many at once are one signal.
CREATE FUNCTION ended_task_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.completed_at IS NULL THEN
    PERFORM signal_change('task:' || NEW.id, TG_TABLE_SCHEMA);
  ELSE
    PERFORM signal_change('task:*', TG_TABLE_SCHEMA);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER tasks_ended_changed AFTER UPDATE OF completed_at, agent_id, agent ON tasks
  FOR EACH ROW WHEN (OLD.completed_at IS NOT NULL AND (NEW.completed_at IS NULL OR NEW.agent_id IS DISTINCT FROM OLD.agent_id))
  EXECUTE FUNCTION ended_task_changed();

CREATE TRIGGER tasks_removed AFTER DELETE ON tasks
  FOR EACH ROW EXECUTE FUNCTION ended_task_changed();
