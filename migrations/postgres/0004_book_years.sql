-- What a unit decided about one book of one year: how its lines are numbered, and
-- the closing after which it takes no number any more.

CREATE TABLE book_year (
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    kind TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    -- 'one' series for the book, or one 'by_level' beside it.
    numbering TEXT COLLATE "C" NOT NULL,
    closed_on TEXT COLLATE "C",
    last_serial BIGINT,
    pages BIGINT,
    closed_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (unit_id, kind, year)
);

-- The number of a line within its level, in books that number by level.
ALTER TABLE entry ADD COLUMN level_serial BIGINT;
CREATE UNIQUE INDEX entry_level_serial ON entry (unit_id, kind, year, level, level_serial) WHERE level_serial IS NOT NULL;
-- The book in which the correcting line stands, when it is not the same year's.
ALTER TABLE entry ADD COLUMN corrected_by_year BIGINT;
