-- The watch over portals, folders and mailboxes: one queue of jobs, sources, runs, what was
-- seen, what was found, taking down, handing over; and the cases that a unit opens from it.

-- `due_at` of a leased job is the end of its lease. `name` makes the same work stand once.
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    deaths INTEGER NOT NULL,
    worker TEXT NOT NULL,
    said TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
);
CREATE INDEX job_open ON job (kind, due_at, id) WHERE ended_at IS NULL;

CREATE TABLE watch_source (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    owner_code TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    rate_per_min INTEGER NOT NULL,
    every_days INTEGER,
    next_on TEXT,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX watch_source_unit ON watch_source (unit_id, id);
CREATE INDEX watch_source_next ON watch_source (next_on, id) WHERE active;

CREATE TABLE watch_run (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES watch_source (id),
    how TEXT NOT NULL,
    state TEXT NOT NULL,
    rules TEXT NOT NULL,
    worker TEXT NOT NULL,
    total INTEGER,
    same INTEGER NOT NULL,
    marked INTEGER NOT NULL,
    clean INTEGER NOT NULL,
    incomplete INTEGER NOT NULL,
    said TEXT NOT NULL,
    asked_by INTEGER NOT NULL REFERENCES account (id),
    asked_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    ended_on TEXT
);
CREATE INDEX watch_run_source ON watch_run (source_id, id);
CREATE UNIQUE INDEX watch_run_open ON watch_run (source_id) WHERE ended_at IS NULL;

-- One file, or one member of a file, with one content at one address. No content is kept.
-- `file_key` is the SHA-256 of the address, `address_key` of address and member: an index holds
-- them however long an address is.
CREATE TABLE watch_object (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES watch_source (id),
    address TEXT NOT NULL,
    member TEXT NOT NULL,
    file_key TEXT NOT NULL,
    address_key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    kind TEXT NOT NULL,
    verdict TEXT NOT NULL,
    level TEXT,
    unread TEXT NOT NULL,
    rules TEXT NOT NULL,
    first_run INTEGER NOT NULL REFERENCES watch_run (id),
    last_run INTEGER NOT NULL REFERENCES watch_run (id),
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    confirmed_at TEXT,
    gone_at TEXT,
    UNIQUE (source_id, address_key, sha256)
);
CREATE INDEX watch_object_file ON watch_object (source_id, file_key, file_sha256);
CREATE INDEX watch_object_verdict ON watch_object (source_id, verdict, id);
CREATE INDEX watch_object_open ON watch_object (confirmed_at, id) WHERE confirmed_at IS NOT NULL AND gone_at IS NULL;

CREATE TABLE watch_finding (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    source_id INTEGER NOT NULL REFERENCES watch_source (id),
    object_id INTEGER NOT NULL REFERENCES watch_object (id),
    mark TEXT NOT NULL,
    rule TEXT NOT NULL,
    level TEXT,
    page INTEGER,
    bbox TEXT NOT NULL,
    how TEXT NOT NULL,
    permille INTEGER NOT NULL,
    excerpt TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    decision_number TEXT NOT NULL,
    decision_date TEXT,
    found_at TEXT NOT NULL,
    found_on TEXT NOT NULL,
    last_run INTEGER NOT NULL REFERENCES watch_run (id),
    reviewed_by INTEGER REFERENCES account (id),
    reviewed_at TEXT,
    version INTEGER NOT NULL,
    UNIQUE (object_id, mark)
);
CREATE INDEX watch_finding_unit ON watch_finding (unit_id, id);
CREATE INDEX watch_finding_state ON watch_finding (unit_id, state, id);
CREATE INDEX watch_finding_day ON watch_finding (unit_id, found_on);
CREATE INDEX watch_finding_source ON watch_finding (source_id, state, id);

CREATE TABLE watch_takedown (
    object_id INTEGER NOT NULL REFERENCES watch_object (id),
    step TEXT NOT NULL,
    outcome TEXT NOT NULL,
    done_at TEXT NOT NULL,
    note TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    PRIMARY KEY (object_id, step)
);

-- The signed file as it left: metadata only.
CREATE TABLE hand_over (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    object_id INTEGER NOT NULL REFERENCES watch_object (id),
    number TEXT NOT NULL,
    receiver_code TEXT NOT NULL,
    receiver_name TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    UNIQUE (object_id, receiver_code)
);

-- Keys of the watch installations whose files are taken.
CREATE TABLE sender_key (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    added_by INTEGER NOT NULL REFERENCES account (id),
    added_at TEXT NOT NULL
);

CREATE TABLE leak_case (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    sender TEXT NOT NULL,
    number TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    note TEXT NOT NULL,
    address TEXT NOT NULL,
    level TEXT,
    confirmed_on TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT NOT NULL,
    words TEXT NOT NULL,
    received_by INTEGER NOT NULL REFERENCES account (id),
    received_at TEXT NOT NULL,
    closed_by INTEGER REFERENCES account (id),
    closed_at TEXT,
    UNIQUE (unit_id, sender, number)
);
CREATE INDEX leak_case_unit ON leak_case (unit_id, state, id);
