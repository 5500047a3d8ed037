-- What the second version adds to a file of the first. It never changes: later versions must go on opening it.
PRAGMA user_version = 2;

CREATE TABLE remembered_vectors(
  used INTEGER PRIMARY KEY,
  text_hash BLOB NOT NULL,
  model_key INTEGER NOT NULL REFERENCES models(model_key),
  vector BLOB NOT NULL,
  UNIQUE(text_hash, model_key)) STRICT;

INSERT INTO remembered_vectors VALUES(7, x'1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100', 1, x'000000000000803F');
