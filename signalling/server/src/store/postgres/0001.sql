CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE persons (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    guest_of TEXT,
    created_ms BIGINT NOT NULL
);

CREATE TABLE accounts (
    person BIGINT PRIMARY KEY REFERENCES persons (id),
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    failures BIGINT NOT NULL DEFAULT 0,
    locked_until_ms BIGINT,
    disabled BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES persons (id),
    kind TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_end ON sessions (expires_ms);

CREATE TABLE conferences (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    label TEXT NOT NULL,
    waiting_room BOOLEAN NOT NULL,
    guests BOOLEAN NOT NULL,
    always_open BOOLEAN NOT NULL,
    participant_limit BIGINT NOT NULL,
    created_by BIGINT REFERENCES persons (id),
    created_ms BIGINT NOT NULL
);
CREATE INDEX conferences_by_age ON conferences (created_ms);

CREATE TABLE sites (
    tree TEXT NOT NULL,
    id TEXT NOT NULL,
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    sector TEXT,
    sample BOOLEAN NOT NULL,
    PRIMARY KEY (tree, id)
);

-- Conference ids sort by bytes everywhere, whatever the locale of the server.
CREATE TABLE journal (
    conference TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version BETWEEN 0 AND 65535),
    body TEXT NOT NULL,
    previous BYTEA NOT NULL CHECK (octet_length(previous) = 32),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (conference, seq)
);

CREATE TABLE texts (
    conference TEXT NOT NULL,
    id BIGINT NOT NULL,
    person BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (conference, id)
);
CREATE INDEX texts_by_person ON texts (person);

CREATE TABLE snapshots (
    conference TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    seal BYTEA NOT NULL
);
