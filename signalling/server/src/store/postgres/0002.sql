-- Where a sign-in came from, for the list that its owner sees, and whether a code was asked for.
-- Sessions made before have neither: everybody signs in once more.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE accounts ADD COLUMN password_set_ms BIGINT NOT NULL DEFAULT 0;
UPDATE accounts SET password_set_ms = CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT);
ALTER TABLE accounts ADD COLUMN unit_code TEXT;

CREATE TABLE former_passwords (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES persons (id),
    password_hash TEXT NOT NULL
);
CREATE INDEX former_passwords_by_person ON former_passwords (person, id);

CREATE TABLE second_factors (
    person BIGINT PRIMARY KEY REFERENCES persons (id),
    sealed BYTEA NOT NULL,
    confirmed BOOLEAN NOT NULL,
    last_step BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    person BIGINT NOT NULL REFERENCES persons (id),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (person, hash)
);

CREATE TABLE units (
    code TEXT COLLATE "C" PRIMARY KEY,
    name TEXT NOT NULL,
    parent TEXT
);
