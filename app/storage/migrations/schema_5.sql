-- What was said of messages after they were sent: edits, deletions and reactions

-- A message may come after its edit, or be of somebody else's choosing: nothing here refers to its row.  While it is not
-- here the text of the edit waits in place of it.  A deletion has the text '' and is final.
CREATE TABLE revisions (
    contact      INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    message_id   BLOB NOT NULL,
    mine         INTEGER NOT NULL,          -- the message, and so its revision
    clock        INTEGER NOT NULL,
    revision_id  BLOB NOT NULL,
    edited_at    REAL NOT NULL,
    deleted      INTEGER NOT NULL,
    text         TEXT NOT NULL,             -- only while waiting
    waiting      INTEGER NOT NULL,
    kept_at      REAL NOT NULL,
    PRIMARY KEY (contact, message_id, mine)
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_waiting ON revisions (contact, kept_at) WHERE waiting = 1;

-- One a person and message; one that was taken back stays, with the emoji '', so that an older one does not come back.
CREATE TABLE reactions (
    contact      INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    message_id   BLOB NOT NULL,
    mine         INTEGER NOT NULL,          -- the message
    by_me        INTEGER NOT NULL,
    emoji        TEXT NOT NULL,
    clock        INTEGER NOT NULL,
    reaction_id  BLOB NOT NULL,
    waiting      INTEGER NOT NULL,
    kept_at      REAL NOT NULL,
    PRIMARY KEY (contact, message_id, mine, by_me)
) STRICT, WITHOUT ROWID;
CREATE INDEX reactions_waiting ON reactions (contact, kept_at) WHERE waiting = 1;

CREATE TRIGGER messages_edited AFTER UPDATE OF text ON messages
WHEN EXISTS (SELECT 1 FROM message_texts_docsize WHERE id = old.row) BEGIN
    INSERT INTO message_texts (message_texts, rowid, contact, text) VALUES ('delete', old.row, old.contact, old.text);
    INSERT INTO message_texts (rowid, contact, text) SELECT new.row, new.contact, new.text WHERE new.text <> '';
END;
