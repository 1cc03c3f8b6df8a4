-- One-time codes: how often they are sent, how long they live, how many guesses there are, what is said of addresses that nobody has.
-- Examples 13 to 17 and 22 of the design, to the second. A guess is judged by a later transaction, so each statement commits.
SELECT no_plan();
SET loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('lagoon', 'stars', country => 'SG', zone => 'UTC'), pg_temp.new_org('other', 'stars', country => 'SG') \g /dev/null
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true), loyalty.create_sender('lagoon', 'codes@example.com', 'email', is_default => true) \g /dev/null
SELECT pg_temp.customer('lagoon', mobile => '+6591234567') AS ann, pg_temp.customer('lagoon', mobile => '+6591234568') AS bob \gset
SELECT set_config('test.ann', :'ann', false), set_config('test.bob', :'bob', false) \g /dev/null

-- The code that a worker gets last, which it sends.
CREATE FUNCTION pg_temp.pin(channel text DEFAULT 'mobile') RETURNS text LANGUAGE sql AS $$
    SELECT substring(body FROM '[0-9A-Z]{4,12}') FROM (SELECT body, message_id, loyalty.acknowledge_message('lagoon', customer_id, message_id, lease_no, 'sent')
        FROM loyalty.take_messages('lagoon', channel, 100)) t ORDER BY message_id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.send(purpose text DEFAULT 'generic', customer text DEFAULT 'ann') RETURNS text LANGUAGE sql AS $$
    SELECT to_char(sent_at, 'HH24:MI:SS') || ' ' || to_char(expires_at, 'HH24:MI:SS')
    FROM loyalty.send_code('lagoon', purpose, current_setting('test.' || customer)::int8) $$;
CREATE FUNCTION pg_temp.enter(code text, purpose text DEFAULT 'generic', customer text DEFAULT 'ann') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    entered record;
BEGIN
    entered := loyalty.enter_code('lagoon', purpose, code, current_setting('test.' || customer)::int8);
    PERFORM set_config('test.attempt', entered.attempt::text, false);
    RETURN entered.attempts_left || ' left';
END $$;
CREATE FUNCTION pg_temp.judge() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' until ', verified, blocked_until AT TIME ZONE 'UTC') FROM loyalty.verify_code('lagoon', current_setting('test.attempt')::uuid) $$;

-- Example 13: resend.
SELECT is(pg_temp.send(), '10:00:00 10:05:00', 'a code is sent, and lives for 300 seconds');
SELECT pg_temp.pin() AS first \gset
SELECT matches(:'first'::text, '^[0-9]{6}$', 'of six digits');
SET loyalty.clock = '2024-05-02 10:00:59+00';
SELECT throws_ok('SELECT pg_temp.send()', 'LY703', NULL, 'a second before a minute is over none is sent');
SET loyalty.clock = '2024-05-02 10:01:00+00';
SELECT is(pg_temp.send(), '10:01:00 10:06:00', 'after a minute another one is');
SELECT pg_temp.pin() AS pin \gset
SELECT is(pg_temp.enter(:'first'), '2 left', 'the first code may be entered');
SELECT is(pg_temp.judge(), CASE :'first' WHEN :'pin' THEN 't' ELSE 'f' END, 'and is wrong now');
SELECT is(pg_temp.judge(), CASE :'first' WHEN :'pin' THEN 't' ELSE 'f' END, 'whoever asks again gets the same verdict');

-- Example 14: life. Judged long after.
SET loyalty.clock = '2024-05-02 10:05:59+00';
SELECT is(pg_temp.enter(:'pin'), '1 left', 'a code can be entered in its last second');
SET loyalty.clock = '2024-05-02 11:00:00+00';
SELECT is(pg_temp.judge(), 't', 'and is judged whenever somebody asks');
SELECT is(pg_temp.send(customer => 'bob'), '11:00:00 11:05:00', 'a code for somebody else');
SELECT pg_temp.pin() AS pin \gset
SET loyalty.clock = '2024-05-02 11:05:00+00';
SELECT throws_ok(format('SELECT pg_temp.enter(%L, customer => ''bob'')', :'pin'), 'LY705', NULL, 'at its end it is none any more');
SELECT is((SELECT count(*)::int FROM loyalty_data.verification_attempt WHERE customer_id = :bob), 0, 'which uses no attempt');
SELECT throws_ok('SELECT pg_temp.enter(''000000'', ''coupon'', ''bob'')', 'LY705', NULL, 'where none was sent there is none');

