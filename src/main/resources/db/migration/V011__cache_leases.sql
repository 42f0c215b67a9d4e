-- Who loads a costly entry while other processes wait for it. Worth nothing after a crash, so it costs no write-ahead log.
CREATE UNLOGGED TABLE cache_leases (
  name    varchar(100) PRIMARY KEY,
  token   uuid,        -- of the holder; null once the entry is kept
  ends_at timestamptz NOT NULL
);
