-- A file as the first version wrote it. It never changes: later versions must go on opening it.
PRAGMA application_id = 1280468323;
PRAGMA user_version = 1;

CREATE TABLE sources(
  source_key INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  file_hash TEXT NOT NULL,
  length_bytes INTEGER NOT NULL,
  modified_ticks INTEGER NOT NULL) STRICT;

CREATE TABLE faults(
  path TEXT NOT NULL PRIMARY KEY,
  reason TEXT NOT NULL,
  seen_ticks INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE forgotten(
  dedup_key TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE places(
  place_key INTEGER PRIMARY KEY,
  applies_to TEXT NOT NULL,
  project TEXT NOT NULL,
  UNIQUE(applies_to, project)) STRICT;

CREATE TABLE memories(
  memory_key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  dedup_key TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  place_key INTEGER NOT NULL REFERENCES places(place_key),
  occurred_ticks INTEGER NOT NULL,
  subject TEXT NOT NULL,
  keywords TEXT NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE INDEX memories_by_time ON memories(occurred_ticks);
CREATE INDEX memories_by_kind ON memories(kind, occurred_ticks);
CREATE INDEX memories_by_place ON memories(place_key, occurred_ticks);

CREATE TABLE holdings(
  source_key INTEGER NOT NULL REFERENCES sources(source_key) ON DELETE CASCADE,
  memory_key INTEGER NOT NULL REFERENCES memories(memory_key) ON DELETE CASCADE,
  declared_id TEXT NOT NULL,
  PRIMARY KEY(source_key, memory_key, declared_id)) STRICT, WITHOUT ROWID;
CREATE INDEX holdings_by_memory ON holdings(memory_key, declared_id);
CREATE INDEX holdings_by_id ON holdings(declared_id);

CREATE TABLE chunks(
  chunk_key INTEGER PRIMARY KEY AUTOINCREMENT,
  memory_key INTEGER NOT NULL REFERENCES memories(memory_key) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  token_count INTEGER NOT NULL,
  text_hash BLOB NOT NULL,
  heading TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE(memory_key, ordinal)) STRICT;
CREATE INDEX chunks_by_hash ON chunks(text_hash);
CREATE INDEX chunks_in_order ON chunks(chunk_key, memory_key, text_hash);

CREATE TABLE models(
  model_key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  dimensions INTEGER) STRICT;

CREATE TABLE vectors(
  vector_key INTEGER PRIMARY KEY,
  model_key INTEGER NOT NULL REFERENCES models(model_key),
  text_hash BLOB NOT NULL,
  vector BLOB NOT NULL,
  UNIQUE(model_key, text_hash)) STRICT;
CREATE INDEX vectors_by_hash ON vectors(text_hash);

CREATE VIRTUAL TABLE chunk_words USING fts5(
  subject, keywords, heading, text, parts,
  content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2');
INSERT INTO chunk_words(chunk_words, rank) VALUES('rank', 'bm25(5.0, 4.0, 2.0, 1.0, 0.5)');

INSERT INTO sources VALUES(1, '/m/1.md', 'a0', 120, 639028224000000000), (2, '/m/2.md', 'a1', 130, 639028224000000000);
INSERT INTO faults VALUES('/m/3.md', 'locked', 639028224000000000);
INSERT INTO forgotten VALUES('0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO places VALUES(1, 'file:src/a.cs', '/p');
INSERT INTO memories VALUES(1, '00000001-0000-4000-8000-000000000000', 'd0', 1, 1, 639028224000000000, 'An old subject', '["one","two words"]', 'A text of the first version.');
INSERT INTO holdings VALUES(1, 1, '00000001-0000-4000-8000-000000000000'), (2, 1, '00000002-0000-4000-8000-000000000000');
INSERT INTO chunks VALUES(1, 1, 0, 6, x'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', '', 'A text of the first version.');
INSERT INTO models VALUES(1, 'model-a', 2);
INSERT INTO vectors VALUES(1, 1, x'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', x'0000803F00000000');
INSERT INTO chunk_words(rowid, subject, keywords, heading, text, parts) VALUES(1, 'An old subject', 'one' || char(10) || 'two words', '', 'A text of the first version.', '');
