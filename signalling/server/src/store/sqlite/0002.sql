-- Where a sign-in came from, for the list that its owner sees, and whether a code was asked for.
-- Sessions made before have neither: everybody signs in once more.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0;

ALTER TABLE accounts ADD COLUMN password_set_ms INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET password_set_ms = CAST(strftime('%s', 'now') AS INTEGER) * 1000;
ALTER TABLE accounts ADD COLUMN unit_code TEXT;

CREATE TABLE former_passwords (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL REFERENCES persons (id),
    password_hash TEXT NOT NULL
) STRICT;
CREATE INDEX former_passwords_by_person ON former_passwords (person, id);

CREATE TABLE second_factors (
    person INTEGER PRIMARY KEY REFERENCES persons (id),
    sealed BLOB NOT NULL,
    confirmed INTEGER NOT NULL,
    last_step INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    person INTEGER NOT NULL REFERENCES persons (id),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (person, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    parent TEXT
) STRICT;
