-- Units of orgs, and where stores are: what is written, what is refused, and which stores are the nearest.
BEGIN;
SELECT no_plan();
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', country => 'SG', tills => '{t1}', store => 's1'), pg_temp.new_org('other', 'base');
SELECT loyalty.create_store('acme', code, upper(code)) FROM unnest('{far,near,nowhere,twin}'::text[]) code \g /dev/null

-- ---- units
SELECT ok(loyalty.create_org_unit('acme', 'north', 'North') > 0, 'a unit has an id');
SELECT loyalty.create_org_unit('acme', 'south', 'South'), loyalty.create_org_unit('other', 'north', 'Theirs') \g /dev/null
SELECT loyalty.update_org_unit('acme', 'south', 'Deep south');
SELECT loyalty.set_store_org_unit('acme', 's1', 'north'), loyalty.set_store_org_unit('acme', 'far', 'north');
SELECT results_eq($$SELECT org_unit COLLATE "default", name, store_count FROM loyalty.org_units WHERE org = 'acme' ORDER BY 1$$,
    $$VALUES ('north', 'North', 2::bigint), ('south', 'Deep south', 0)$$, 'units are those of the org, with their stores');
SELECT loyalty.set_store_org_unit('acme', 'far', 'south'), loyalty.set_store_org_unit('acme', 's1');
SELECT results_eq($$SELECT store COLLATE "default", org_unit COLLATE "default" FROM loyalty.store_locations WHERE org = 'acme' AND store IN ('s1', 'far') ORDER BY 1$$,
    $$VALUES ('far', 'south'), ('s1', NULL)$$, 'a store moves to another unit, or to none');
SELECT ok(ok, invariant) FROM loyalty.verify_data('acme') WHERE invariant LIKE 'store.%';
SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.create_org_unit(''acme'', ''north'', ''Again'')', 'LY009', 'a code is taken once'),
    ('loyalty.create_org_unit(''acme'', NULL, ''X'')', 'LY001', 'it has a code'),
    ('loyalty.create_org_unit(''acme'', ''x'', '' '')', 'LY001', 'and a name'),
    ('loyalty.create_org_unit(''acme'', repeat(''x'', 101), ''X'')', 'LY002', 'of 100 characters at most'),
    ('loyalty.create_org_unit(''acme'', ''x'', repeat(''x'', 30000000))', 'LY002', 'a name has 200'),
    ('loyalty.create_org_unit(''acme'', E''a\u200bb'', ''X'')', 'LY003', 'in which all is seen'),
    ('loyalty.update_org_unit(''acme'', ''west'', ''X'')', 'LYM16', 'a unit that is not there does not change'),
    ('loyalty.set_store_org_unit(''acme'', ''s1'', ''west'')', 'LYM16', 'nor has a store'),
    ('loyalty.set_store_org_unit(''acme'', ''s9'', ''north'')', 'LY005', 'a store that is not there has no unit'),
    ('loyalty.set_store_org_unit(''other'', ''s1'', ''north'')', 'LY005', 'nor has one of another org')) c (call, code, name);

-- ---- where stores are
SELECT loyalty.set_store_location('acme', 's1', '10 Bayfront Avenue', 'Singapore', 1.2834, 103.8607, 'daily 10-22'),
    loyalty.set_store_location('acme', 'near', latitude => 1.2906, longitude => 103.8465),
    loyalty.set_store_location('acme', 'far', city => 'Kuala Lumpur', latitude => 3.139, longitude => 101.6869),
    loyalty.set_store_location('acme', 'twin', latitude => 1.2906, longitude => 103.8465),
    loyalty.set_store_location('acme', 'nowhere', 'A place that no map has', opening_hours => 'by chance');