-- Example 15: attempts; a code is right once.
SELECT pg_temp.send(customer => 'bob') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT is(pg_temp.enter('x', customer => 'bob'), '2 left', 'a wrong one');
SELECT is(pg_temp.judge(), 'f', 'is told to be wrong');
SELECT is(pg_temp.enter('1234567890123', customer => 'bob'), '1 left', 'a second one');
SELECT is(pg_temp.enter(substr(:'pin', 1, 3) || '-' || substr(:'pin', 4) || ' ', customer => 'bob'), '0 left', 'the right one, with a hyphen');
SELECT is(pg_temp.judge(), 't', 'is right');
SELECT throws_ok(format('SELECT pg_temp.enter(%L, customer => ''bob'')', :'pin'), 'LY705', NULL, 'a code that was right is none any more');

-- Example 17: resending buys nothing. 12 hours.
SET loyalty.clock = '2024-05-02 12:00:00+00';
SELECT pg_temp.send() \g /dev/null
SELECT is(pg_temp.enter('x'), '2 left', 'wrong');
SET loyalty.clock = '2024-05-02 12:01:00+00';
SELECT pg_temp.send() \g /dev/null
SELECT is(pg_temp.enter('x'), '1 left', 'another code, wrong again');
SELECT is(pg_temp.judge(), 'f', 'which does not block yet');
SET loyalty.clock = '2024-05-02 12:02:00+00';
SELECT pg_temp.send() \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT is(pg_temp.enter('x'), '0 left', 'the third wrong one');
SELECT is(pg_temp.judge(), 'f until 2024-05-03 00:02:00', 'blocks for twelve hours');
SELECT throws_ok(format('SELECT pg_temp.enter(%L)', :'pin'), 'LY704', NULL, 'nothing is entered then');
SET loyalty.clock = '2024-05-03 00:01:59+00';
SELECT throws_ok('SELECT pg_temp.send()', 'LY704', NULL, 'and nothing sent');
SELECT is(pg_temp.send('coupon'), '00:01:59 00:06:59', 'but for another purpose');
SET loyalty.clock = '2024-05-03 00:02:00+00';
SELECT throws_ok(format('SELECT pg_temp.enter(%L)', :'pin'), 'LY705', NULL, 'after them the old code is long dead');
SELECT is(pg_temp.send(), '00:02:00 00:07:00', 'and another one is sent');
SELECT is(pg_temp.enter('x'), '2 left', 'with all its guesses');

-- Example 22: purpose.
SELECT pg_temp.send('card_issue', 'bob') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT throws_ok(format('SELECT pg_temp.enter(%L, ''points_redemption'', ''bob'')', :'pin'), 'LY705', NULL, 'a code of another purpose is none of this one');
SELECT pg_temp.send('points_redemption', 'bob') \g /dev/null
SELECT is(pg_temp.enter(:'pin', 'points_redemption', 'bob'), '2 left', 'where there is one it is a guess like any other');
SELECT is(pg_temp.judge(), CASE :'pin' WHEN pg_temp.pin() THEN 't' ELSE 'f' END, 'and wrong');
SELECT is(pg_temp.enter(:'pin', 'card_issue', 'bob'), '2 left', 'its own run has not begun before');
SELECT is(pg_temp.judge(), 't', 'and there it is right');

