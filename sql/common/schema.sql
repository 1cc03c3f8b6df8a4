CREATE SEQUENCE loyalty_data.id_seq AS int8 MAXVALUE 281474976710655;
COMMENT ON SEQUENCE loyalty_data.id_seq IS
    'Ids of customers, events, lots and the like: the low 48 bits of loyalty_data.next_id()';

CREATE SEQUENCE loyalty_data.reference_id_seq AS int4;
COMMENT ON SEQUENCE loyalty_data.reference_id_seq IS
    'Ids of reference data: orgs, programs, stores, tills';

CREATE TABLE loyalty_data.source (
    source_id   int2 NOT NULL PRIMARY KEY,
    source      text COLLATE "C" NOT NULL UNIQUE,
    needs_account bool NOT NULL DEFAULT false,
    CONSTRAINT source_is_one CHECK (upper(translate(source, ' -_', '')) <> ALL ('{ALL,""}'::text[]))
);
CREATE UNIQUE INDEX source_word ON loyalty_data.source (upper(translate(source, ' -_', '')));
CREATE SEQUENCE loyalty_data.source_id_seq AS int2 MINVALUE 100 MAXVALUE 1099;
COMMENT ON SEQUENCE loyalty_data.source_id_seq IS
    'Ids of sources that create_source adds: every backend keeps all sources, so there is a most of them';
COMMENT ON TABLE loyalty_data.source IS
    'The systems a profile or an event comes from, which all orgs share. Seeded rows are part of the extension (ids below 100)';
SELECT pg_extension_config_dump('loyalty_data.source', 'WHERE source_id >= 100');
INSERT INTO loyalty_data.source VALUES
    (1, 'INSTORE', false), (2, 'ECOMMERCE', false), (3, 'WEBSITE', false), (4, 'MOBILE_APP', false),
    (5, 'FACEBOOK', true), (6, 'WECHAT', true), (7, 'LINE', true), (8, 'LINKEDIN', false), (9, 'WEB_ENGAGE', true),
    (10, 'MPUSH_FCM', false), (11, 'MAPP_SDK', false), (12, 'OAUTH_EXTERNAL', false),
    (13, 'TMALL', false);

-- Where there is no key file, one-time codes are digested and sealed under this. Codes live for minutes, and backups do not have it.
CREATE TABLE loyalty_data.code_key (
    made_at     timestamptz NOT NULL,
    secret_id   int2 NOT NULL PRIMARY KEY,
    secret      bytea NOT NULL,
    CONSTRAINT code_key_id CHECK (secret_id < 0)
);
COMMENT ON TABLE loyalty_data.code_key IS
    'Random secrets of this database, for one-time codes and vouchers where there is no key file. In no dump, but in physical copies and publications of all tables';
COMMENT ON COLUMN loyalty_data.code_key.secret_id IS 'Drawn at random, below zero: keys of the key file are above';

-- Each capability claims what its parts have made: claim.sql.in, which stands behind the parts of each.
CREATE TABLE loyalty_data.object_capability (
    name        text COLLATE "C" NOT NULL PRIMARY KEY,
    capability  text COLLATE "C" NOT NULL
);
COMMENT ON TABLE loyalty_data.object_capability IS
    'Catalogue: the capability of every function and view of schema loyalty, filled by the install script';
COMMENT ON COLUMN loyalty_data.object_capability.name IS 'The name of the function or view, which no other has';
COMMENT ON COLUMN loyalty_data.object_capability.capability IS 'The capability whose part made it';

-- The last part of this script writes down the triggers that the others have made.
CREATE TABLE loyalty_data.made_trigger (
    table_name      text COLLATE "C" NOT NULL,
    trigger_name    text COLLATE "C" NOT NULL,
    function_name   text COLLATE "C" NOT NULL,
    trigger_type    int2 NOT NULL,
    PRIMARY KEY (table_name, trigger_name)
);
COMMENT ON TABLE loyalty_data.made_trigger IS
    'Catalogue: every trigger of the extension''s tables that there must be, filled by the install script; health_check compares';
COMMENT ON COLUMN loyalty_data.made_trigger.table_name IS 'The table, of schema loyalty_data';
COMMENT ON COLUMN loyalty_data.made_trigger.trigger_name IS 'The name of the trigger on that table';
COMMENT ON COLUMN loyalty_data.made_trigger.function_name IS 'The function that it calls, of schema loyalty_data';
COMMENT ON COLUMN loyalty_data.made_trigger.trigger_type IS 'When it fires, as pg_trigger.tgtype has it';

-- Where the rows of a table would be if one database had many servers. Each capability says it of its tables, in its
-- schema.sql.
CREATE TABLE loyalty_data.table_distribution (
    table_name      text COLLATE "C" NOT NULL PRIMARY KEY,
    distribution    text COLLATE "C" NOT NULL CHECK (distribution IN ('reference', 'customer', 'value')),
    key_column      text COLLATE "C",
    CHECK (CASE distribution WHEN 'reference' THEN key_column IS NULL WHEN 'customer' THEN key_column = 'customer_id'
        ELSE key_column IS NOT NULL AND key_column <> 'customer_id' END)
);
COMMENT ON TABLE loyalty_data.table_distribution IS
    'Catalogue: where the rows of each table would be if one database had many servers, filled by the install script';
COMMENT ON COLUMN loyalty_data.table_distribution.table_name IS 'The table, which stands in loyalty_data';
COMMENT ON COLUMN loyalty_data.table_distribution.distribution IS
    'reference: a copy on every server; customer: all rows of a customer together; value: rows of one value together';
COMMENT ON COLUMN loyalty_data.table_distribution.key_column IS
    'The column whose value says where a row is, beside org_id; NULL: rows are everywhere';
INSERT INTO loyalty_data.table_distribution VALUES
    ('code_key', 'reference', NULL),
    ('made_trigger', 'reference', NULL),
    ('object_capability', 'reference', NULL),
    ('source', 'reference', NULL),
    ('table_distribution', 'reference', NULL);
