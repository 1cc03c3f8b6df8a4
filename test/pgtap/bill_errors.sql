-- What bills and returns refuse, each with its SQLSTATE; that a refused call writes nothing.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', tills => '{till,other}', store => 'main', primary_key => 'external_id');
SELECT loyalty.create_store('acme', 'side', 'Side street');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob \gset
SELECT loyalty.add_transaction('acme', :ann, 'B-1', 100, event_time => '2024-04-20 12:00+00', till => 'till', line_items =>
    '[{"item_code": "a", "amount": 60, "quantity": 2}, {"item_code": "b", "amount": 40}]');
SELECT loyalty.add_transaction('acme', :ann, 'B-2', 100, event_time => '2024-04-20 12:00+00', till => 'till'),
       loyalty.add_transaction('acme', :ann, 'B-2', 100, event_time => '2024-04-20 12:00+00', till => 'other');
SELECT loyalty.add_transaction('acme', :bob, 'B-9', 100);
SELECT loyalty.add_transaction('acme', :ann, 'FREE', 0);
SELECT loyalty.register_customer('acme', mobile => '+6581119001', external_id => 'mia'),
    loyalty.register_customer('acme', mobile => '+6581119002', email => 'two@example.org', loyalty_type => 'non_loyalty'),
    loyalty.register_customer('acme', mobile => '+6581119003', email => 'two@example.org', loyalty_type => 'non_loyalty');
SELECT loyalty.add_transaction_by_identifiers('acme', 'TAGGED', 5, external_id => 'cleo', transaction_type => 'non_loyalty');

