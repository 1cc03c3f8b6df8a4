CREATE SEQUENCE loyalty_data.id_seq AS int8 MAXVALUE 281474976710655;
COMMENT ON SEQUENCE loyalty_data.id_seq IS
    'Ids of customers, events, lots and the like: the low 48 bits of loyalty_data.next_id()';

CREATE SEQUENCE loyalty_data.reference_id_seq AS int4;
COMMENT ON SEQUENCE loyalty_data.reference_id_seq IS
    'Ids of reference data: orgs, programs, stores, tills';

CREATE TABLE loyalty_data.source (
    source_id   int2 NOT NULL PRIMARY KEY,
    source      text COLLATE "C" NOT NULL UNIQUE,
    needs_account bool NOT NULL DEFAULT false
);
COMMENT ON TABLE loyalty_data.source IS
    'The systems a profile or an event comes from. Seeded rows are part of the extension (ids below 100)';
SELECT pg_extension_config_dump('loyalty_data.source', 'WHERE source_id >= 100');
INSERT INTO loyalty_data.source VALUES
    (1, 'INSTORE', false), (2, 'ECOMMERCE', false), (3, 'WEBSITE', false), (4, 'MOBILE_APP', false),
    (5, 'FACEBOOK', true), (6, 'WECHAT', true), (7, 'LINE', true), (8, 'LINKEDIN', false), (9, 'WEB_ENGAGE', true),
    (10, 'MPUSH_FCM', false), (11, 'MAPP_SDK', false), (12, 'OAUTH_EXTERNAL', false);

-- Each capability claims what its parts have made, by the last statement of its last part.
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
