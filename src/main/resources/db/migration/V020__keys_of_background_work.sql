-- The key that a workflow, a schedule or a batch came with: its tasks and lines count for that key's quotas. Null: for the owner.
ALTER TABLE schedules ADD COLUMN key_id uuid;
ALTER TABLE workflows ADD COLUMN key_id uuid;
ALTER TABLE batches ADD COLUMN key_id uuid;
