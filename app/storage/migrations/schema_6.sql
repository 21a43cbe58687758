-- How a message travelled: a word of net.events.PathClass, where it is known.
ALTER TABLE messages ADD COLUMN path TEXT;

-- A new column is not in the rows that are there before they are written again, and a repair takes only whole rows.
UPDATE messages SET path = NULL;
