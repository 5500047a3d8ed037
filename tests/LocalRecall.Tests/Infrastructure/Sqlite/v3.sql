-- What the third version adds to a file of the second. It never changes: later versions must go on opening it.
PRAGMA user_version = 3;

CREATE TABLE session_memories(
  session TEXT NOT NULL,
  memory_id TEXT NOT NULL,
  role INTEGER NOT NULL,
  in_context INTEGER NOT NULL,
  noted_ticks INTEGER NOT NULL,
  PRIMARY KEY(session, memory_id, role)) STRICT, WITHOUT ROWID;
CREATE INDEX session_memories_by_use ON session_memories(role, memory_id, noted_ticks);
CREATE INDEX session_memories_by_time ON session_memories(noted_ticks);

CREATE TABLE transcripts(
  path TEXT NOT NULL PRIMARY KEY,
  offset_bytes INTEGER NOT NULL,
  head_hash TEXT NOT NULL,
  read_ticks INTEGER NOT NULL) STRICT, WITHOUT ROWID;

INSERT INTO session_memories VALUES('session-a', '00000001-0000-4000-8000-000000000000', 2, 1, 639000000000000000);
INSERT INTO transcripts VALUES('/t/a.jsonl', 1234, 'abcd', 639000000000000000);
