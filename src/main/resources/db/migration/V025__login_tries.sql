-- Tries to log in that failed, or whose end is not known yet: of one name from one network, and of one network. All
-- processes count here, so that more of them give nobody more guesses. Rows that nobody added to for a while are removed.
CREATE TABLE login_tries (
  -- SHA-256 of the name and the network, or of the network: nobody reads here who tried.
  who     bytea PRIMARY KEY CHECK (length(who) = 32),
  tries   integer NOT NULL CHECK (tries > 0),
  last_at timestamptz NOT NULL
);

CREATE INDEX login_tries_by_age ON login_tries (last_at);
