-- When a conference is meant to be and what it is about. Every conference has one row.
CREATE TABLE plans (
    conference TEXT PRIMARY KEY,
    starts_ms INTEGER,
    ends_ms INTEGER,
    minutes INTEGER NOT NULL,
    cancelled_ms INTEGER,
    ended_ms INTEGER,
    series TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    -- Minutes before the start of the newest reminder that was made; 0 when none was.
    reminded INTEGER NOT NULL,
    -- Title, label and note without diacritics.
    search TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX plans_by_start ON plans (starts_ms);
CREATE INDEX plans_by_series ON plans (series);
INSERT INTO plans (conference, minutes, series, sequence, reminded, search, body)
    SELECT id, 60, '', 0, 0, lower(title), '{}' FROM conferences;

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    conference TEXT NOT NULL,
    place INTEGER NOT NULL,
    person INTEGER,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    answered_ms INTEGER,
    delegate_of TEXT,
    -- Of the link that answers; kept as a hash, so that a copy of the database answers nothing.
    token_hash BLOB,
    token_expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX invitations_by_conference ON invitations (conference, place);
CREATE INDEX invitations_by_person ON invitations (person);
CREATE UNIQUE INDEX invitations_by_token ON invitations (token_hash);

CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by INTEGER,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE addresses (
    person INTEGER PRIMARY KEY,
    email TEXT NOT NULL
) STRICT;

CREATE TABLE calendar_keys (
    person INTEGER PRIMARY KEY,
    key_hash BLOB NOT NULL,
    made_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX calendar_keys_by_hash ON calendar_keys (key_hash);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    -- Sealed with a key of the server.
    secret BLOB NOT NULL,
    events TEXT NOT NULL,
    active INTEGER NOT NULL,
    made_ms INTEGER NOT NULL
) STRICT;

-- What leaves the system: mails and deliveries of web-hooks.
CREATE TABLE dispatches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    -- Names one thing to be told; the same thing is never put in twice.
    token TEXT NOT NULL UNIQUE,
    conference TEXT NOT NULL,
    target TEXT NOT NULL,
    word TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    touched_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    said TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX dispatches_due ON dispatches (channel, state, next_ms);
CREATE INDEX dispatches_by_conference ON dispatches (conference);
CREATE INDEX dispatches_by_target ON dispatches (target);