SELECT results_eq($$SELECT store COLLATE "default", address, city, latitude, longitude, opening_hours FROM loyalty.store_locations WHERE org = 'acme' ORDER BY 1$$,
    $$VALUES ('far', NULL, 'Kuala Lumpur', 3.139::float8, 101.6869::float8, NULL), ('near', NULL, NULL, 1.2906, 103.8465, NULL),
        ('nowhere', 'A place that no map has', NULL, NULL, NULL, 'by chance'),
        ('s1', '10 Bayfront Avenue', 'Singapore', 1.2834, 103.8607, 'daily 10-22'), ('twin', NULL, NULL, 1.2906, 103.8465, NULL)$$,
    'each store has what was said of it');
SELECT results_eq($$SELECT store, metres FROM loyalty.stores_near('acme', 1.2906, 103.8465)$$,
    $$VALUES ('near', 0::bigint), ('twin', 0), ('s1', 1770), ('far', 315940)$$, 'the nearest store is the first, and two at one place come by code');
SELECT results_eq($$SELECT store FROM loyalty.stores_near('acme', 3, 101, 1)$$, ARRAY['far'], 'as many as are asked for');
SELECT is_empty($$SELECT * FROM loyalty.stores_near('other', 1, 103)$$, 'an org without stores has none');
SELECT loyalty.set_store_location('acme', 'twin', latitude => -90, longitude => 180);
SELECT is((SELECT metres FROM loyalty.stores_near('acme', 90, -180, 100) WHERE store = 'twin'), 20015114::bigint, 'from pole to pole');
SELECT loyalty.set_store_location('acme', 'twin');
SELECT is((SELECT count(*)::int FROM loyalty.stores_near('acme', 0, 0)), 3, 'what is left out is not known any more');
SELECT pg_temp.refused(format('loyalty.set_store_location(''acme'', ''s1'', latitude => %s, longitude => %s)', latitude, longitude), code,
    'no place: ' || concat_ws(' ', latitude, longitude)) FROM (VALUES ('90.01', '0', 'LY003'), ('-90.01', '0', 'LY003'),
    ('0', '180.01', 'LY003'), ('0', '-180.01', 'LY003'), ('''NaN''', '0', 'LY003'), ('0', '''NaN''', 'LY003'),
    ('''Infinity''', '0', 'LY003'), ('0', '''-Infinity''', 'LY003'), ('1', 'NULL', 'LY001'), ('NULL', '1', 'LY001')) p (latitude, longitude, code);
SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.set_store_location(''acme'', ''s9'')', 'LY005', 'a store that is not there is nowhere'),
    ('loyalty.set_store_location(''acme'', NULL)', 'LY001', 'a store is named'),
    ('loyalty.set_store_location(''acme'', ''s1'', repeat(''x'', 1001))', 'LY002', 'an address has 1,000 characters'),
    ('loyalty.set_store_location(''acme'', ''s1'', city => repeat(''x'', 201))', 'LY002', 'a city 200'),
    ('loyalty.set_store_location(''acme'', ''s1'', opening_hours => repeat(''x'', 1001))', 'LY002', 'hours 1,000'),
    ('loyalty.stores_near(''acme'', NULL, NULL)', 'LY001', 'near is near to somewhere'),
    ('loyalty.stores_near(''acme'', ''NaN'', 0)', 'LY003', 'which exists'),
    ('loyalty.stores_near(''acme'', 0, 0, 0)', 'LY003', 'no store is no answer'),
    ('loyalty.stores_near(''acme'', 0, 0, 101)', 'LY003', 'a hundred are enough')) c (call, code, name);
SELECT throws_ok($$UPDATE loyalty_data.store SET latitude = 91$$, '23514', NULL, 'the table refuses what is no place, too');
SELECT throws_ok($$UPDATE loyalty_data.store SET latitude = 'NaN', longitude = 0$$, '23514', NULL, 'and what is no number');
SELECT throws_ok($$UPDATE loyalty_data.store SET latitude = NULL WHERE store = 's1'$$, '23514', NULL, 'and half a place');

SELECT * FROM finish();
ROLLBACK;
