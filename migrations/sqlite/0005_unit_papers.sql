-- What is added to papers: sizes of stamps that the law at hand leaves open, entered
-- by the administrator for all units, and each unit's own Word templates.

-- Lengths in micrometres, letters in hundredths of a point with blanks between.
CREATE TABLE stamp_size (
    stamp TEXT NOT NULL,
    generation TEXT NOT NULL,
    round BOOLEAN NOT NULL,
    width_um INTEGER NOT NULL,
    height_um INTEGER NOT NULL,
    border_lines INTEGER NOT NULL,
    border_gap_um INTEGER NOT NULL,
    row_gap_um INTEGER,
    letters TEXT NOT NULL,
    bold BOOLEAN NOT NULL,
    entered_by INTEGER NOT NULL REFERENCES account (id),
    entered_at TEXT NOT NULL,
    PRIMARY KEY (generation, stamp)
);

-- A template is never changed: another text is another template.
CREATE TABLE word_template (
    id INTEGER PRIMARY KEY,
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BLOB NOT NULL,
    retired_at TEXT,
    created_by INTEGER NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL
);
CREATE INDEX word_template_unit ON word_template (unit_id, subject, id);
