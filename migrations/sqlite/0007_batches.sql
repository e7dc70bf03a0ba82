-- Batches: one act on several documents at once. Each document keeps its own dossier.

CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    kind TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    members INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    UNIQUE (unit_id, year, serial)
);
CREATE INDEX batch_unit ON batch (unit_id, id);

CREATE TABLE batch_member (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    n INTEGER NOT NULL,
    dossier_id INTEGER NOT NULL UNIQUE REFERENCES dossier (id),
    PRIMARY KEY (batch_id, n)
);

-- Documents are looked up by their number when a batch is put together from a paper list.
CREATE INDEX document_number ON document (unit_id, number_symbol);
