-- What administrators did, and what callers were refused. Rows are added, and removed by age; nobody changes one.
CREATE TABLE audit_log (
  id         uuid PRIMARY KEY,
  at         timestamptz NOT NULL,
  -- Who: names as they were, because the rows outlive what they tell of. Null where nobody was recognised.
  owner_id   uuid,
  owner      text,
  key_id     uuid,
  action     varchar(100) NOT NULL,
  target     varchar(500) NOT NULL,
  outcome    varchar(10) NOT NULL CHECK (outcome IN ('done', 'denied', 'failed')),
  status     smallint,
  address    varchar(64),
  request_id varchar(64),
  -- Refusals of one kind within a few seconds are one row.
  count      integer NOT NULL DEFAULT 1 CHECK (count > 0)
);

CREATE FUNCTION audit_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('sutazai.audit_retention', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit_log takes no %', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION audit_log_stays();

CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_stays();

-- The one way in which rows go: the oldest, so many at once.
CREATE FUNCTION remove_old_audit_log(before uuid, most integer) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT SET sutazai.audit_retention = 'on' AS $$
DECLARE
  removed bigint;
BEGIN
  DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE id < before ORDER BY id LIMIT most);
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END
$$;

-- A browser's login, found and checked like a key.
CREATE TABLE sessions (
  prefix     varchar(16) PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash       bytea NOT NULL CHECK (length(hash) = 32),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_expiring ON sessions (expires_at);

-- With whose rights work goes on after its request: until now all of the owner local's was an administrator's.
ALTER TABLE tasks ADD COLUMN by_admin boolean NOT NULL DEFAULT false;
ALTER TABLE schedules ADD COLUMN by_admin boolean NOT NULL DEFAULT false;
ALTER TABLE workflows ADD COLUMN by_admin boolean NOT NULL DEFAULT false;

UPDATE tasks SET by_admin = true
WHERE owner_id = '00000000-0000-7000-8000-000000000001' AND id IN (SELECT task_id FROM jobs);
UPDATE schedules SET by_admin = true WHERE owner_id = '00000000-0000-7000-8000-000000000001';
UPDATE workflows SET by_admin = true WHERE owner_id = '00000000-0000-7000-8000-000000000001' AND completed_at IS NULL;
