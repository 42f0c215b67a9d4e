-- When a session was used last, to a minute or two: one that nobody uses ends before its time. Those that are open begin anew.
ALTER TABLE sessions ADD COLUMN used_at timestamptz NOT NULL DEFAULT now();
