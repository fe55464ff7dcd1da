-- The first tables, for SQLite. The same file for PostgreSQL lies in ../postgres.
-- Every column is text, bytes or a whole number, so that both engines share one mapping (src/store/row.rs):
--   a moment is whole seconds since 1970 (UTC); a day is ISO text (2026-11-23); a wall-clock time is ISO text.
-- Never edit this file once it is released: applied migrations are compared by their hash.

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE subscribers (
    chat_hash       BLOB NOT NULL PRIMARY KEY, -- keyed hash of the chat's id
    chat_sealed     BLOB NOT NULL, -- the chat's id, encrypted
    revision        INTEGER NOT NULL, -- a write succeeds only on the revision that it read
    language        TEXT NOT NULL,
    country         TEXT NOT NULL,
    zone            TEXT NOT NULL, -- IANA name
    schedule        TEXT NOT NULL, -- five-field cron expression, on her wall clock
    pools           TEXT NOT NULL, -- names with commas between
    sound           INTEGER NOT NULL, -- 0 or 1
    standing        TEXT NOT NULL,
    paused_until    INTEGER,
    blocked_since   INTEGER,
    awaiting        TEXT,
    consent_version INTEGER NOT NULL,
    consented_on    TEXT NOT NULL,
    last_active     TEXT NOT NULL,
    due_at          INTEGER, -- the next note; the schedule is the queue
    slot_wall       TEXT, -- the wall-clock time that the schedule named
    last_sent       INTEGER,
    carried         TEXT,
    history         TEXT NOT NULL, -- JSON: ids of notes, never their text
    silence         TEXT NOT NULL,
    erase_at        INTEGER,
    CHECK ((due_at IS NULL) = (slot_wall IS NULL))
) STRICT;

-- The hash is in the index so that the due rows can be read in pages, none twice.
CREATE INDEX subscribers_due ON subscribers (due_at, chat_hash) WHERE due_at IS NOT NULL;
CREATE INDEX subscribers_erase ON subscribers (erase_at) WHERE erase_at IS NOT NULL;

-- Answers that Telegram could not take at once: what is to be said, sealed, and gone once said.
CREATE TABLE parked (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_hash  BLOB NOT NULL,
    sealed     BLOB NOT NULL, -- the chat's id and the letter, encrypted
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX parked_chat ON parked (chat_hash, id);
