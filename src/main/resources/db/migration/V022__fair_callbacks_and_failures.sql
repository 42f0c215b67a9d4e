-- Places for calls are shared by owner and receiver, so one owner's slow receiver holds up nobody else.
DROP INDEX callbacks_due;
CREATE INDEX callbacks_due ON callbacks (owner_id, receiver, due_at) WHERE due_at IS NOT NULL;

-- For lists of what failed, of which there is little among an owner's tasks. Not by status: each end changes it, and an end
-- whose version of the row stays on its page (HOT) writes no index. A task that completes without a retry never has a code.
CREATE INDEX tasks_with_error ON tasks (owner_id, id) WHERE error_code IS NOT NULL;
