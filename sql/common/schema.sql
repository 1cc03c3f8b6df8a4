-- Ids of customers, events, lots and the like: the low 48 bits of loyalty.next_id().
CREATE SEQUENCE loyalty.id_seq AS pg_catalog.int8 MAXVALUE 281474976710655;
REVOKE ALL ON SEQUENCE loyalty.id_seq FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.id_seq', '');

-- Ids of reference data: orgs, programs, stores, tills.
CREATE SEQUENCE loyalty.reference_id_seq AS pg_catalog.int4;
REVOKE ALL ON SEQUENCE loyalty.reference_id_seq FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.reference_id_seq', '');

-- The systems a profile or an event comes from. Seeded rows are part of the extension (ids below 100).
CREATE TABLE loyalty.source (
    source_id   pg_catalog.int2 NOT NULL PRIMARY KEY,
    source      pg_catalog.text COLLATE "C" NOT NULL UNIQUE,
    needs_account pg_catalog.bool NOT NULL DEFAULT false
);
REVOKE ALL ON TABLE loyalty.source FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.source', 'WHERE source_id OPERATOR(pg_catalog.>=) 100');
INSERT INTO loyalty.source VALUES
    (1, 'INSTORE', false), (2, 'ECOMMERCE', false), (3, 'WEBSITE', false), (4, 'MOBILE_APP', false),
    (5, 'FACEBOOK', true), (6, 'WECHAT', true), (7, 'LINE', true), (8, 'LINKEDIN', false), (9, 'WEB_ENGAGE', true),
    (10, 'MPUSH_FCM', false), (11, 'MAPP_SDK', false), (12, 'OAUTH_EXTERNAL', false);
