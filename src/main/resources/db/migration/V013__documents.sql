CREATE TABLE documents (
  id            uuid PRIMARY KEY,
  owner_id      uuid NOT NULL REFERENCES owners (id),
  name          varchar(255) NOT NULL CHECK (name <> ''),
  tags          text[] NOT NULL DEFAULT '{}',
  language      varchar(3) NOT NULL,
  -- Name of the text search configuration that its words went through.
  configuration varchar(63) NOT NULL,
  characters    integer NOT NULL CHECK (characters > 0),
  passages      integer NOT NULL CHECK (passages > 0),
  text          text NOT NULL,
  created_at    timestamptz NOT NULL
);

CREATE INDEX documents_by_owner ON documents (owner_id, id DESC);

-- Passages overlap, so that what stands at a cut is found too. Owner and configuration are those of the document: a search
-- reads them beside the words.
CREATE TABLE document_passages (
  document_id   uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  number        integer NOT NULL CHECK (number >= 0),
  owner_id      uuid NOT NULL,
  configuration varchar(63) NOT NULL,
  text          text NOT NULL,
  words         tsvector NOT NULL,
  PRIMARY KEY (document_id, number)
);

CREATE INDEX document_passages_by_word ON document_passages USING gin (words);
