-- Codes and guesses that are kept for a time: what counts for failures, blocks and the next numbers stays, however old. Not in one
-- transaction, since guesses are judged by a later one, and the job commits.
SELECT no_plan();
SET client_min_messages = error;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-03-01 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('lagoon', 'stars', country => 'SG', zone => 'UTC') \g /dev/null
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true) \g /dev/null
SELECT pg_temp.customer('lagoon', mobile => '+6591234567') AS ann \gset
SELECT loyalty.set_verification_rules('lagoon', 'generic', resend_seconds => 0, attempts => 2, block_seconds => 600, failures_max => 3) \g /dev/null
SELECT loyalty.set_retention('lagoon', 'Codes', 10) \g /dev/null
CREATE FUNCTION pg_temp.kept() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s codes, %s guesses, %s tokens, %s uses, %s releases, %s addresses', (SELECT count(*) FROM loyalty_data.verification_code),
        (SELECT count(*) FROM loyalty_data.verification_attempt), (SELECT count(*) FROM loyalty_data.verification_token), (SELECT count(*) FROM loyalty_data.verification_use),
        (SELECT count(*) FROM loyalty_data.verification_release), (SELECT count(*) FROM loyalty_data.verification_address)) $$;

-- One right guess, used; then one run ended by hand; then one that counts.
SELECT loyalty.send_code('lagoon', 'generic', :ann) \g /dev/null
SELECT substring(body FROM '[0-9]{6}') AS pin FROM loyalty.take_messages('lagoon', 'mobile', 1) \gset
SELECT attempt AS proof FROM loyalty.enter_code('lagoon', 'generic', :'pin', :ann) \gset
INSERT INTO loyalty_data.verification_use (org_id, customer_id, purpose, run_no, used_at) SELECT org_id, customer_id, purpose, run_no, entered_at FROM loyalty_data.verification_attempt;
SELECT loyalty.send_code('lagoon', 'generic', :ann) \g /dev/null
SELECT loyalty.enter_code('lagoon', 'generic', 'x', :ann) \g /dev/null
SELECT loyalty.unblock_verification('lagoon', 'generic', :ann) \g /dev/null
SELECT loyalty.enter_code('lagoon', 'generic', 'x', :ann) \g /dev/null
SELECT loyalty.enter_code('lagoon', 'generic', 'x', :ann) \g /dev/null
SELECT is(pg_temp.kept(), '2 codes, 4 guesses, 4 tokens, 1 uses, 1 releases, 1 addresses', 'what there is');
SET loyalty.clock = '2024-03-12 23:59:59+00';
CALL loyalty.apply_retention('lagoon');
SELECT is(pg_temp.kept(), '2 codes, 4 guesses, 4 tokens, 1 uses, 1 releases, 1 addresses', 'stays for ten whole days, and one more on which it may be a proof');
SET loyalty.clock = '2024-03-13 00:00:00+00';
CALL loyalty.apply_retention('lagoon', batch_size => 1);
SELECT is(pg_temp.kept(), '1 codes, 2 guesses, 2 tokens, 0 uses, 0 releases, 0 addresses', 'then all goes but the last code and the last run');
SELECT throws_ok(format('SELECT loyalty.verify_code(''lagoon'', %L)', :'proof'), 'LY707', NULL, 'what stood for a guess that is gone is nothing');
-- The two wrong guesses that are left count still: one more is the third in a row.
SELECT loyalty.send_code('lagoon', 'generic', :ann) \g /dev/null
SELECT is((SELECT max(code_no) FROM loyalty_data.verification_code), 3, 'numbers go on');
SELECT loyalty.enter_code('lagoon', 'generic', 'x', :ann) \g /dev/null
SELECT throws_ok(format('SELECT loyalty.send_code(''lagoon'', ''generic'', %s)', :ann), 'LY704', NULL, 'failures are counted on');
SELECT is((SELECT string_agg(code_no || ' ' || run_no, ', ' ORDER BY run_no, attempt_no) FROM loyalty_data.verification_attempt), '2 3, 2 3, 3 4', 'and runs, too');
SELECT * FROM finish();
