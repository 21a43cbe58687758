-- Resets between contacts

-- A session that a newer one replaced, or whose state is not the latest: nothing is sent on it any more.
ALTER TABLE sessions ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;

-- Why a handshake was begun: first contact, or a reset with or without the old secret.
ALTER TABLE attempts ADD COLUMN purpose INTEGER NOT NULL DEFAULT 0;

-- What the user has to be told about the contact's sessions, until they say that they know.
ALTER TABLE contacts ADD COLUMN notice INTEGER NOT NULL DEFAULT 0;
-- 60 digits of the session that waits for the user's yes.
ALTER TABLE contacts ADD COLUMN reset_digits TEXT;
-- When we last reset the session of our own accord.
ALTER TABLE contacts ADD COLUMN reset_at REAL;

-- A new column is not in the rows that are there before they are written again, and a repair takes only whole rows.
UPDATE sessions SET retired = 0;
UPDATE attempts SET purpose = 0;
UPDATE contacts SET notice = 0;
