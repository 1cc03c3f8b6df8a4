-- What merges warn of, each kind by itself: accept_warnings => false stops at every one, and the answer tells of it otherwise.
-- And what the survivor takes though both had a profile: names, addresses, CUIDs.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-03-01 12:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('o', 'p', tills => '{t}', country => 'SG');
SELECT loyalty.create_program('o', 'q', 'Q', decimals => 2);
SELECT loyalty.set_config('o', key, 'true') FROM unnest('{CONF_CARD_NUMBER_GENERATION_ENABLED,CONF_CLIENT_V2_API_ENABLED}'::text[]) key;
SELECT loyalty.create_card_series('o', 'c', 'C', method => 'AUTO_INC', length => 6, max_active_per_customer => 1);

CREATE TEMP SEQUENCE n;
CREATE FUNCTION pg_temp.someone(loyalty_type text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.customer('o', mobile => (91000000 + nextval('pg_temp.n'))::text, loyalty_type => loyalty_type,
        registered_on => '2024-01-01 12:00+00') $$;
CREATE FUNCTION pg_temp.consent(customer bigint, channel text, purpose text, yes boolean, at text, source text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT loyalty.set_subscription('o', customer, channel, purpose, yes, consented_at => at::timestamptz, source => source) $$;
CREATE FUNCTION pg_temp.mobile(customer bigint) RETURNS text LANGUAGE sql AS $$
    SELECT identifier_value FROM loyalty_data.customer_identifier WHERE customer_id = customer AND identifier_type = 'mobile' $$;

-- Of two customers, made by "first" and "other" with $1 as their id: what the preview warns of is what stops the merge, is
-- what the merge answers, and is on record; without warnings nothing stops it.
CREATE FUNCTION pg_temp.warns(name text, first text, other text, wanted text, survivor_type text DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    survivor bigint := pg_temp.someone(survivor_type);
    victim bigint := pg_temp.someone();
    shown text[];
BEGIN
    IF first IS NOT NULL THEN EXECUTE 'SELECT ' || first USING survivor; END IF;
    IF other IS NOT NULL THEN EXECUTE 'SELECT ' || other USING victim; END IF;
    shown := (SELECT COALESCE(array_agg(warning ORDER BY line_no), '{}') FROM loyalty.preview_merge('o', survivor, victim)
        WHERE warning IS NOT NULL);
    RETURN NEXT is(array_to_string(shown, '; '), COALESCE(wanted, ''), name || ': the preview');
    IF wanted IS NULL THEN
        RETURN NEXT lives_ok(format('SELECT loyalty.merge_customers(''o'', %s, %s, accept_warnings => false)', survivor, victim), name || ': nothing stops it');
    ELSE
        RETURN NEXT is(pg_temp.complaint(format('merge_customers(''o'', %s, %s, accept_warnings => false)', survivor, victim)),
            format('LY508 | the merge has warnings | There %s, which loyalty.preview_merge() shows.', CASE cardinality(shown) WHEN 1 THEN 'is 1' ELSE 'are ' || cardinality(shown) END),
            name || ': stops');
        RETURN NEXT is((SELECT warnings FROM loyalty.merge_customers('o', survivor, victim)), shown, name || ': is answered');
    END IF;
    RETURN NEXT is((SELECT warnings FROM loyalty.merge_log WHERE victim_id = victim), shown, name || ': is on record');
END $$;
CREATE FUNCTION pg_temp.yes(at text, channel text DEFAULT 'email', purpose text DEFAULT 'promotional', source text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT format('pg_temp.consent($1, %L, %L, true, %L, %L)', channel, purpose, at, source) $$;
CREATE FUNCTION pg_temp.no(at text, channel text DEFAULT 'email', purpose text DEFAULT 'promotional', source text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT format('pg_temp.consent($1, %L, %L, false, %L, %L)', channel, purpose, at, source) $$;

SELECT pg_temp.warns('nothing', NULL, NULL, NULL);
-- every channel and purpose
SELECT pg_temp.warns(format('%s %s', c, p), pg_temp.yes('2024-01-01', c, p), pg_temp.no('2024-02-01', c, p),
    format('consent %s %s: the victim opted out later', c, p))
FROM unnest('{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push}'::text[]) c, unnest('{promotional,transactional}'::text[]) p;
-- times
SELECT pg_temp.warns('at once', pg_temp.yes('2024-02-01'), pg_temp.no('2024-02-01'), 'consent email promotional: the victim opted out later');
SELECT pg_temp.warns('earlier', pg_temp.yes('2024-02-01'), pg_temp.no('2024-01-31 23:59:59'), NULL);
SELECT pg_temp.warns('taken back', pg_temp.yes('2024-01-01'), pg_temp.no('2024-02-01') || ', ' || pg_temp.yes('2024-02-02'), NULL);
SELECT pg_temp.warns('recorded last, whatever the times', pg_temp.yes('2024-01-01'), pg_temp.yes('2024-02-02') || ', ' || pg_temp.no('2024-02-01'),
    'consent email promotional: the victim opted out later');
SELECT pg_temp.warns('the survivor opted out too', pg_temp.yes('2024-01-01') || ', ' || pg_temp.no('2024-01-02'), pg_temp.no('2024-02-01'), NULL);
SELECT pg_temp.warns('the victim opted in', pg_temp.no('2024-01-01'), pg_temp.yes('2024-02-01'), NULL);
SELECT pg_temp.warns('the survivor said nothing', NULL, pg_temp.no('2024-02-01'), NULL);
-- what it is about
SELECT pg_temp.warns('another channel', pg_temp.yes('2024-01-01'), pg_temp.no('2024-02-01', 'mobile'), NULL);
SELECT pg_temp.warns('another purpose', pg_temp.yes('2024-01-01'), pg_temp.no('2024-02-01', purpose => 'transactional'), NULL);
SELECT pg_temp.warns('another source', pg_temp.yes('2024-01-01', source => 'WEBSITE'), pg_temp.no('2024-02-01', source => 'INSTORE'), NULL);
SELECT pg_temp.warns('the same source', pg_temp.yes('2024-01-01', source => 'WEBSITE'), pg_temp.no('2024-02-01', source => 'WEBSITE'),
    'consent email promotional WEBSITE: the victim opted out later');
SELECT pg_temp.warns('one source of all', pg_temp.yes('2024-01-01'), pg_temp.no('2024-02-01', source => 'WEBSITE'),
    'consent email promotional: the victim opted out later');
SELECT pg_temp.warns('all sources', pg_temp.yes('2024-01-01', source => 'WEBSITE') || ', ' || pg_temp.yes('2024-01-01', source => 'LINE'),
    pg_temp.no('2024-02-01'), 'consent email promotional WEBSITE: the victim opted out later; '
    'consent email promotional LINE: the victim opted out later');
CREATE FUNCTION pg_temp.account(account text, yes bool) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.set_subscription(''o'', $1, ''line'', ''promotional'', %L, consented_at => ''2024-02-01'', source => ''LINE'', account_id => %L)', yes, account) $$;
SELECT pg_temp.warns('the same account', pg_temp.account('a', true), pg_temp.account('a', false), 'consent line promotional LINE a: the victim opted out later');
SELECT pg_temp.warns('another account', pg_temp.account('a', true), pg_temp.account('b', false), NULL);
SELECT pg_temp.warns('all accounts', pg_temp.account('a', true), pg_temp.no('2024-02-01', 'line', source => NULL), 'consent line promotional LINE a: the victim opted out later');
SELECT pg_temp.warns(format('%s of %s', v, s), pg_temp.yes('2024-01-01', s), pg_temp.no('2024-02-01', v),
    CASE WHEN meet THEN format('consent %s promotional: the victim opted out later', s) END)
FROM (VALUES ('ios', 'mobile_push', true), ('android', 'mobile_push', true), ('mobile_push', 'ios', true), ('mobile_push', 'android', true),
    ('ios', 'android', false), ('mobile', 'mobile_push', false), ('mobile_push', 'mobile', false)) d (s, v, meet);
-- the do-not-call register
SELECT pg_temp.warns('ndnc: ' || COALESCE(s, 'nothing') || ', ' || COALESCE(v, 'nothing'),
    format('loyalty.set_ndnc_status(''o'', pg_temp.mobile($1), %L)', s), format('loyalty.set_ndnc_status(''o'', pg_temp.mobile($1), %L)', v),
    CASE WHEN v = 'registered' AND s IS DISTINCT FROM 'registered'
    THEN 'ndnc_status: the victim''s mobile was registered later' END)
FROM unnest('{registered,not_registered,unknown}'::text[]) s, unnest('{registered,not_registered,unknown}'::text[]) v;
SELECT pg_temp.warns('ndnc: nothing is known of the survivor''s', NULL, 'loyalty.set_ndnc_status(''o'', pg_temp.mobile($1), ''registered'')',
    'ndnc_status: the victim''s mobile was registered later');
-- cards, enrolment, and several at once
SELECT pg_temp.warns('cards', 'loyalty.issue_card(''o'', $1, ''c'')', 'loyalty.issue_card(''o'', $1, ''c'')', 'cards c: 2, allowed are 1');
SELECT pg_temp.warns('enrolment', NULL, NULL, 'loyalty_type: the survivor is enrolled', 'non_loyalty');
SELECT pg_temp.warns('all kinds', pg_temp.yes('2024-01-01') || ', loyalty.issue_card(''o'', $1, ''c'')',
    pg_temp.no('2024-02-01') || ', loyalty.issue_card(''o'', $1, ''c''), loyalty.set_ndnc_status(''o'', pg_temp.mobile($1), ''registered'')',
    'loyalty_type: the survivor is enrolled; ndnc_status: the victim''s mobile was registered later; '
    'consent email promotional: the victim opted out later; cards c: 2, allowed are 1', 'non_loyalty');

-- A consent stays the survivor's, and a merge of two without conflict changes none.
SELECT pg_temp.someone() AS s, pg_temp.someone() AS v \gset
SELECT pg_temp.consent(:s, 'email', 'promotional', true, '2024-01-01'), pg_temp.consent(:v, 'email', 'promotional', false, '2024-02-01'),
    pg_temp.consent(:v, 'line', 'promotional', true, '2024-02-01');
SELECT loyalty.merge_customers('o', :s, :v);
SELECT is((SELECT string_agg(channel || ' ' || status, ',') FROM loyalty.customer_subscriptions WHERE customer_id = :s), 'email opt_in', 'consents do not wander');

SELECT current_setting('loyalty.clock') AS was \gset
-- What consents come to for promotional messages to the mobile, as long as they hold.
SELECT pg_temp.someone() AS s, pg_temp.someone() AS v, pg_temp.someone() AS silent \gset
SELECT pg_temp.consent(:s, 'mobile', 'promotional', true, '2024-01-31 10:00'), pg_temp.consent(:s, 'mobile', 'promotional', false, '2024-02-01', 'LINE'),
    pg_temp.consent(:v, 'mobile', 'promotional', false, '2024-02-01'), pg_temp.consent(:silent, 'mobile', 'transactional', false, '2024-02-01');
CREATE FUNCTION pg_temp.opt_in_status(survivor bigint, victim bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' | ', COALESCE(survivor_value, '-'), COALESCE(victim_value, '-'), COALESCE(final_value, '-'), rule, warning)
    FROM loyalty.preview_merge('o', survivor, victim) WHERE item = 'opt-in status' $$;
SELECT is(pg_temp.opt_in_status(:s, :v), 'opt_in | opt_out | opt_in | survivor', 'the opt-in status');
SELECT is(pg_temp.opt_in_status(:v, :s), 'opt_out | opt_in | opt_out | survivor', 'the other way round');
SELECT is(pg_temp.opt_in_status(:silent, :v), '- | opt_out | - | survivor', 'of who said nothing of the kind');
SELECT set_config('loyalty.clock', '2024-07-31 23:59:59', true);
SELECT is(pg_temp.opt_in_status(:s, :silent), 'opt_in | - | opt_in | survivor', 'on the last day of six months');
SELECT set_config('loyalty.clock', '2024-08-01 00:00:00', true);
SELECT is(pg_temp.opt_in_status(:s, :silent), 'opt_in (over) | - | opt_in (over) | survivor', 'and after it');
SELECT loyalty.merge_customers('o', :s, :silent);
SELECT set_config('loyalty.clock', :'was', true);

-- ---------------------------------------------------------------- a loyalty victim and a non_loyalty survivor

SELECT pg_temp.someone('non_loyalty') AS guest, pg_temp.someone() AS member \gset
SELECT loyalty.earn_points('o', :member, 30), loyalty.earn_points('o', :member, 2.5, program => 'q', category => 'promised');
SELECT loyalty.earn_points('o', :member, 5, expires_at => '2024-03-02');
SELECT is(pg_temp.complaint(format('earn_points(''o'', %s, 1)', :guest)) ~ '^LY406', true, 'a guest earns nothing');
SELECT is((SELECT string_agg(concat_ws(' ', survivor_value, victim_value, final_value, rule), ',') FROM loyalty.preview_merge('o', :guest, :member) WHERE item = 'loyalty_type'),
    'non_loyalty loyalty loyalty higher', 'the line of the preview');
SELECT is((SELECT count(*) FROM loyalty_data.ledger_account WHERE customer_id = :guest), 0::int8, 'a preview enrols nobody');
SELECT loyalty.merge_customers('o', :guest, :member, event_time => '2024-02-20 12:00+00', till => 't');
SELECT is((SELECT count(*) FROM loyalty_data.ledger_account WHERE customer_id = :guest), 6::int8, 'accounts of every program and category');
SELECT is((SELECT string_agg(program || ' ' || category || ' ' || balance, ',' ORDER BY program, category) FROM loyalty.customer_points
    WHERE customer_id = :guest AND balance <> 0), 'p regular 35.000,q promised 2.500', 'the points are there');
SELECT is((SELECT string_agg(DISTINCT event_name, ',' ORDER BY event_name) FROM loyalty.points_ledger_entries WHERE original_customer_id = :guest), 'customer_merge,customer_registration',
    'its ledger begins with the enrolment');
SELECT is((SELECT points FROM loyalty.earn_points('o', :guest, 1)), 1::numeric, 'and it earns');
SELECT is((SELECT points FROM loyalty.redeem_points('o', :guest, 36)), 36::numeric, 'and redeems');
SELECT pg_temp.someone('non_loyalty') AS one, pg_temp.someone('non_loyalty') AS two \gset
SELECT is((SELECT warnings FROM loyalty.merge_customers('o', :one, :two)), '{}', 'two guests stay one');
SELECT is((SELECT loyalty_type FROM loyalty_data.customer WHERE customer_id = :one), 'n'::"char", 'who is not enrolled');
SELECT is((SELECT count(*) FROM loyalty_data.ledger_account WHERE customer_id = :one), 0::int8, 'and has no accounts');

-- ---------------------------------------------------------------- names, addresses, CUIDs, fields

SELECT loyalty.define_field('o', 'custom', 'customer', 'shoe', 'integer'), loyalty.define_field('o', 'custom', 'customer', 'hat', 'text');
CREATE FUNCTION pg_temp.named(customer bigint, source text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', COALESCE(first_name, '-'), COALESCE(last_name, '-'), COALESCE(cuid, '-')) FROM loyalty.customer_profiles p
    WHERE p.customer_id = customer AND p.source = named.source $$;
CREATE TEMP TABLE pair AS SELECT s, v, pg_temp.someone() AS survivor, pg_temp.someone() AS victim
FROM unnest(ARRAY['- -', 'Ann -', '- Lee', 'Ann Lee']) s, unnest(ARRAY['- -', 'Vic -', '- Vee', 'Vic Vee']) v;
SELECT loyalty.upsert_profile('o', c, source, first_name => NULLIF(split_part(n, ' ', 1), '-'), last_name => NULLIF(split_part(n, ' ', 2), '-'))
FROM pair, LATERAL (VALUES (survivor, s), (victim, v)) w (c, n), unnest('{INSTORE,WEBSITE}'::text[]) source;
SELECT loyalty.merge_customers('o', survivor, victim) FROM pair;
SELECT is(pg_temp.named(survivor, source), concat_ws(' ', CASE WHEN s ~ '^-' THEN split_part(v, ' ', 1) ELSE split_part(s, ' ', 1) END,
    CASE WHEN s ~ '-$' THEN split_part(v, ' ', 2) ELSE split_part(s, ' ', 2) END, '-'), format('%s: %s and %s', source, s, v))
FROM pair, unnest('{INSTORE,WEBSITE}'::text[]) source;
SELECT is(loyalty.customer_single_view('o', survivor) ->> 'first_name', 'Vic', 'the single view shows what was taken') FROM pair WHERE s = '- -' AND v = 'Vic -';

SELECT pg_temp.someone() AS s, pg_temp.someone() AS v \gset
SELECT loyalty.upsert_profile('o', :s, 'WEBSITE', first_name => 'Ann'), loyalty.upsert_profile('o', :s, 'LINE', 'acc', cuid => 'line-s'),
    loyalty.upsert_profile('o', :v, 'WEBSITE', cuid => 'web-v', email => 'V@Example.com'), loyalty.upsert_profile('o', :v, 'LINE', 'acc', cuid => 'line-v', first_name => 'Vic'),
    loyalty.upsert_profile('o', :v, 'WECHAT', 'acc', cuid => 'open-v');
SELECT loyalty.upsert_profile('o', :s, 'LINKEDIN', source_keys => '[{"type": "line", "value": "s"}]'),
    loyalty.upsert_profile('o', :v, 'LINKEDIN', source_keys => '[{"type": "line", "value": "v"}, {"type": "facebook", "value": "v"}]');
SELECT loyalty.set_channel('o', :s, 'line', 'both', is_verified => true), loyalty.set_channel('o', :s, 'postmail', 'Street 1');
SELECT loyalty.set_channel('o', :v, 'line', 'both'), loyalty.set_channel('o', :v, 'line', 'of-v', is_primary => true),
    loyalty.set_channel('o', :v, 'whatsapp', '91239999', is_verified => true), loyalty.set_channel('o', :v, 'postmail', 'Street 2', source => 'WEBSITE'),
    loyalty.set_channel('o', :v, 'mobile_push', 'tok', device => 'ios', source => 'WECHAT', account_id => 'acc');
SELECT loyalty.update_customer('o', :s, custom_fields => '{"shoe": 38}'), loyalty.update_customer('o', :v, custom_fields => '{"shoe": 39, "hat": "sun"}');
SELECT is((SELECT string_agg(concat_ws(' ', item, COALESCE(survivor_value, '-'), COALESCE(victim_value, '-'), final_value, rule), '; ' ORDER BY item)
        FROM loyalty.preview_merge('o', :s, :v) WHERE item ~ '^addresses'),
    'addresses ios - tok tok all; addresses line both both, of-v both, of-v all; addresses postmail Street 1 Street 2 Street 1, Street 2 all; '
    'addresses whatsapp - +6591239999 +6591239999 all', 'addresses in the preview');
SELECT loyalty.merge_customers('o', :s, :v);
SELECT is(pg_temp.named(:s, 'WEBSITE'), 'Ann - web-v', 'a profile of both: a CUID that it lacked');
SELECT is((SELECT email FROM loyalty.customer_profiles WHERE customer_id = :s AND source = 'WEBSITE'), 'V@Example.com', 'and an e-mail');
SELECT is(pg_temp.named(:s, 'LINE'), 'Vic - line-s', 'but not another one');
SELECT is(pg_temp.named(:s, 'WECHAT'), '- - open-v', 'a profile that the survivor lacked');
SELECT is((SELECT string_agg(concat_ws(' ', identifier_type, identifier_value), ', ' ORDER BY identifier_type) FROM loyalty_data.customer_identifier
    WHERE customer_id = :s AND identifier_value ~ '^LINKEDIN/' AND held_until IS NULL), 'facebook LINKEDIN//v, line LINKEDIN//s',
    'keys of a source that it lacked, though the profiles are alike');
SELECT is((SELECT string_agg(identifier_value, ',' ORDER BY identifier_value) FROM loyalty_data.customer_identifier
    WHERE customer_id = :s AND identifier_type = 'cuid' AND held_until IS NULL), (SELECT string_agg(identifier_value, ',' ORDER BY identifier_value)
    FROM loyalty_data.customer_identifier WHERE identifier_type = 'cuid' AND identifier_value ~ '(line-s|web-v|open-v)$' AND customer_id = :s), 'CUIDs are held');
SELECT is((SELECT count(*) FROM loyalty_data.customer_identifier WHERE customer_id = :s AND identifier_type = 'cuid' AND held_until IS NULL), 3::int8, 'three of them');
SELECT is((SELECT string_agg(concat_ws(' ', channel, address, source, is_verified, is_primary), ', ' ORDER BY channel, address) FROM loyalty.customer_channels WHERE customer_id = :s),
    'ios tok WECHAT f t, line both INSTORE t t, line of-v INSTORE f f, postmail Street 1 INSTORE f t, postmail Street 2 WEBSITE f f, whatsapp +6591239999 INSTORE t t',
    'addresses: the survivor''s flags stay, and there is one primary of each channel');
SELECT is((SELECT string_agg(f.name || ' ' || f.field_value, ',' ORDER BY f.name) FROM loyalty.customer_fields f WHERE customer_id = :s), 'hat sun,shoe 38', 'fields');
SELECT is((SELECT string_agg(address, ',' ORDER BY address COLLATE "C") FROM loyalty.customer_channels WHERE customer_id = :v), '+6591239999,Street 2,both,of-v,tok', 'the victim''s record stays as it was');

-- A third account, merged into the one that took these: addresses go on.
SELECT pg_temp.someone() AS t \gset
SELECT loyalty.merge_customers('o', :t, :s);
SELECT is((SELECT count(*) FROM loyalty.customer_channels WHERE customer_id = :t), 6::int8, 'a chain of merges loses none');

-- An erasure takes addresses out of the records of merges, too.
SELECT loyalty.request_deletion('o', :t, reason => 'asked');
CREATE ROLE merge_boss IN ROLE loyalty_admin;
SELECT loyalty.grant_org('o', 'merge_boss');
SET LOCAL ROLE merge_boss;
SELECT loyalty.approve_deletion('o', :t);
RESET ROLE;
SELECT is((SELECT count(*) FROM loyalty_data.merge_line l WHERE l::text ~ 'Street|6591239999|of-v|V@Example'), 0::int8, 'nothing of it is left');

-- ---------------------------------------------------------------- an e-mail as it was typed, beyond ASCII too

SELECT pg_temp.someone() AS a, pg_temp.someone() AS b, pg_temp.someone() AS c,
    (loyalty.register_customer('o', '81239998', source => 'ECOMMERCE', registered_on => '2024-01-01')).customer_id AS web \gset
SELECT loyalty.change_identifier('o', :b, 'email', 'ÉVA.B@Example.com'), loyalty.change_identifier('o', :c, 'email', 'ÉVA.C@Example.com');
SELECT loyalty.merge_customers('o', :a, :b), loyalty.merge_customers('o', :web, :c);
SELECT is((SELECT string_agg(email, ' ' ORDER BY email) FROM loyalty.customer_profiles WHERE customer_id IN (:a, :web) AND source = 'INSTORE'),
    'ÉVA.B@Example.com ÉVA.C@Example.com', 'survivors show e-mails as their victims typed them');

-- ---------------------------------------------------------------- the way out of LY113

SELECT pg_temp.someone() AS a, pg_temp.someone() AS b \gset
SELECT loyalty.set_config('o', 'CONF_ALLOW_MOBILE_UPDATE', 'true');
SELECT unnest(ARRAY[is(r.code, 'LY113', call), matches(r.hint, 'loyalty\.merge_customers', 'LY113 offers the merge: ' || call)])
FROM (VALUES (format('change_identifier(''o'', %s, ''mobile'', %L)', :a, pg_temp.mobile(:b))), (format('upsert_profile(''o'', %s, ''WEBSITE'', mobile => %L)', :a, pg_temp.mobile(:b)))) c (call),
    pg_temp.refusal(format('loyalty.%s', call)) r;
SELECT is(pg_temp.proved(), 'proved', 'the books are right');

SELECT * FROM finish();
ROLLBACK;
