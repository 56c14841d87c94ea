-- When a conference is meant to be and what it is about. Every conference has one row.
CREATE TABLE plans (
    conference TEXT PRIMARY KEY,
    starts_ms BIGINT,
    ends_ms BIGINT,
    minutes BIGINT NOT NULL,
    cancelled_ms BIGINT,
    ended_ms BIGINT,
    series TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    -- Minutes before the start of the newest reminder that was made; 0 when none was.
    reminded BIGINT NOT NULL,
    -- Title, label and note without diacritics.
    search TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX plans_by_start ON plans (starts_ms);
CREATE INDEX plans_by_series ON plans (series);
INSERT INTO plans (conference, minutes, series, sequence, reminded, search, body)
    SELECT id, 60, '', 0, 0, lower(title), '{}' FROM conferences;

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    conference TEXT NOT NULL,
    place BIGINT NOT NULL,
    person BIGINT,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    answered_ms BIGINT,
    delegate_of TEXT,
    -- Of the link that answers; kept as a hash, so that a copy of the database answers nothing.
    token_hash BYTEA,
    token_expires_ms BIGINT NOT NULL
);
CREATE INDEX invitations_by_conference ON invitations (conference, place);
CREATE INDEX invitations_by_person ON invitations (person);
CREATE UNIQUE INDEX invitations_by_token ON invitations (token_hash);

CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT,
    body TEXT NOT NULL
);

CREATE TABLE addresses (
    person BIGINT PRIMARY KEY,
    email TEXT NOT NULL
);

CREATE TABLE calendar_keys (
    person BIGINT PRIMARY KEY,
    key_hash BYTEA NOT NULL,
    made_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX calendar_keys_by_hash ON calendar_keys (key_hash);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    -- Sealed with a key of the server.
    secret BYTEA NOT NULL,
    events TEXT NOT NULL,
    active BIGINT NOT NULL,
    made_ms BIGINT NOT NULL
);

-- What leaves the system: mails and deliveries of web-hooks.
CREATE TABLE dispatches (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel TEXT NOT NULL,
    -- Names one thing to be told; the same thing is never put in twice.
    token TEXT NOT NULL UNIQUE,
    conference TEXT NOT NULL,
    target TEXT NOT NULL,
    word TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    touched_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    said TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX dispatches_due ON dispatches (channel, state, next_ms);
CREATE INDEX dispatches_by_conference ON dispatches (conference);
CREATE INDEX dispatches_by_target ON dispatches (target);
