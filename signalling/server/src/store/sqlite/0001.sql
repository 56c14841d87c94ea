CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE persons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    guest_of TEXT,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    person INTEGER PRIMARY KEY REFERENCES persons (id),
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until_ms INTEGER,
    disabled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES persons (id),
    kind TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_end ON sessions (expires_ms);

CREATE TABLE conferences (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    label TEXT NOT NULL,
    waiting_room INTEGER NOT NULL,
    guests INTEGER NOT NULL,
    always_open INTEGER NOT NULL,
    participant_limit INTEGER NOT NULL,
    created_by INTEGER REFERENCES persons (id),
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX conferences_by_age ON conferences (created_ms);

CREATE TABLE sites (
    tree TEXT NOT NULL,
    id TEXT NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    sector TEXT,
    sample INTEGER NOT NULL,
    PRIMARY KEY (tree, id)
) STRICT;

CREATE TABLE journal (
    conference TEXT NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version BETWEEN 0 AND 65535),
    body TEXT NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (conference, seq)
) STRICT;

CREATE TABLE texts (
    conference TEXT NOT NULL,
    id INTEGER NOT NULL,
    person INTEGER,
    body TEXT NOT NULL,
    PRIMARY KEY (conference, id)
) STRICT;
CREATE INDEX texts_by_person ON texts (person);

CREATE TABLE snapshots (
    conference TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    seal BLOB NOT NULL
) STRICT;
