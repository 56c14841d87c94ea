-- When the door of a conference opens to everybody, ms since 1970; NULL: from the beginning.
ALTER TABLE conferences ADD COLUMN opens_ms BIGINT;