-- One test: the call with the usual arguments, changed as said, fails with the code, and writes nothing.
CREATE TEMP TABLE usual (function text, arguments jsonb);
CREATE FUNCTION pg_temp.refuses(called text, code text, name text, changes jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(pg_temp.call_of(called, u.arguments, changes), code, called || ': ' || name)
    FROM usual u WHERE u.function = called $$;
INSERT INTO usual VALUES
    ('return_transaction', jsonb_build_object('org', '''acme''', 'customer_id', :ann, 'transaction_number', '''B-1''')),
    ('add_transaction', jsonb_build_object('org', '''acme''', 'customer_id', :ann, 'transaction_number', '''N-1''', 'amount', '10')),
    ('add_transaction_by_identifiers', jsonb_build_object('org', '''acme''', 'transaction_number', '''N-1''', 'amount', '10',
        'external_id', '''dora'''));

-- ---------------------------------------------------------------- all of them

SELECT pg_temp.refuses(u.function, c.code, c.name, c.changes::jsonb) FROM usual u, (VALUES
    ('LY001', 'no org', '{"org": "NULL"}'), ('LY004', 'an unknown org', '{"org": "''nowhere''"}'),
    ('LY001', 'no number', '{"transaction_number": "NULL"}'), ('LY002', 'a long number', '{"transaction_number": "repeat(''x'', 101)"}'),
    ('LY002', 'a number of 100 MB', '{"transaction_number": "repeat(''x'', 100000000)"}'),
    ('LY006', 'an unknown till', '{"till": "''gold''"}'), ('LY008', 'an unknown source', '{"source": "''gold''"}'),
    ('LY002', 'a long reason', '{"reason": "repeat(''x'', 1001)"}'), ('LY002', 'a long actor', '{"actor": "repeat(''x'', 201)"}'),
    ('LY002', 'a long key', '{"idempotency_key": "repeat(''x'', 201)"}'),
    ('LY408', 'in the future', '{"event_time": "''2024-05-03 10:00+00''"}'), ('LY015', 'infinity', '{"event_time": "''infinity''"}'),
    ('LY015', 'minus infinity', '{"event_time": "''-infinity''"}'), ('LY015', 'before 1900', '{"event_time": "''1899-12-31''"}'))
    c (code, name, changes);

-- ---------------------------------------------------------------- return_transaction

SELECT pg_temp.refuses('return_transaction', c.code, c.name, c.changes::jsonb) FROM (VALUES
    ('LY107', 'an unknown customer', '{"customer_id": "-1"}'), ('LY001', 'no customer', '{"customer_id": "NULL"}'),
    ('LY411', 'an unknown bill', '{"transaction_number": "''B-0''"}'), ('LY411', 'somebody else''s', '{"transaction_number": "''B-9''"}'),
    ('LY411', 'a bill nobody has yet', '{"transaction_number": "''TAGGED''"}'),
    ('LY411', 'another till', '{"transaction_till": "''other''"}'),
    ('LY420', 'several bills of the number', '{"transaction_number": "''B-2''"}'),
    ('LY423', 'before the bill', '{"event_time": "''2024-04-20 11:59:59+00''"}'),
    ('LY006', 'an unknown till of the return', '{"till": "''gold''"}'), ('LY005', 'an unknown store', '{"store": "''gold''"}'),
    ('LY003', 'a till of another store', '{"till": "''till''", "store": "''side''"}'),
    ('LY002', 'a long number of the return', '{"return_number": "repeat(''x'', 101)"}'),
    ('LY410', 'a number that a bill has', '{"return_number": "''B-1''", "till": "''till''"}'),
    ('LY422', 'lines and an amount', '{"line_items": "''[{\"line_no\": 1}]''", "amount": "1"}'),
    ('LY413', 'an amount of zero', '{"amount": "0"}'), ('LY413', 'a negative one', '{"amount": "-1"}'),
    ('LY413', 'four decimals', '{"amount": "0.0001"}'), ('LY402', 'NaN', '{"amount": "''NaN''"}'),
    ('LY402', 'Infinity', '{"amount": "''Infinity''"}'), ('LY404', 'too large', '{"amount": "1000000000000000"}'),
    ('LY421', 'more than the bill', '{"amount": "100.001"}'),
    ('LY421', 'any amount of a free bill', '{"transaction_number": "''FREE''", "amount": "1"}'),
    ('LY421', 'more than the line', '{"line_items": "''[{\"line_no\": 1, \"quantity\": 2.001}]''"}'),
    ('LY003', 'a customer and a card', '{"card_number": "''C1''"}')) c (code, name, changes);
SELECT pg_temp.refuses('return_transaction', 'LY414', 'lines ' || left(lines, 40),
    jsonb_build_object('line_items', quote_literal(lines)))
FROM unnest(ARRAY['null', '1', '"x"', '{}', '[]', '[1]', '[{}]', '[[]]', '[{"line_no": 0}]', '[{"line_no": -1}]', '[{"line_no": 1.5}]',
    '[{"line_no": "one"}]', '[{"line_no": ""}]', '[{"line_no": "1.5"}]', '[{"line_no": null}]', '[{"line_no": true}]', '[{"line_no": 1e9}]', '[{"line_no": 10001}]', '[{"quantity": 1}]', '[{"line_no": 1, "quantity": -1}]',
    '[{"line_no": 1, "quantity": 0}]', '[{"line_no": 1, "quantity": 0.0000001}]', '[{"line_no": 1, "quantity": "1,5"}]', '[{"line_no": 1, "quantity": "-1"}]', '[{"line_no": 1, "quantity": "1e0"}]',
    '[{"line_no": 1, "quantity": 1e15}]', '[{"line_no": 1, "colour": 1}]', '[{"line_no": 3}]', '[{"line_no": 1}, {"line_no": 1}]',
    '[{"line_no": 1}, 2]']) lines;
SELECT pg_temp.refuses('return_transaction', 'LY414', 'ten thousand lines and one',
    jsonb_build_object('line_items', quote_literal((SELECT jsonb_agg('{"line_no": 1}'::jsonb) FROM generate_series(1, 10001)))));

SELECT loyalty.return_transaction('acme', :ann, 'B-1', '[{"line_no": 1, "quantity": 1}]', idempotency_key => 'k',
    return_number => 'R-1');
SELECT pg_temp.refuses('return_transaction', c.code, c.name, c.changes::jsonb) FROM (VALUES
    ('LY422', 'by amount after by line', '{"amount": "1"}'),
    ('LY421', 'more than is left of the line', '{"line_items": "''[{\"line_no\": 1, \"quantity\": 1.001}]''"}'),
    ('LY020', 'the key of another request', '{"idempotency_key": "''k''"}'),
    ('LY411', 'a return', '{"transaction_number": "''R-1''"}')) c (code, name, changes);
-- The number of a return is no bill's for any other call either.
SELECT throws_ok(format(call, :ann), 'LY411', NULL, 'no bill, but a return: ' || call) FROM unnest(ARRAY[
    'SELECT loyalty.redeem_points(''acme'', %s, 1, transaction_till => ''till'', transaction_number => ''R-1'')',
    format('SELECT loyalty.award_referral(''acme'', %%s, %s, 1, 1, transaction_till => ''till'', transaction_number => ''R-1'')', :bob),
    'SELECT loyalty.unlock_promised_points(''acme'', %s, ''R-1'', transaction_till => ''till'')',
    'SELECT loyalty.redeem_points_batch(''acme'', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item,
        ''{"customer_id": %s, "points": 1, "transaction_till": "till", "transaction_number": "R-1"}'')])']) call;
