-- Ids of 16 and 32 bytes are blobs: their order is the order of their hexadecimal text.
-- Times are Unix seconds.  Enumerations are stored by their numbers, which never change their meaning.

CREATE TABLE account (
    only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
    name        TEXT NOT NULL,
    identity    BLOB NOT NULL,              -- crypto.identity: private keys
    discovery   BLOB NOT NULL,              -- crypto.discovery_key: private keys
    created_at  REAL NOT NULL,
    port        INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    key    TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    number        INTEGER PRIMARY KEY,
    contact_id    TEXT NOT NULL UNIQUE,     -- follows from identity; here for joins
    identity      BLOB NOT NULL,
    state         INTEGER NOT NULL,
    added_at      REAL NOT NULL,
    given_name    TEXT,
    petname       TEXT,
    verified      INTEGER NOT NULL,
    blocked       INTEGER NOT NULL,
    in_person     INTEGER NOT NULL,
    problem       INTEGER NOT NULL,
    capabilities  INTEGER NOT NULL,
    endpoints     TEXT NOT NULL,            -- as printed, separated by spaces
    announced     TEXT NOT NULL,
    discovery     BLOB NOT NULL,
    last_seen_at  REAL
) STRICT;

-- First contact

CREATE TABLE invites (
    invite_id       BLOB PRIMARY KEY,
    invite          BLOB NOT NULL,          -- crypto.invite
    rendezvous_key  BLOB NOT NULL,
    created_at      REAL NOT NULL,
    revoked         INTEGER NOT NULL,
    used_by         BLOB
) STRICT;

CREATE TABLE joinings (
    contact  INTEGER PRIMARY KEY REFERENCES contacts (number) ON DELETE CASCADE,
    invite   BLOB NOT NULL
) STRICT;

CREATE TABLE attempts (
    ephemeral   BLOB PRIMARY KEY,
    contact     INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    message     BLOB NOT NULL,
    transcript  BLOB NOT NULL,
    created_at  REAL NOT NULL
) STRICT;
CREATE INDEX attempts_by_contact ON attempts (contact);

CREATE TABLE answers (
    ephemeral   BLOB PRIMARY KEY,
    contact     INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    message     BLOB NOT NULL,
    created_at  REAL NOT NULL
) STRICT;
CREATE INDEX answers_by_contact ON answers (contact);

CREATE TABLE sessions (
    transcript  BLOB PRIMARY KEY,
    contact     INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    session     BLOB NOT NULL,              -- crypto.session
    created_at  REAL NOT NULL,
    confirmed   INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_contact ON sessions (contact);

-- Messages

CREATE TABLE messages (
    row             INTEGER PRIMARY KEY,    -- in the order of storing, which search goes by
    contact         INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    message_id      BLOB NOT NULL,
    mine            INTEGER NOT NULL,
    content_type    INTEGER NOT NULL,
    text            TEXT NOT NULL,
    clock           INTEGER NOT NULL,
    sent_at         REAL NOT NULL,
    received_at     REAL,
    state           INTEGER NOT NULL,
    reply_to        BLOB,
    transmitted_at  REAL,                   -- when the state became SENT, DELIVERED, READ, FAILED
    delivered_at    REAL,
    read_at         REAL,
    failed_at       REAL
) STRICT;

-- A contact chooses the ids of its messages and may choose one of ours: both are kept, and its cannot touch ours.
CREATE UNIQUE INDEX messages_by_id ON messages (contact, message_id, mine);
-- Pages of a conversation.
CREATE INDEX messages_in_order ON messages (contact, clock, message_id, mine);
-- Unread ones, and ours that receipts will still raise.
CREATE INDEX messages_open ON messages (mine, contact, clock, message_id) WHERE state < 3;

-- The contact is a word of the index too, so that searching one conversation does not walk through all the others.
-- Texts are indexed soon after the commit, in the order of rows: see app.storage.search.
CREATE VIRTUAL TABLE message_texts USING fts5 (
    contact, text,
    content = 'messages', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
INSERT INTO message_texts (message_texts, rank) VALUES ('secure-delete', 1);
-- Merging sixteen segments at once rather than four makes storing a third cheaper, and finding as fast.
INSERT INTO message_texts (message_texts, rank) VALUES ('automerge', 16);

CREATE TRIGGER messages_deleted AFTER DELETE ON messages
WHEN EXISTS (SELECT 1 FROM message_texts_docsize WHERE id = old.row) BEGIN
    INSERT INTO message_texts (message_texts, rowid, contact, text) VALUES ('delete', old.row, old.contact, old.text);
END;

-- Envelopes

CREATE TABLE outgoing (
    sequence      INTEGER PRIMARY KEY,
    contact       INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    content_type  INTEGER NOT NULL,
    message_id    BLOB NOT NULL,
    content       BLOB NOT NULL,
    transcript    BLOB,
    envelope_id   BLOB,
    envelope      BLOB
) STRICT;
CREATE INDEX outgoing_by_contact ON outgoing (contact);
CREATE INDEX outgoing_by_envelope ON outgoing (envelope_id, contact);

CREATE TABLE received (
    contact      INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    envelope_id  BLOB NOT NULL,
    received_at  REAL NOT NULL,
    PRIMARY KEY (contact, envelope_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX received_by_time ON received (received_at);