-- Failures one after the other, whatever time passes: five here. Somebody has to end it by hand.
SELECT loyalty.set_verification_rules('lagoon', 'user_group', failures_max => 5, block_seconds => 10, resend_seconds => 0, attempts => 2, codes_per_day => 1000) \g /dev/null
SELECT pg_temp.send('user_group') \g /dev/null
SELECT is(pg_temp.enter('x', 'user_group'), '1 left', 'a guess');
SELECT is(pg_temp.enter('x', 'user_group'), '0 left', 'another one');
SET loyalty.clock = '2024-05-03 00:02:10+00';
SELECT is(pg_temp.enter('x', 'user_group'), '1 left', 'after the block there are two more');
SELECT is(pg_temp.enter('x', 'user_group'), '0 left', 'of which this is the last');
SET loyalty.clock = '2024-05-03 00:02:20+00';
SELECT is(pg_temp.enter('x', 'user_group'), '1 left', 'the fifth');
SELECT is(pg_temp.judge(), 'f until infinity', 'blocks for ever');
SET loyalty.clock = '2034-05-03 00:02:20+00';
SELECT throws_ok('SELECT pg_temp.send(''user_group'')', 'LY704', NULL, 'really');
SELECT loyalty.unblock_verification('lagoon', 'user_group', :ann, reason => 'called us', actor => 'desk_a') \g /dev/null
SELECT is(pg_temp.send('user_group'), '00:02:20 00:07:20', 'until somebody ends it by hand');
SELECT pg_temp.pin() AS pin \gset
SELECT is(pg_temp.enter(:'pin', 'user_group'), '1 left', 'a run of its own begins');
SELECT is(pg_temp.judge(), 't', 'and ends well');
SELECT loyalty.unblock_verification('lagoon', 'generic', :bob) \g /dev/null
SELECT is((SELECT reason || ', ' || actor FROM loyalty_data.verification_release WHERE customer_id = :ann), 'called us, desk_a', 'who did it is kept');

-- Ten a day to an address, whatever they are for and whosever it is. The day is the org's.
SET loyalty.clock = '2034-06-01 00:00:00+00';
SELECT loyalty.set_verification_rules('lagoon', 'generic', resend_seconds => 0) \g /dev/null
SELECT count(pg_temp.send(customer => 'bob')) FROM generate_series(1, 9) \g /dev/null
SELECT is(pg_temp.send('coupon', 'bob'), '00:00:00 00:05:00', 'ten codes a day');
SELECT throws_ok('SELECT pg_temp.send(customer => ''bob'')', 'LY703', NULL, 'are all that an address gets');
SELECT is(pg_temp.send(customer => 'ann'), '00:00:00 00:05:00', 'another one has its own ten');
SET loyalty.clock = '2034-06-01 23:59:59+00';
SELECT throws_ok('SELECT pg_temp.send(customer => ''bob'')', 'LY703', NULL, 'until the day is over');
SET loyalty.clock = '2034-06-02 00:00:00+00';
SELECT is(pg_temp.send(customer => 'bob'), '00:00:00 00:05:00', 'the next day has its own');

-- Addresses: identifiers, and what nobody has.
SET loyalty.clock = '2034-07-01 00:00:00+00';
SELECT is((SELECT count(*)::int FROM loyalty.take_messages('lagoon', 'mobile', 100)), 0, 'nothing waits');
SELECT is((SELECT expires_at FROM loyalty.send_code('lagoon', 'coupon', identifier_type => 'mobile', identifier_value => '9123 4567')), '2034-07-01 00:05:00+00'::timestamptz, 'a mobile names its customer');
SELECT pg_temp.pin() AS pin \gset
SELECT is(pg_temp.enter(:'pin', 'coupon'), '2 left', 'who can enter the code');
SELECT is(pg_temp.judge(), 't', 'which is right');
SELECT is((SELECT expires_at FROM loyalty.send_code('lagoon', 'coupon', identifier_type => 'mobile', identifier_value => '9123 4569')), '2034-07-01 00:05:00+00'::timestamptz, 'one that nobody has is answered alike');
SELECT is(pg_temp.pin(), NULL, 'but nothing is sent');
SELECT throws_ok('SELECT loyalty.send_code(''lagoon'', ''coupon'', identifier_type => ''mobile'', identifier_value => ''91234569'')', 'LY703', NULL, 'a minute is waited for there, too');
SELECT is((SELECT attempts_left FROM loyalty.enter_code('lagoon', 'coupon', '000000', identifier_type => 'mobile', identifier_value => '91234569')), 2, 'guesses are counted');
SELECT is((SELECT attempts_left FROM loyalty.enter_code('lagoon', 'coupon', '000001', identifier_type => 'mobile', identifier_value => '+65 91234569')), 1, 'in whatever spelling');
SELECT is((SELECT attempts_left FROM loyalty.enter_code('lagoon', 'coupon', '000002', identifier_type => 'mobile', identifier_value => '91234569')), 0, 'to the last');
SELECT throws_ok('SELECT loyalty.enter_code(''lagoon'', ''coupon'', ''1'', identifier_type => ''mobile'', identifier_value => ''91234569'')', 'LY704', NULL, 'and block');
SELECT lives_ok($$SELECT loyalty.send_code('lagoon', 'coupon', identifier_type => 'external_id', identifier_value => 'nobody')$$, 'an external id that nobody has is answered alike, too');
SELECT is((SELECT min(customer_id) < 0 AND count(DISTINCT customer_id) = 2 FROM loyalty_data.verification_code WHERE message_id IS NOT NULL AND customer_id < 0), true, 'nobody is an id below zero');
-- A registration confirms an address, whoever has it.
SELECT is((SELECT expires_at FROM loyalty.send_code('lagoon', 'registration', identifier_type => 'email', identifier_value => 'New@Example.com')), '2034-07-01 00:05:00+00'::timestamptz, 'a code for who wants to register');
SELECT is((SELECT address || ' ' || subject FROM loyalty.take_messages('lagoon', 'email', 100)), 'new@example.com Your verification code', 'is really sent');
SELECT throws_ok(format('SELECT loyalty.send_code(''lagoon'', ''generic'', %s, channel => ''email'')', :ann), 'LY702', NULL, 'who has no e-mail gets none');