SELECT loyalty.return_transaction('acme', :ann, 'B-1', '[{"line_no": 1}]');
SELECT pg_temp.refuses('return_transaction', 'LY421', 'a line of which nothing is left',
    '{"line_items": "''[{\"line_no\": 1}]''"}');
SELECT loyalty.return_transaction('acme', :ann, 'B-1');
SELECT pg_temp.refuses('return_transaction', 'LY421', 'all of it again', '{}');
SELECT pg_temp.refuses('return_transaction', 'LY421', 'a line of it again', '{"line_items": "''[{\"line_no\": 2}]''"}');
SELECT pg_temp.refuses('return_transaction', 'LY421', 'an amount of it again', '{"amount": "1"}');
SELECT loyalty.return_transaction('acme', :ann, 'B-2', amount => 60, transaction_till => 'till');
SELECT pg_temp.refuses('return_transaction', c.code, c.name,
    '{"transaction_number": "''B-2''", "transaction_till": "''till''"}'::jsonb || c.changes::jsonb)
FROM (VALUES ('LY421', 'more than is left of the amount', '{"amount": "40.001"}'),
    ('LY422', 'by line after by amount', '{"line_items": "''[{\"line_no\": 1}]''"}')) c (code, name, changes);
SELECT is((SELECT amount FROM loyalty.return_transaction('acme', :ann, 'FREE')), 0.000, 'a free bill comes back as a whole');
SELECT pg_temp.refuses('return_transaction', 'LY421', 'and once', '{"transaction_number": "''FREE''"}');

-- What names a bill that is wholly returned could never go back with it; one that is returned in part is a bill still.
SELECT loyalty.add_transaction('acme', :ann, 'B-3', 10), loyalty.add_transaction('acme', :ann, 'B-4', 10, category => 'trigger_based');
SELECT loyalty.return_transaction('acme', :ann, 'B-3', amount => 4), loyalty.return_transaction('acme', :ann, 'B-3', amount => 6);
SELECT loyalty.return_transaction('acme', :ann, 'B-4');
SELECT throws_ok(format(c.call, :ann), 'LY424', NULL, c.call || ' of a bill that is wholly returned') FROM unnest(ARRAY[
    'SELECT loyalty.redeem_points(''acme'', %s, 1, transaction_number => ''B-1'')',
    'SELECT loyalty.redeem_points(''acme'', %s, 1, transaction_number => ''B-3'')',
    'SELECT loyalty.redeem_points(''acme'', %s, 1, transaction_number => ''FREE'')',
    'SELECT loyalty.is_redeemable(''acme'', %s, 1, transaction_number => ''B-3'')',
    'SELECT loyalty.redeem_points_batch(''acme'', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item,
        ''{"customer_id": %s, "points": 1, "transaction_number": "B-3"}'')], all_or_nothing => true)',
    format('SELECT loyalty.award_referral(''acme'', %%s, %s, 1, 1, transaction_number => ''B-3'')', :bob),
    'SELECT loyalty.unlock_promised_points(''acme'', %s, ''B-4'')']) c (call);
