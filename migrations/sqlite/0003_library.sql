-- The unit's own library: instruments that are not in the law pack, and catalogues
-- of secrets read in from files.

-- Number and date together name an instrument. Of an attached file only the name and
-- its SHA-256 are kept, so that a copy at hand can be recognised.
CREATE TABLE instrument (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    number TEXT NOT NULL,
    number_key TEXT NOT NULL,
    doc_date TEXT NOT NULL,
    kind TEXT NOT NULL,
    origin TEXT NOT NULL,
    issuer TEXT NOT NULL,
    title TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    replaced_by TEXT NOT NULL,
    replaced_by_date TEXT,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    note TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    UNIQUE (unit_id, number_key, doc_date)
);
CREATE INDEX instrument_unit ON instrument (unit_id, doc_date, id);

CREATE TABLE unit_catalogue (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    number TEXT NOT NULL,
    number_key TEXT NOT NULL,
    doc_date TEXT NOT NULL,
    issuer TEXT NOT NULL,
    sphere TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    replaced_by TEXT NOT NULL,
    replaced_by_date TEXT,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    items INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    UNIQUE (unit_id, number_key, doc_date)
);

-- Never changed once written: another text is another catalogue.
CREATE TABLE unit_catalogue_item (
    catalogue_id INTEGER NOT NULL REFERENCES unit_catalogue (id),
    n INTEGER NOT NULL,
    level TEXT NOT NULL,
    article TEXT NOT NULL,
    clause TEXT NOT NULL,
    point TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (catalogue_id, n)
);