-- The last known address is none of the codes': the identifier is; and an address can be given beside the customer.
SET loyalty.clock = '2034-08-01 00:00:00+00';
SELECT loyalty.send_code('lagoon', 'identifier_change', :ann, 'email', 'ann@example.com') \g /dev/null
SELECT is((SELECT address FROM loyalty.take_messages('lagoon', 'email', 100)), 'ann@example.com', 'an address that the customer does not have yet');

-- Rules and texts.
SELECT loyalty.set_verification_rules('lagoon', 'generic', code_length => 12, code_characters => 'letters', life_seconds => 10) \g /dev/null
SELECT loyalty.set_verification_template('lagoon', 'generic', 'mobile', 'Use {{pin}}, really {{pin}}') \g /dev/null
SELECT is(pg_temp.send(), '00:00:00 00:00:10', 'a code of ten seconds');
SELECT body AS text FROM loyalty.take_messages('lagoon', 'mobile', 1) \gset
SELECT matches(:'text'::text, '^Use ([2-9A-HJ-NP-Z]{12}), really \1$', 'of twelve letters, twice in its text');
SELECT is(pg_temp.enter(lower(substr(:'text', 5, 12))), '2 left', 'entered in small ones');
SELECT is(pg_temp.judge(), 't', 'it is right');
-- Languages in any spelling, and with a region that has no text of its own.
SELECT loyalty.set_verification_template('lagoon', 'coupon', 'mobile', 'Code {{pin}}'), loyalty.set_verification_template('lagoon', 'coupon', 'mobile', 'Kode {{pin}}', 'DE'),
    loyalty.set_verification_template('lagoon', 'coupon', 'mobile', 'Servus {{pin}}', 'de-at'), loyalty.set_verification_rules('lagoon', 'coupon', resend_seconds => 0) \g /dev/null
