-- What may change of what an org is made of, from when it holds, and what stays as it was.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', '10 days', primary_key => 'external_id', zone => 'Asia/Tokyo', tills => '{t1,t2}', store => 's1');
SELECT loyalty.create_store('acme', 's2', 'Second'), loyalty.create_program('acme', 'other', 'Other', decimals => 2);
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann \gset
SELECT loyalty.earn_points('acme', :ann, 100, till => 't1') \g /dev/null
SELECT loyalty.add_transaction('acme', :ann, 'B-1', 10, till => 't1') \g /dev/null

-- ---- programs
CREATE FUNCTION pg_temp.earned() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    bill record := loyalty.add_transaction('acme', (SELECT customer_id FROM loyalty_data.customer), 'N-' || random(), 10, till => 't1');
BEGIN
    RETURN format('%s until %s', bill.points, (SELECT expires_at FROM loyalty_data.points_lot WHERE lot_id = bill.event_id));
END $$;
SELECT is(pg_temp.earned(), '10.000 until 2024-05-12 15:00:00+00', 'a program before it changes');
SELECT loyalty.update_program('acme', 'base', name => 'Basis', points_per_unit => 2.5, expiry_value => 20);
SELECT is(pg_temp.earned(), '25.000 until 2024-05-22 15:00:00+00', 'a new rate and a new span hold from the next call on');
SELECT is((SELECT string_agg(expires_at::text, ' ' ORDER BY lot_id) FROM loyalty_data.points_lot),
    '2024-05-12 15:00:00+00 2024-05-12 15:00:00+00 2024-05-12 15:00:00+00 2024-05-22 15:00:00+00', 'points that exist keep their expiry');
SELECT is((SELECT name FROM loyalty_data.program WHERE program = 'base'), 'Basis', 'the name');
SELECT loyalty.update_program('acme', 'base', expiry_unit => 'Months', expiry_value => 1, expiry_type => 'rolling');
SELECT is(pg_temp.earned(), '25.000 until 2024-06-30 15:00:00+00', 'another unit');
SELECT is((SELECT count(*) FROM loyalty_data.points_lot WHERE expires_at = '2024-05-12 15:00:00+00'), 3::bigint, 'lots of fixed expiry do not begin to roll');
SELECT loyalty.update_program('acme', 'base', expiry_unit => 'fixed_date', expiry_date => '2030-12-31', expiry_type => 'fixed');
SELECT is(pg_temp.earned(), '25.000 until 2030-12-31 15:00:00+00', 'a fixed date');
SELECT loyalty.update_program('acme', 'base', expiry_date => '2031-12-31');
SELECT is(pg_temp.earned(), '25.000 until 2031-12-31 15:00:00+00', 'and another date');
SELECT loyalty.update_program('acme', 'base', expiry_unit => 'never');
SELECT is(pg_temp.earned(), '25.000 until ', 'and none');
SELECT loyalty.update_program('acme', NULL, allow_negative_on_return => true);
SELECT is((SELECT string_agg(concat_ws(' ', program, name, is_default, points_per_unit, decimals, rounding, expiry_unit, expiry_value, expiry_date, expiry_type,
    allow_negative_on_return), ', ' ORDER BY program) FROM loyalty_data.program),
    'base Basis t 2.500000 0 half_up never fixed t, other Other f 1.000000 2 half_up never fixed f', 'NULL leaves a thing as it is');
