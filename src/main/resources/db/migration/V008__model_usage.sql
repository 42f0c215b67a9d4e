-- What each owner used of each model on each day (UTC). Processes add up in memory and write about once a second, so a row is
-- touched by many requests together.
CREATE TABLE model_usage (
  -- No reference: its check would lock the owner's one row with each write, and owners are never deleted.
  owner_id          uuid NOT NULL,
  day               date NOT NULL,
  model             varchar(255) NOT NULL CHECK (model <> ''),
  requests          bigint NOT NULL,
  failed            bigint NOT NULL,
  -- Answered requests whose tokens the model server did not count: they are in no sum of tokens, nor in the cost.
  uncounted         bigint NOT NULL,
  prompt_tokens     bigint NOT NULL CHECK (prompt_tokens >= 0),
  completion_tokens bigint NOT NULL CHECK (completion_tokens >= 0),
  queue_ms          double precision NOT NULL CHECK (queue_ms >= 0),
  total_ms          double precision NOT NULL CHECK (total_ms >= 0),
  -- By the prices of the day; a change of price leaves it as it is.
  cost_units        numeric NOT NULL CHECK (cost_units >= 0),
  PRIMARY KEY (owner_id, day, model),
  CHECK (failed >= 0 AND uncounted >= 0 AND failed + uncounted <= requests)
  -- Room for the next version of each row on its own page: no index changes (HOT).
) WITH (fillfactor = 50);

-- The last batch of usage that each process has written. One whose outcome the process never learnt is sent again under its
-- number, and counts once.
CREATE TABLE usage_batches (
  writer     uuid PRIMARY KEY,
  number     bigint NOT NULL,
  written_at timestamptz NOT NULL
);
