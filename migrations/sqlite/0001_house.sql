-- The house of the first edition: units, people, the four books, custody,
-- plans and tasks, the ledger. Dates are ISO text, instants UTC text.

CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_name TEXT NOT NULL,
    place TEXT NOT NULL,
    supervises BOOLEAN NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    login TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    post TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret BLOB,
    totp_step INTEGER NOT NULL,
    failed_tries INTEGER NOT NULL,
    locked_until TEXT,
    disabled_at TEXT,
    must_change BOOLEAN NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX account_unit ON account (unit_id, login);

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    csrf TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row per gapless series; the row lock is the queue of the clerks.
CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    n INTEGER NOT NULL
) WITHOUT ROWID;

-- Answers "did it happen?" when a browser sends a form twice.
CREATE TABLE request (
    id TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    direction TEXT NOT NULL,
    number_symbol TEXT NOT NULL,
    doc_date TEXT,
    doc_type TEXT NOT NULL,
    subject TEXT,
    level TEXT NOT NULL,
    issuer TEXT NOT NULL,
    signer TEXT NOT NULL,
    determined_on TEXT,
    term_until TEXT,
    regime TEXT NOT NULL,
    copies_issued INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX document_unit ON document (unit_id, id);
CREATE INDEX document_term ON document (unit_id, term_until);

-- One line of one statutory book. A line is never edited: a correction is a
-- new line that names the old one.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL,
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    edition TEXT NOT NULL,
    document_id INTEGER REFERENCES document (id),
    entry_date TEXT NOT NULL,
    number_symbol TEXT NOT NULL,
    number_key TEXT NOT NULL,
    doc_date TEXT,
    doc_type TEXT NOT NULL,
    subject TEXT,
    subject_consent TEXT,
    level TEXT,
    signer TEXT NOT NULL,
    issuer TEXT NOT NULL,
    recipient TEXT NOT NULL,
    receiver_sign TEXT NOT NULL,
    holder TEXT NOT NULL,
    quantity INTEGER,
    copy_numbers TEXT NOT NULL,
    arrival_number TEXT NOT NULL,
    envelope TEXT NOT NULL,
    form TEXT NOT NULL,
    permitted_by TEXT NOT NULL,
    performed_by TEXT NOT NULL,
    surplus TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    corrects_serial INTEGER,
    corrected_by_serial INTEGER,
    imported BOOLEAN NOT NULL,
    late BOOLEAN NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    -- Folded words and the level, between blanks: what the search reads.
    words TEXT NOT NULL,
    UNIQUE (unit_id, kind, year, serial)
);
CREATE INDEX entry_number ON entry (unit_id, kind, year, number_key, serial);
CREATE INDEX entry_doc_date ON entry (unit_id, kind, year, doc_date, serial);
CREATE INDEX entry_day ON entry (unit_id, kind, entry_date);
CREATE INDEX entry_document ON entry (document_id) WHERE document_id IS NOT NULL;
-- Incoming lines that nobody signed for, counted on the first page.
CREATE INDEX entry_unsigned ON entry (unit_id, kind, year) WHERE kind = 'den' AND receiver_sign = '' AND state = 'active';
-- Lines that no longer stand are few. A search for standing ones leaves these out.
CREATE INDEX entry_closed ON entry (unit_id, kind, year, serial, state) WHERE state <> 'active';

-- Search without marks, the same on both databases: for each closed run of
-- lines (256, then 2,048, then 16,384) the words and where they stand in it.
-- Newer lines are found by their own words.
CREATE TABLE word_run (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    year INTEGER NOT NULL,
    low INTEGER NOT NULL,
    UNIQUE (unit_id, kind, year, low)
);

CREATE TABLE word_hit (
    run_id INTEGER NOT NULL REFERENCES word_run (id),
    word TEXT NOT NULL,
    hits BLOB NOT NULL,
    PRIMARY KEY (run_id, word)
) WITHOUT ROWID;

CREATE TABLE copy (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id),
    label TEXT NOT NULL,
    origin TEXT NOT NULL,
    holder_kind TEXT NOT NULL,
    holder_name TEXT NOT NULL,
    since TEXT NOT NULL,
    moves INTEGER NOT NULL,
    UNIQUE (document_id, label)
);

CREATE TABLE custody_move (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id),
    copy_id INTEGER NOT NULL REFERENCES copy (id),
    move_no INTEGER NOT NULL,
    from_kind TEXT NOT NULL,
    from_name TEXT NOT NULL,
    to_kind TEXT NOT NULL,
    to_name TEXT NOT NULL,
    on_date TEXT NOT NULL,
    receiver_sign TEXT NOT NULL,
    entry_id INTEGER REFERENCES entry (id),
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    UNIQUE (copy_id, move_no)
);
CREATE INDEX custody_move_document ON custody_move (document_id, id);

CREATE TABLE copy_permit (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    decided_on TEXT NOT NULL,
    decider_name TEXT NOT NULL,
    decider_post TEXT NOT NULL,
    form TEXT NOT NULL,
    copies INTEGER NOT NULL,
    recipients TEXT NOT NULL,
    performed_by TEXT NOT NULL,
    citation TEXT NOT NULL,
    entry_id INTEGER REFERENCES entry (id),
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX copy_permit_document ON copy_permit (document_id, id);

-- Work secrets (bí mật công tác) are another thing: no level, no statutory book.
CREATE TABLE work_secret (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    number_symbol TEXT NOT NULL,
    doc_date TEXT,
    subject TEXT NOT NULL,
    keeper TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX work_secret_unit ON work_secret (unit_id, id);

CREATE TABLE plan (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    form TEXT NOT NULL,
    type_code TEXT,
    number TEXT,
    doc_date TEXT,
    issuer TEXT,
    title TEXT NOT NULL,
    warnings TEXT NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    UNIQUE (unit_id, file_sha256)
);

CREATE TABLE task (
    id INTEGER PRIMARY KEY,
    plan_id INTEGER NOT NULL REFERENCES plan (id),
    position INTEGER NOT NULL,
    at_label TEXT NOT NULL,
    text TEXT NOT NULL,
    actors TEXT NOT NULL,
    with_actors TEXT NOT NULL,
    due_text TEXT,
    every TEXT,
    due_on TEXT,
    unit_id INTEGER REFERENCES unit (id),
    state TEXT NOT NULL,
    result TEXT,
    result_ref TEXT,
    reported_on TEXT,
    reason TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX task_plan ON task (plan_id, position, id);
CREATE INDEX task_unit ON task (unit_id, state, due_on);
CREATE INDEX task_due ON task (state, due_on);

CREATE TABLE task_step (
    id INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES task (id),
    act TEXT NOT NULL,
    note TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX task_step_task ON task_step (task_id, id);

-- Exact bytes that were hashed. Never migrated, never re-serialised.
CREATE TABLE ledger_event (
    seq INTEGER NOT NULL PRIMARY KEY,
    unit_id INTEGER,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    bytes BLOB NOT NULL,
    leaf BLOB NOT NULL
);
CREATE INDEX ledger_event_object ON ledger_event (object, seq);
CREATE INDEX ledger_event_unit ON ledger_event (unit_id, seq);

-- Roots of complete subtrees of 2^level leaves, for proofs without a full read.
CREATE TABLE ledger_node (
    level INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, position)
);

CREATE TABLE ledger_head (
    id INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL
);

CREATE TABLE checkpoint (
    size INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    created_at TEXT NOT NULL
);