SELECT lives_ok(format('SELECT loyalty.redeem_points(''acme'', %s, 1, transaction_number => ''B-2'', transaction_till => ''till'')', :ann),
    'a redemption on a bill that is returned in part');

-- ---------------------------------------------------------------- bills

SELECT pg_temp.refuses(u.function, c.code, c.name, c.changes::jsonb) FROM usual u, (VALUES
    ('LY001', 'no amount', '{"amount": "NULL"}'), ('LY413', 'a negative amount', '{"amount": "-1"}'),
    ('LY402', 'NaN', '{"amount": "''NaN''"}'), ('LY410', 'a number that is taken', '{"transaction_number": "''B-2''", "till": "''till''"}'),
    ('LY410', 'the number of a bill nobody has yet', '{"transaction_number": "''TAGGED''"}'),
    ('LY003', 'a return', '{"transaction_type": "''return''"}'), ('LY003', 'an unknown type', '{"transaction_type": "''gift''"}'),
    ('LY003', 'an unknown outlier status', '{"outlier_status": "''odd''"}'),
    ('LY003', 'an unknown category', '{"category": "''odd''"}'),
    ('LY401', 'negative promotion points', '{"bill_promotion_points": "-1"}'),
    ('LY403', 'a fraction of a point', '{"bill_promotion_points": "0.5"}'),
    ('LY402', 'no number of points', '{"customer_promotion_points": "''NaN''"}'),
    ('LY403', 'four decimals', '{"customer_promotion_points": "0.0001"}'),
    ('LY404', 'too many points', '{"customer_promotion_points": "1000000000000000"}'),
    ('LY403', 'a fraction of a point of a line', '{"line_items": "''[{\"item_code\": \"a\", \"amount\": 1, \"points\": 0.5}]''"}'),
    ('LY403', 'of a line''s promotion', '{"line_items": "''[{\"item_code\": \"a\", \"amount\": 1, \"promotion_points\": 0.5}]''"}'),
    ('LY414', 'negative points of a line', '{"line_items": "''[{\"item_code\": \"a\", \"amount\": 1, \"points\": -1}]''"}'),
    ('LY414', 'points that are no number', '{"line_items": "''[{\"item_code\": \"a\", \"amount\": 1, \"points\": \"x\"}]''"}'),
    ('LY015', 'redeemable from infinity', '{"redeemable_from": "''infinity''"}')) c (code, name, changes)
WHERE u.function LIKE 'add%';
SELECT pg_temp.refuses('add_transaction', 'LY407', 'a regular bill before the registration',
    '{"event_time": "''2023-12-31''"}');