SELECT loyalty.update_program('acme', 'other', is_default => true, decimals => 2, rounding => 'Half-Up');
SELECT is((SELECT string_agg(program, ' ') FROM loyalty_data.program WHERE is_default), 'other', 'another default program');
SELECT loyalty.update_program('acme', 'base', is_default => false);
SELECT pg_temp.refused(format('loyalty.update_program(%s)', arguments), code, name, detail)
FROM (VALUES ($$'acme', 'other', decimals => 3$$, 'LY021', 'more decimals', 'The reason: decimals never change: points that exist have them.'),
    ($$'acme', 'base', rounding => 'floor'$$, 'LY021', 'another rounding', 'The reason: rounding never changes: returns of earlier bills go by it.'),
    ($$'acme', 'other', is_default => false$$, 'LY021', 'no default program', 'The reason: the default program gives its place up to another one alone.'),
    ($$'acme', 'base', expiry_value => 3$$, 'LY021', 'a value without a unit', 'The reason: expiry_value goes with expiry_unit days or months.'),
    ($$'acme', 'base', expiry_unit => 'days'$$, 'LY021', 'a unit without its value', NULL),
    ($$'acme', 'base', expiry_type => 'rolling'$$, 'LY021', 'rolling for ever', NULL),
    ($$'acme', 'base', expiry_unit => 'days', expiry_value => 3, expiry_date => '2030-01-01'$$, 'LY021', 'a value and a date', NULL),
    ($$'acme', 'base', points_per_unit => -1$$, 'LY021', 'a negative rate', NULL),
    ($$'acme', 'base', points_per_unit => 'NaN'$$, 'LY021', 'a rate that is no number', NULL),
    ($$'acme', 'base', points_per_unit => 1e12$$, 'LY021', 'too high a rate', NULL),
    ($$'acme', 'base', points_per_unit => 0.0000001$$, 'LY021', 'too fine a rate', NULL),
    ($$'acme', 'base', expiry_unit => 'fixed_date', expiry_date => 'infinity'$$, 'LY015', 'a date at the end', NULL),
    ($$'acme', 'base', expiry_unit => 'years'$$, 'LY003', 'another unit', NULL),
    ($$'acme', 'base', rounding => 'odd'$$, 'LY003', 'another word for rounding', NULL),
    ($$'acme', 'base', name => repeat('x', 201)$$, 'LY002', 'too long a name', NULL),
    ($$'acme', 'none'$$, 'LY007', 'no such program', NULL), ($$'none', 'base'$$, 'LY004', 'no such org', NULL)) t (arguments, code, name, detail);

-- ---- stores and tills
SELECT loyalty.update_store('acme', 's1', 'Erste');
SELECT loyalty.update_till('acme', 't1', store => 's2', program => 'other');
SELECT is((SELECT string_agg(concat_ws(' ', t.till, s.store, s.name, p.program), ', ' ORDER BY till) FROM loyalty_data.till t
    JOIN loyalty_data.store s USING (org_id, store_id) LEFT JOIN loyalty_data.program p USING (org_id, program_id)), 't1 s2 Second other, t2 s1 Erste', 'a till moves');
SELECT loyalty.add_transaction('acme', :ann, 'B-2', 10, till => 't1') \g /dev/null
SELECT is((SELECT string_agg(concat_ws(' ', transaction_number, till, store, program), ', ' ORDER BY transaction_number) FROM loyalty.transactions
    WHERE transaction_number LIKE 'B-%'), 'B-1 t1 s1 base, B-2 t1 s2 other', 'what was posted keeps its store and its program, what comes has the new ones');
SELECT throws_ok(format($$SELECT loyalty.add_transaction('acme', %s, 'B-3', 10, till => 't1', store => 's1')$$, :ann), 'LY003', NULL, 'the old store is not its store');
SELECT lives_ok(format($$SELECT loyalty.return_transaction('acme', %s, 'B-1', transaction_till => 't1')$$, :ann), 'a bill of before goes back');
SELECT loyalty.update_till('acme', 't1');
SELECT is((SELECT program FROM loyalty_data.till JOIN loyalty_data.program USING (org_id, program_id) WHERE till = 't1'), 'other', 'NULL leaves the program');
SELECT loyalty.update_till('acme', 't1', clear_program => true);
SELECT is((SELECT program_id FROM loyalty_data.till WHERE till = 't1'), NULL, 'a till loses its program');
SELECT pg_temp.refused('loyalty.' || call, code, name)
FROM (VALUES ($$update_store('acme', 'none', 'x')$$, 'LY005', 'no such store'), ($$update_store('acme', 's1', '')$$, 'LY001', 'a store without a name'),
    ($$update_store('acme', NULL, 'x')$$, 'LY001', 'no store'), ($$update_store('acme', 's1', repeat('x', 201))$$, 'LY002', 'too long a name'),
    ($$update_till('acme', 'none')$$, 'LY006', 'no such till'), ($$update_till('acme', 't1', store => 'none')$$, 'LY005', 'to no store'),
    ($$update_till('acme', 't1', program => 'none')$$, 'LY007', 'to no program'), ($$update_till('acme', NULL)$$, 'LY001', 'no till'),
    ($$update_till('acme', 't1', program => 'base', clear_program => true)$$, 'LY003', 'a program and none')) t (call, code, name);

