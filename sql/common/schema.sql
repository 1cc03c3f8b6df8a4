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
    source      pg_catalog.text COLLATE "C" NOT NULL UNIQUE
);
REVOKE ALL ON TABLE loyalty.source FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.source', 'WHERE source_id OPERATOR(pg_catalog.>=) 100');
INSERT INTO loyalty.source VALUES
    (1, 'INSTORE'), (2, 'ECOMMERCE'), (3, 'WEBSITE'), (4, 'MOBILE_APP'), (5, 'FACEBOOK'), (6, 'WECHAT'),
    (7, 'LINE'), (8, 'LINKEDIN'), (9, 'WEB_ENGAGE'), (10, 'MPUSH_FCM'), (11, 'MAPP_SDK'), (12, 'OAUTH_EXTERNAL');
