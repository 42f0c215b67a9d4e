-- When the broker confirmed the message about a waiting job; null while it has none, and again when the job
-- goes back to waiting.
ALTER TABLE jobs ADD COLUMN published_at timestamptz;
