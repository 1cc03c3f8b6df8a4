-- As many customers of an org as psql variable people says, with names, mobiles and e-mails, written straight into the tables: to
-- register a million takes longer than all that is measured.
SET client_min_messages = warning;
SET synchronous_commit = off;
\ir touch.sql
CREATE EXTENSION loyalty;
SELECT loyalty.create_org('search', 'Search', base_country => 'SG') \g /dev/null
-- Words of two to four syllables, as often as names are: few are frequent.
CREATE FUNCTION bench.name(n int, words int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT initcap(string_agg(substr('bacadafagahajakalamanapara', 1 + 2 * (abs(hashint4(w * 7 + i)) % 13), 2), ''))
    FROM (SELECT (power(abs(hashint4(n)::float8) / 2147483648, 3) * words)::int AS w) d, generate_series(1, 2 + w % 3) i $$;
CREATE TEMP TABLE person AS SELECT 1000000 + n AS customer_id, bench.name(n, 2000) AS first_name, bench.name(-n, 20000) AS last_name,
    '+65' || 80000000 + n AS mobile, 'c' || n || '@example.com' AS email FROM generate_series(1, :people) n;
INSERT INTO loyalty_data.customer (customer_id, registered_on, recorded_at, org_id, registered_source_id, loyalty_type)
    SELECT customer_id, '2024-01-01', '2024-01-01', org_id, 1, 'l' FROM person, loyalty_data.org;
INSERT INTO loyalty_data.profile (org_id, customer_id, source_id, account_id, first_name, last_name, mobile, email, updated_at)
    SELECT org_id, customer_id, 1, '', first_name, last_name, mobile, email, '2024-01-01' FROM person, loyalty_data.org;
INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value, held_from)
    SELECT org_id, customer_id, type, value, '2024-01-01' FROM person, loyalty_data.org,
        LATERAL (VALUES ('mobile', mobile), ('email', email)) i (type, value);
-- Beginnings of names to search for, the same for whoever searches.
CREATE TABLE bench.searched AS SELECT row_number() OVER () AS n, part FROM (
    SELECT DISTINCT lower(left(last_name, 4)) AS part FROM person WHERE length(last_name) > 4 ORDER BY 1) p;
CREATE INDEX ON bench.searched (n) INCLUDE (part);
GRANT loyalty_agent TO bench;
GRANT USAGE ON SCHEMA bench, loyalty_data TO bench;
GRANT SELECT ON bench.searched, loyalty_data.profile, loyalty_data.customer, loyalty_data.customer_identifier TO bench;
GRANT EXECUTE ON FUNCTION loyalty_data.name_key TO bench;
SELECT loyalty.grant_org('search', 'bench') \g /dev/null
VACUUM (ANALYZE);