SELECT pg_temp.refuses('add_transaction_by_identifiers', c.code, c.name, c.changes::jsonb) FROM (VALUES
    ('LY407', 'a bill before the registration', '{"external_id": "''ann''", "event_time": "''2023-12-31''"}'),
    ('LY101', 'no identifier', '{"external_id": null}'), ('LY002', 'a long identifier', '{"external_id": "repeat(''x'', 101)"}'),
    ('LY102', 'a mobile without a normal form', '{"mobile": "''12''"}'),
    ('LY002', 'a mobile of 100 MB', '{"mobile": "repeat(''1'', 100000000)"}'),
    ('LY003', 'an unknown loyalty type', '{"loyalty_type": "''gold''"}'),
    ('LY109', 'a loyalty customer as a campaign user', '{"external_id": null, "mobile": "''+6581119001''", "loyalty_type": "''non_loyalty''"}'),
    ('LY003', 'an external id for a campaign user', '{"external_id": "''ann''", "loyalty_type": "''non_loyalty''"}'),
    ('LY116', 'a source that is not enabled', '{"source": "''WEBSITE''"}'),
    ('LY101', 'two identifiers to tag a bill to', '{"transaction_type": "''non_loyalty''", "mobile": "''+6591234567''"}'),
    ('LY112', 'an e-mail of several campaign users to tag a bill to', '{"transaction_type": "''non_loyalty''", "external_id": null, "email": "''two@example.org''"}'),
    ('LY101', 'none to tag a bill to', '{"transaction_type": "''non_loyalty''", "external_id": null}'),
    ('LY102', 'a mobile without a normal form to tag a bill to', '{"transaction_type": "''non_loyalty''", "external_id": null, "mobile": "''12''"}'),
    ('LY408', 'a tagged bill in the future', '{"transaction_type": "''non_loyalty''", "event_time": "''2024-05-03 10:00+00''"}'),
    ('LY410', 'a tagged bill of a taken number', '{"transaction_type": "''non_loyalty''", "transaction_number": "''TAGGED''"}'),
    ('LY401', 'negative points of a tagged bill', '{"transaction_type": "''non_loyalty''", "points": "-1"}'),
    ('LY007', 'an unknown program of a tagged bill', '{"transaction_type": "''non_loyalty''", "program": "''gold''"}'),
    ('LY414', 'bad lines of a tagged bill', '{"transaction_type": "''non_loyalty''", "line_items": "''{}''"}')) c (code, name, changes);
SELECT loyalty.add_transaction_by_identifiers('acme', 'K-1', 5, external_id => 'eve', transaction_type => 'non_loyalty', idempotency_key => 't');
SELECT pg_temp.refuses('add_transaction_by_identifiers', 'LY020', 'the key of another request, tagging',
    '{"transaction_type": "''non_loyalty''", "idempotency_key": "''t''"}');
SELECT pg_temp.refuses('add_transaction_by_identifiers', 'LY020', 'and registering', '{"idempotency_key": "''t''"}');
SELECT pg_temp.refuses('add_transaction_by_identifiers', 'LY020', 'the key of a registration',
    '{"idempotency_key": "''r''"}')
FROM loyalty.register_customer('acme', external_id => 'finn', idempotency_key => 'r');

-- ---------------------------------------------------------------- erasure

SELECT loyalty.add_transaction_by_identifiers('acme', 'G-1', 5, external_id => 'gail', transaction_type => 'non_loyalty',
    reason => 'gail asked');
SELECT loyalty.set_config('acme', 'CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE', 'true');
SELECT loyalty.change_identifier('acme', :bob, 'external_id', 'gail');
SELECT is((SELECT count(*)::int FROM loyalty_data.tagged_transaction WHERE identifier_value = 'gail'), 1, 'a changed identifier gets no bills');
CREATE ROLE test_returns_asker IN ROLE loyalty_admin;
SELECT loyalty.grant_org('acme', 'test_returns_asker');
SET ROLE test_returns_asker;
SELECT loyalty.request_deletion('acme', :bob);
RESET ROLE;
SELECT loyalty.approve_deletion('acme', :bob);
SELECT is((SELECT count(*)::int FROM loyalty_data.tagged_transaction WHERE identifier_value = 'gail'), 0, 'nothing stays under what a deleted customer held');
SELECT is((SELECT count(*)::int FROM loyalty_data.event_note n WHERE n.reason LIKE '%gail%'), 0, 'no note either');
SELECT is((SELECT customer_id FROM loyalty_data.transaction WHERE transaction_number = 'G-1'), :bob::bigint, 'the bill is the bare id''s');

-- ---------------------------------------------------------------- after all that

SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE), NULL, 'every invariant holds');
SELECT is((SELECT count(*)::int FROM loyalty_data.identifier WHERE identifier_value IN ('cleo', 'eve')), 0, 'tagging leaves no key behind');
SELECT * FROM finish();
ROLLBACK;
