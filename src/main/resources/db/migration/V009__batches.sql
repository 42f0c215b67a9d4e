-- Files and batches as the OpenAI API has them.

CREATE TABLE files (
  id           uuid PRIMARY KEY,
  owner_id     uuid NOT NULL REFERENCES owners (id),
  purpose      varchar(20) NOT NULL CHECK (purpose IN ('batch', 'batch_output')),
  name         varchar(255) NOT NULL CHECK (name <> ''),
  bytes        bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
  created_at   timestamptz NOT NULL DEFAULT now(),
  -- Null while it is written; until then nobody sees it.
  completed_at timestamptz
);

CREATE INDEX files_by_owner ON files (owner_id, id);
CREATE INDEX files_unfinished ON files (created_at) WHERE completed_at IS NULL AND purpose = 'batch';

-- What a file holds, in order. An upload has pieces of 256 kB, so that a line is found by its position; an output has one
-- for each line of its batch, under the line's number, so that none can be written twice.
CREATE TABLE file_pieces (
  file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  number  integer NOT NULL,
  bytes   bytea NOT NULL,
  PRIMARY KEY (file_id, number)
);

CREATE TABLE batches (
  id                uuid PRIMARY KEY,
  owner_id          uuid NOT NULL REFERENCES owners (id),
  endpoint          varchar(50) NOT NULL,
  completion_window varchar(10) NOT NULL,
  metadata          jsonb CHECK (jsonb_typeof(metadata) = 'object'),
  status            varchar(20) NOT NULL DEFAULT 'validating'
                    CHECK (status IN ('validating', 'in_progress', 'finalizing', 'completed', 'failed', 'expired',
                                      'cancelling', 'cancelled')),
  -- No references: files may be deleted once the batch has ended. The other two are made with the batch, and are seen
  -- from its end on; null from then on where nothing was written.
  input_file_id     uuid NOT NULL,
  output_file_id    uuid,
  error_file_id     uuid,
  -- What is wrong with the input's lines.
  errors            jsonb,
  total             integer NOT NULL DEFAULT 0,
  completed         integer NOT NULL DEFAULT 0 CHECK (completed >= 0),
  failed            integer NOT NULL DEFAULT 0 CHECK (failed >= 0),
  -- Lines of one task; settled when the batch begins.
  slice_length      integer,
  -- The run that checks the input; one that was thought dead writes nothing more.
  validated_by      uuid,
  -- Whether the window ended before all lines were answered.
  expired           boolean NOT NULL DEFAULT false,
  created_at        timestamptz NOT NULL DEFAULT now(),
  expires_at        timestamptz NOT NULL,
  in_progress_at    timestamptz,
  finalizing_at     timestamptz,
  cancelling_at     timestamptz,
  ended_at          timestamptz,
  CHECK ((status IN ('completed', 'failed', 'expired', 'cancelled')) = (ended_at IS NOT NULL)),
  CHECK ((in_progress_at IS NULL) = (slice_length IS NULL)),
  CHECK (completed + failed <= total)
);

CREATE INDEX batches_by_owner ON batches (owner_id, id);
CREATE INDEX batches_open ON batches (owner_id, input_file_id) WHERE ended_at IS NULL;

-- The lines of an unfinished batch and where they are in its input; gone with its end.
CREATE TABLE batch_lines (
  batch_id  uuid NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  number    integer NOT NULL,
  custom_id text NOT NULL,
  position  bigint NOT NULL,
  length    integer NOT NULL,
  -- How often it was put off.
  tries     integer NOT NULL DEFAULT 0,
  ended     boolean NOT NULL DEFAULT false,
  PRIMARY KEY (batch_id, number),
  UNIQUE (batch_id, custom_id)
);

-- The task that runs each slice of lines, null once all of them have ended; a slice has a row from the moment on when
-- its task was left.
CREATE TABLE batch_slices (
  batch_id uuid NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  number   integer NOT NULL,
  task_id  uuid,
  PRIMARY KEY (batch_id, number)
);
