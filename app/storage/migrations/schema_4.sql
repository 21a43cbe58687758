-- Messages deleted here

-- Ids of received messages that were deleted here: when their sender seals one anew, it does not come back.
CREATE TABLE erased (
    message_id  BLOB NOT NULL,
    contact     INTEGER NOT NULL REFERENCES contacts (number) ON DELETE CASCADE,
    erased_at   REAL NOT NULL,
    PRIMARY KEY (message_id, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_by_contact ON erased (contact);
CREATE INDEX erased_by_time ON erased (erased_at);

CREATE TRIGGER messages_erased BEFORE INSERT ON messages
WHEN new.mine = 0 AND EXISTS (SELECT 1 FROM erased WHERE message_id = new.message_id AND contact = new.contact) BEGIN
    SELECT RAISE(IGNORE);
END;
