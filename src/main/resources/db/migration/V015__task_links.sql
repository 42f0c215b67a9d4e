-- Which task led to which: a task that was submitted for another one, or that waited for it. Stays when both have ended;
-- goes with either.
CREATE TABLE task_links (
  from_id  uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  to_id    uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  owner_id uuid NOT NULL,
  kind     varchar(20) NOT NULL CHECK (kind IN ('submitted', 'awaited')),
  PRIMARY KEY (from_id, to_id)
);

CREATE INDEX task_links_back ON task_links (to_id);
