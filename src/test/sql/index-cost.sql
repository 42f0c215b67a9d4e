-- What each index that the guide names would cost: WAL, time and space over the life of a task (inserted, begun,
-- completed: three commits) and of an agent (made, changed twice), beside the same life without it.
-- Usage: psql DATABASE -f src/test/sql/index-cost.sql, on a server where the program has made its schema.
\set QUIET on
SET synchronous_commit = off;
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS index_cost CASCADE;
CREATE SCHEMA index_cost;
SET search_path = index_cost;
CREATE TABLE result (n serial, index text, lives int, us_per_life numeric, wal_per_life int, bytes_per_life int);

CREATE PROCEDURE task_lives(index text, ddl text, lives int DEFAULT 10000) LANGUAGE plpgsql AS $$
DECLARE
  life uuid;
  began timestamptz;
  wal pg_lsn;
  owner uuid := '00000000-0000-7000-8000-000000000001';
BEGIN
  DROP TABLE IF EXISTS tasks;
  CREATE TABLE tasks (LIKE sutazai.tasks INCLUDING ALL);
  EXECUTE ddl;
  COMMIT;
  began := clock_timestamp();
  wal := pg_current_wal_insert_lsn();
  FOR i IN 1 .. lives LOOP
    life := ('0199' || lpad(to_hex(i), 8, '0') || substr(md5(i::text), 1, 20))::uuid;
    INSERT INTO tasks (id, owner_id, agent_id, agent, type, payload, created_at, run_at)
    VALUES (life, owner, md5((i % 50)::text)::uuid, 'agent', 'inference',
            json_build_object('prompt', md5(i::text) || ' ' || md5((-i)::text), 'model', 'tinyllama',
                              'options', json_build_object('temperature', 0.7, 'seed', i))::jsonb, clock_timestamp(), clock_timestamp());
    COMMIT;
    UPDATE tasks SET status = 'processing', attempt = attempt + 1, started_at = clock_timestamp() WHERE id = life;
    COMMIT;
    UPDATE tasks SET status = 'completed', result = '{"generated": "some words"}', completed_at = clock_timestamp() WHERE id = life;
    COMMIT;
  END LOOP;
  INSERT INTO result (index, lives, us_per_life, wal_per_life, bytes_per_life)
  VALUES (index, lives, extract(epoch FROM clock_timestamp() - began) * 1e6 / lives,
          (pg_current_wal_insert_lsn() - wal) / lives, pg_total_relation_size('tasks') / lives);
  COMMIT;
END $$;

CREATE PROCEDURE agent_lives(index text, ddl text, lives int DEFAULT 10000) LANGUAGE plpgsql AS $$
DECLARE
  life uuid;
  began timestamptz;
  wal pg_lsn;
  owner uuid := '00000000-0000-7000-8000-000000000001';
BEGIN
  DROP TABLE IF EXISTS agents;
  CREATE TABLE agents (LIKE sutazai.agents INCLUDING ALL);
  EXECUTE ddl;
  COMMIT;
  began := clock_timestamp();
  wal := pg_current_wal_insert_lsn();
  FOR i IN 1 .. lives LOOP
    life := ('0199' || lpad(to_hex(i), 8, '0') || substr(md5(i::text), 1, 20))::uuid;
    INSERT INTO agents (id, owner_id, name, type, config, created_at, updated_at)
    VALUES (life, owner, 'agent ' || i, 'worker', json_build_object('n', i, 'model', 'tinyllama')::jsonb, clock_timestamp(), clock_timestamp());
    COMMIT;
    UPDATE agents SET status = 'inactive', version = version + 1, updated_at = clock_timestamp() WHERE id = life;
    COMMIT;
    UPDATE agents SET status = 'active', version = version + 1, updated_at = clock_timestamp() WHERE id = life;
    COMMIT;
  END LOOP;
  INSERT INTO result (index, lives, us_per_life, wal_per_life, bytes_per_life)
  VALUES (index, lives, extract(epoch FROM clock_timestamp() - began) * 1e6 / lives,
          (pg_current_wal_insert_lsn() - wal) / lives, pg_total_relation_size('agents') / lives);
  COMMIT;
END $$;

CHECKPOINT;
CALL task_lives('tasks as they are', 'SELECT');
CALL task_lives('tasks (status, created_at)', 'CREATE INDEX ON tasks (status, created_at)');
CALL task_lives('tasks (agent_id, status) WHERE pending or processing', $$CREATE INDEX ON tasks (agent_id, status) WHERE status IN ('pending', 'processing')$$);
CALL task_lives('tasks (created_at DESC)', 'CREATE INDEX ON tasks (created_at DESC)');
CALL task_lives('tasks GIN (payload)', 'CREATE INDEX ON tasks USING gin (payload)');
CALL task_lives('tasks (agent_id, status, created_at DESC)', 'CREATE INDEX ON tasks (agent_id, status, created_at DESC)');
CALL task_lives('tasks BRIN (created_at)', 'CREATE INDEX ON tasks USING brin (created_at)');
CALL task_lives('tasks as they are, again', 'SELECT');
CALL agent_lives('agents as they are', 'SELECT');
CALL agent_lives('agents (type, status)', 'CREATE INDEX ON agents (type, status)');
CALL agent_lives('agents (type, status) WHERE active', $$CREATE INDEX ON agents (type, status) WHERE status = 'active'$$);
CALL agent_lives('agents GIN (config)', 'CREATE INDEX ON agents USING gin (config)');
CALL agent_lives('agents GIN (to_tsvector(name))', $$CREATE INDEX ON agents USING gin (to_tsvector('english', name))$$);
CALL agent_lives('agents as they are, again', 'SELECT');
SELECT index, lives, round(us_per_life) AS us_per_life, wal_per_life, bytes_per_life FROM result ORDER BY n;
DROP SCHEMA index_cost CASCADE;