CREATE FUNCTION pg_temp.speaks(language text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loyalty.update_customer('lagoon', current_setting('test.bob')::int8, fields => jsonb_build_object('language', language));
    PERFORM loyalty.send_code('lagoon', 'coupon', current_setting('test.bob')::int8);
    RETURN (SELECT split_part(body, ' ', 1) FROM loyalty.take_messages('lagoon', 'mobile', 1));
END $$;
SELECT is(pg_temp.speaks(l), want, 'who speaks ' || l) FROM (VALUES ('de', 'Kode'), ('de_CH', 'Kode'), ('DE-AT', 'Servus'), ('fr', 'Code'), ('?!', 'Code')) t (l, want);
SELECT throws_ok(call, code, NULL, name) FROM (VALUES
    ('SELECT loyalty.send_code(''lagoon'', ''joke'', 1)', 'LY701', 'an unknown purpose'),
    ('SELECT loyalty.send_code(''lagoon'', NULL, 1)', 'LY001', 'none'),
    ('SELECT loyalty.send_code(''lagoon'', ''generic'')', 'LY001', 'nobody is named'),
    ('SELECT loyalty.send_code(''lagoon'', ''generic'', identifier_type => ''mobile'')', 'LY001', 'or by half'),
    ('SELECT loyalty.send_code(''lagoon'', ''coupon'', 999999999)', 'LY107', 'a customer that is none'),
    ('SELECT loyalty.send_code(''lagoon'', ''generic'', identifier_type => ''mobile'', identifier_value => ''12'')', 'LY102', 'a mobile that is none'),
    (format('SELECT loyalty.send_code(''lagoon'', ''generic'', %s, channel => ''pigeon'')', :ann), 'LY003', 'a channel that is none'),
    (format('SELECT loyalty.send_code(''lagoon'', ''generic'', %s, ''external_id'', ''E'')', :ann), 'LY003', 'beside an id only addresses are named'),
    (format('SELECT loyalty.send_code(''lagoon'', ''generic'', %s, program => ''none'')', :ann), 'LY007', 'a program that is none'),
    (format('SELECT loyalty.send_code(''lagoon'', ''generic'', %s, amount => ''NaN'')', :ann), 'LY402', 'an amount that is none'),
    (format('SELECT loyalty.send_code(''other'', ''generic'', %s)', :ann), 'LY107', 'of another org'),
    ('SELECT loyalty.verify_code(''lagoon'', NULL)', 'LY001', 'no attempt'),
    ('SELECT loyalty.verify_code(''lagoon'', ''00000000-0000-0000-0000-000000000000'')', 'LY707', 'an attempt that is none'),
    (format('SELECT loyalty.verify_code(''other'', %L)', current_setting('test.attempt')), 'LY707', 'one of another org'),
    ('SELECT loyalty.set_verification_rules(''lagoon'', ''generic'', attempts => 11)', 'LY003', 'too many attempts'),
    ('SELECT loyalty.set_verification_rules(''lagoon'', ''generic'', code_characters => ''emoji'')', 'LY003', 'other characters'),
    ('SELECT loyalty.set_verification_rules(''lagoon'', ''joke'')', 'LY701', 'rules of no purpose'),
    ('SELECT loyalty.set_verification_template(''lagoon'', ''generic'', ''mobile'', ''{{code}}'')', 'LY003', 'a text without the mark'),
    ('SELECT loyalty.set_verification_template(''lagoon'', ''generic'', ''line'', ''{{pin}}'')', 'LY003', 'for another channel'),
    ('SELECT loyalty.set_verification_template(''lagoon'', ''generic'', ''mobile'', ''{{pin}}'', ''de;--'')', 'LY003', 'in a language that is none'),
    (format('SELECT loyalty.send_code(''lagoon'', ''generic'', %s, amount => -1)', :ann), 'LY413', 'an amount below zero'),
    (E'SELECT loyalty.set_verification_template(''lagoon'', ''generic'', ''email'', ''{{pin}}'', subject => E''a\\nBcc: x'')', 'LYM13', 'another header')) c (call, code, name);
SELECT loyalty.set_verification_rules('lagoon', 'generic', binds_amount => true) \g /dev/null
SELECT throws_ok('SELECT pg_temp.send()', 'LY001', NULL, 'a code that shall be bound needs an amount');

-- Without a text of its purpose a code goes out in that of the configuration.
SELECT loyalty.set_config('lagoon', 'SERVER_VALIDATION_PIN_SMS', 'Ahoy, {{pin}} it is'), loyalty.set_config('lagoon', 'SERVER_VALIDATION_PIN_EMAIL', 'Mail says {{pin}}, {{pin}}'),
    loyalty.set_config('lagoon', 'CONF_VALIDATION_PIN_EMAIL_SUBJECT', 'Your pin') \g /dev/null
SELECT loyalty.send_code('lagoon', 'user_group', :ann) \g /dev/null
SELECT matches((SELECT body FROM loyalty.take_messages('lagoon', 'mobile', 100) ORDER BY message_id DESC LIMIT 1), '^Ahoy, [0-9]{6} it is$', 'an SMS');
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'email', identifier_value => 'later@example.com') \g /dev/null
SELECT matches((SELECT subject || ': ' || body FROM loyalty.take_messages('lagoon', 'email', 100) ORDER BY message_id DESC LIMIT 1), '^Your pin: Mail says ([0-9]{6}), \1$', 'an e-mail, and its subject');

