-- When something was last sent or received on a session: one that is not written on any more is forgotten 30 days later.
ALTER TABLE sessions ADD COLUMN used_at REAL NOT NULL DEFAULT 0;

UPDATE sessions SET used_at = unixepoch();
