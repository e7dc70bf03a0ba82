-- Every act on a secret: dossiers and their steps, where copies lie, stock-takes.

-- A document's own standing. `judged` says that an act has set level or term, so
-- that a correction of its book line leaves them alone.
ALTER TABLE document ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
ALTER TABLE document ADD COLUMN carrier TEXT NOT NULL DEFAULT 'document';
ALTER TABLE document ADD COLUMN catalogue_item TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN judged BOOLEAN NOT NULL DEFAULT FALSE;
-- The yearly statistics are counted from the index alone.
CREATE INDEX document_year ON document (unit_id, determined_on, direction, level, copies_issued);
CREATE INDEX document_item ON document (unit_id, catalogue_item, id);

-- The safe, cupboard or room where a copy lies while the unit has it.
ALTER TABLE copy ADD COLUMN container TEXT NOT NULL DEFAULT '';

CREATE TABLE dossier (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    document_id INTEGER REFERENCES document (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    closed BOOLEAN NOT NULL,
    title TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    due_on TEXT,
    steps INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX dossier_unit ON dossier (unit_id, closed, kind, id);
CREATE INDEX dossier_due ON dossier (unit_id, closed, due_on, id);
CREATE INDEX dossier_document ON dossier (document_id, id);

-- A step is never edited: what went wrong is put right by a later step.
CREATE TABLE dossier_step (
    id INTEGER PRIMARY KEY,
    dossier_id INTEGER NOT NULL REFERENCES dossier (id),
    n INTEGER NOT NULL,
    step TEXT NOT NULL,
    on_date TEXT NOT NULL,
    fields TEXT NOT NULL,
    because TEXT NOT NULL,
    notes TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    UNIQUE (dossier_id, n)
);

CREATE TABLE stock_take (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    opened_on TEXT NOT NULL,
    closed_on TEXT,
    led_by TEXT NOT NULL,
    members TEXT NOT NULL,
    expected INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX stock_take_unit ON stock_take (unit_id, id);

-- One line a copy that the books say the unit has.
CREATE TABLE stock_line (
    stock_id INTEGER NOT NULL REFERENCES stock_take (id),
    copy_id INTEGER NOT NULL REFERENCES copy (id),
    expected_container TEXT NOT NULL,
    result TEXT NOT NULL,
    found_container TEXT NOT NULL,
    note TEXT NOT NULL,
    account_id INTEGER REFERENCES account (id),
    seen_at TEXT,
    PRIMARY KEY (stock_id, copy_id)
);
CREATE INDEX stock_line_result ON stock_line (stock_id, result, copy_id);

-- Holdings that a new or replaced catalogue touches.
CREATE TABLE sweep (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    catalogue TEXT NOT NULL,
    replaced_by TEXT NOT NULL,
    found INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX sweep_unit ON sweep (unit_id, id);

CREATE TABLE sweep_item (
    sweep_id INTEGER NOT NULL REFERENCES sweep (id),
    document_id INTEGER NOT NULL REFERENCES document (id),
    outcome TEXT NOT NULL,
    note TEXT NOT NULL,
    account_id INTEGER REFERENCES account (id),
    PRIMARY KEY (sweep_id, document_id)
);
CREATE INDEX sweep_item_outcome ON sweep_item (sweep_id, outcome, document_id);
