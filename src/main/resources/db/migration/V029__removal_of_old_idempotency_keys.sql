-- Old keys are removed a few at a time, the oldest first: without this each step would read all keys.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
