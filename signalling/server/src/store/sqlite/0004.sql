-- What kind of meeting it is and how secret.
ALTER TABLE conferences ADD COLUMN kind TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE conferences ADD COLUMN secrecy TEXT NOT NULL DEFAULT 'public';

-- The invited sites in the order in which the roll is called. A site may leave its tree later; it stays
-- invited under its id.
CREATE TABLE conference_sites (
    conference TEXT NOT NULL,
    place INTEGER NOT NULL,
    tree TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (conference, place)
) STRICT;
