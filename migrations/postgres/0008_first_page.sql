-- What the first page counts is found without walking a unit's documents.

-- A copy carries the unit of its document.
ALTER TABLE copy ADD COLUMN unit_id BIGINT NOT NULL DEFAULT 0;
UPDATE copy SET unit_id = (SELECT d.unit_id FROM document d WHERE d.id = copy.document_id);
CREATE INDEX copy_place ON copy (unit_id, holder_kind, container);

-- Old ends of terms of what is no secret any more are passed over.
DROP INDEX document_term;
CREATE INDEX document_term ON document (unit_id, status, term_until, id);
CREATE INDEX document_without_item ON document (unit_id, status, direction, catalogue_item)
    WHERE catalogue_item = '' AND status = 'active' AND direction = 'di';