-- Codes stand nowhere.
SELECT is((SELECT count(*)::int FROM loyalty_data.message_body b JOIN loyalty_data.message m USING (org_id, customer_id, message_id)
    WHERE m.purpose = 'c' AND (b.body IS NOT NULL OR b.variables IS NOT NULL)), 0, 'no text of a code stands in a table');

-- A secret that is gone.
SET loyalty.clock = '2034-09-01 00:00:00+00';
SELECT pg_temp.send('coupon') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
DELETE FROM loyalty_data.code_key;
SELECT throws_ok(format('SELECT pg_temp.enter(%L, ''coupon'')', :'pin'), 'LY705', NULL, 'a code whose secret is gone is void');
SET loyalty.clock = '2034-09-01 00:01:00+00';
SELECT is(pg_temp.send('coupon'), '00:01:00 00:06:00', 'another one makes another secret');
SELECT is(pg_temp.enter(pg_temp.pin(), 'coupon'), '2 left', 'under which it is entered');
SELECT is(pg_temp.judge(), 't', 'and right');
-- Failures of a merge group are one number: five here. A right guess of the survivor ends those of before, also of others.
SET loyalty.clock = '2034-10-01 00:00:00+00';
SELECT loyalty.set_verification_rules('lagoon', 'user_group', resend_seconds => 0, life_seconds => 86400, block_seconds => 60, failures_max => 5) \g /dev/null
SELECT set_config('test.' || name, pg_temp.customer('lagoon', mobile => '+659123457' || n)::text, false) FROM (VALUES (0, 'cy'), (1, 'di'), (2, 'eli'), (3, 'flo')) c (n, name) \g /dev/null
SELECT pg_temp.send('user_group', 'cy') \g /dev/null
SELECT is(pg_temp.enter(pg_temp.pin(), 'user_group', 'cy'), '2 left', 'long before, the survivor guessed right');
SET loyalty.clock = '2034-10-01 01:00:00+00';
SELECT pg_temp.send('user_group', name) FROM unnest('{cy,di,eli,flo}'::text[]) name \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'di') \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'di') \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'di') \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'flo') \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'flo') \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'flo') \g /dev/null
SELECT loyalty.merge_customers('lagoon', current_setting('test.cy')::int8, current_setting('test.di')::int8),
    loyalty.merge_customers('lagoon', current_setting('test.eli')::int8, current_setting('test.flo')::int8) \g /dev/null
SET loyalty.clock = '2034-10-01 02:00:00+00';
SELECT is(pg_temp.enter('x', 'user_group', 'cy'), '2 left', 'three failures of who was merged, and one');
SELECT is(pg_temp.enter('x', 'user_group', 'cy'), '1 left', 'and another one');
SELECT is(pg_temp.judge(), 'f until infinity', 'are five together: nothing more');
SET loyalty.clock = '2034-10-02 00:00:00+00';
SELECT throws_ok('SELECT pg_temp.send(''user_group'', ''cy'')', 'LY704', NULL, 'however long one waits');
SELECT loyalty.unblock_verification('lagoon', 'user_group', current_setting('test.cy')::int8) \g /dev/null
SELECT lives_ok('SELECT pg_temp.send(''user_group'', ''cy'')', 'until somebody ends it, for all of them');
SELECT pg_temp.send('user_group', 'eli') \g /dev/null
SELECT is(pg_temp.enter(pg_temp.pin(), 'user_group', 'eli'), '2 left', 'the other one guesses right');
SELECT pg_temp.send('user_group', 'eli') \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'eli') \g /dev/null
SELECT pg_temp.enter('x', 'user_group', 'eli') \g /dev/null
SELECT is(pg_temp.enter('x', 'user_group', 'eli'), '0 left', 'and wrong three times');
SELECT is(pg_temp.judge(), 'f until 2034-10-02 00:01:00', 'which are three, though the right one was not the last');
SELECT * FROM finish();