-- ---- orgs: where days of a new zone begin is in test/sql/org_zones.sql
SELECT loyalty.update_org('acme', name => 'Acme Ltd', time_zone => 'pacific/KIRITIMATI');
SELECT loyalty.update_org('acme');
SELECT is((SELECT name || ' ' || time_zone FROM loyalty_data.org WHERE org = 'acme'), 'Acme Ltd Pacific/Kiritimati', 'NULL leaves both');
SELECT pg_temp.refused(format('loyalty.update_org(%s)', arguments), code, name)
FROM (VALUES ($$'acme', time_zone => 'Etc/GMT+8'$$, 'LY016', 'no place'), ($$'acme', time_zone => 'Nowhere/Else'$$, 'LY016', 'no zone'),
    ($$'acme', name => repeat('x', 201)$$, 'LY002', 'too long a name'), ($$'none', 'x'$$, 'LY004', 'no such org')) t (arguments, code, name);

-- ---- zones: each name that the server knows is a place's, UTC, or refused
CREATE FUNCTION pg_temp.zone_code(zone text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loyalty.update_org('acme', time_zone => zone);
    RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE zone AS SELECT name, pg_temp.zone_code(name) AS code FROM pg_timezone_names;
SELECT is_empty($$SELECT * FROM zone WHERE code NOT IN ('taken', 'LY016')$$, 'nothing else comes of a zone');
SELECT is_empty($$SELECT name FROM zone WHERE code = 'taken' AND (name ~ '^(Etc|posix|right|SystemV)/' OR name ~ '^(GMT|UCT|EST|MST|HST|CST|PST|CET|EET|MET|WET|Zulu|Universal|Greenwich|Factory|local|posixrules)')$$,
    'none that is no place is taken');
SELECT is_empty($$SELECT name FROM zone WHERE code <> 'taken' AND (name ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|US|Canada)/' OR name = 'UTC')$$,
    'every place is taken');
SELECT is(pg_temp.zone_code(name), 'LY016', name || ' is refused') FROM unnest('{Etc/GMT+8,etc/gmt+8,Factory,factory,localtime,posixrules,EST,est5edt,GMT,UCT,Zulu,CET,UTC+8,<+08>-8,posix/Asia/Tokyo,right/Asia/Tokyo,Etc/UTC,+08:00}'::text[]) name;

-- ---- rules that let nothing be redeemed or given
SELECT pg_temp.refused(format('loyalty.set_redemption_rules(''acme'', ''base'', %s)', rules), 'LY021', rules)
FROM unnest(ARRAY['minimum => 15, maximum => 16, multiple => 10', 'maximum => 9, multiple => 10', 'minimum => 11, multiple => 10, per_day => 19', 'maximum => 0.5',
    'minimum => 1.2, maximum => 1.9', 'minimum => 15, multiple => 10, per_month => 19.999']) rules;
SELECT lives_ok(format('SELECT loyalty.set_redemption_rules(''acme'', ''base'', %s)', rules), rules)
FROM unnest(ARRAY['minimum => 15, maximum => 20, multiple => 10', 'minimum => 20, maximum => 20, multiple => 10', 'minimum => 11, multiple => 10, per_day => 20']) rules;
SELECT pg_temp.refused('loyalty.set_transfer_rules(''acme'', ''base'', points_per_day => 0.5)', 'LY021', 'a cap of transfers below one point');
SELECT lives_ok('SELECT loyalty.set_transfer_rules(''acme'', ''other'', points_per_day => 0.5)', 'which is enough where there are hundredths');
SELECT * FROM finish();
ROLLBACK;
