-- What merge_customers and preview_merge refuse, what a refused call leaves behind, whom keys find afterwards, and the
-- merges of registrations, row by row.
BEGIN;
SELECT plan(80);
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-03-01 12:00+00';

\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('o', 'p', tills => '{t}', country => 'SG');
SELECT loyalty.set_config('o', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT pg_temp.new_org('other', country => 'SG');
SELECT loyalty.create_card_series('o', 'c', 'C', method => 'AUTO_INC', length => 6);
SELECT loyalty.set_config('o', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'on');
SELECT pg_temp.customer('o', NULL, '2024-01-01', '91230001') AS ann,
    pg_temp.customer('o', NULL, '2024-01-02', '91230002') AS bob,
    pg_temp.customer('o', NULL, '2024-01-03', '91230003') AS cat,
    pg_temp.customer('o', NULL, '2024-01-04', '91230004') AS dan,
    pg_temp.customer('o', mobile => '91230005', loyalty_type => 'non_loyalty') AS eve,
    pg_temp.customer('other', mobile => '91230001') AS far \gset
CREATE TEMP TABLE who AS SELECT :ann AS ann, :bob AS bob, :cat AS cat, :dan AS dan, :eve AS eve, :far AS far;
SELECT loyalty.earn_points('o', :bob, 10, idempotency_key => 'k');
CREATE FUNCTION pg_temp.refuses(call text, expected text, name text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(pg_temp.complaint('merge_customers(' || call || ')'), expected, name)
    UNION ALL SELECT is(pg_temp.complaint('preview_merge(' || call || ')'), expected, name || ': preview') $$;

-- ---------------------------------------------------------------- arguments

SELECT pg_temp.refuses(format('%L, %s, %s', o, a, b), e, n) FROM who, LATERAL (VALUES
    (NULL, ann::text, bob::text, 'LY001 | argument "org" is required', 'no org'),
    ('o', 'NULL', bob::text, 'LY001 | argument "survivor_id" is required', 'no survivor'),
    ('o', ann::text, 'NULL', 'LY001 | argument "victim_id" is required', 'no victim'),
    ('nowhere', ann::text, bob::text, 'LY004 | org "nowhere" does not exist', 'an org that does not exist'),
    ('o', '0', bob::text, 'LY107 | customer 0 does not exist in this org', 'a survivor that does not exist'),
    ('o', ann::text, '9223372036854775807', 'LY107 | customer 9223372036854775807 does not exist in this org', 'a victim that does not exist'),
    ('o', ann::text, far::text, format('LY502 | customer %s belongs to another org', far), 'a victim of another org'),
    ('o', far::text, ann::text, format('LY502 | customer %s belongs to another org', far), 'a survivor of another org'),
    ('o', ann::text, ann::text, 'LY501 | survivor and victim are the same customer', 'one customer twice')) w (o, a, b, e, n);
SELECT is(pg_temp.complaint(format('merge_customers(''o'', %s, %s, %s)', ann, bob, a)), e, n) FROM who, LATERAL (VALUES
    ('till => ''x''', 'LY006 | till "x" does not exist', 'a till that does not exist'),
    ('reason => repeat(''x'', 1001)', 'LY002 | argument "reason" is too long | At most 1000 characters are allowed.', 'a long reason'),
    ('actor => repeat(''x'', 201)', 'LY002 | argument "actor" is too long | At most 200 characters are allowed.', 'a long actor'),
    ('idempotency_key => repeat(''x'', 201)', 'LY002 | argument "idempotency_key" is too long | At most 200 characters are allowed.', 'a long key'),
    ('event_time => ''infinity''', 'LY015 | argument "event_time" is not a supported time | Times lie between the years 1900 and 9999.', 'an infinite time'),
    ('idempotency_key => ''k''', 'LY020 | the idempotency key was used before with other arguments', 'a key of the victim''s')) w (a, e, n);
SELECT matches(pg_temp.complaint(format('merge_customers(''o'', %s, %s, event_time => ''2024-03-01 12:06'')', ann, bob)), '^LY408 ', 'a time to come') FROM who;
SELECT matches(pg_temp.complaint(format('merge_customers(''o'', %s, %s, event_time => ''2024-01-01 12:00'')', ann, bob)), '^LY407 ',
    'a time before the victim''s registration') FROM who;

-- Another tenant does not learn that an id exists elsewhere.
CREATE ROLE merge_tenant;
GRANT loyalty_admin TO merge_tenant;
SELECT loyalty.grant_org('o', 'merge_tenant');
GRANT SELECT ON who TO merge_tenant;
SET LOCAL ROLE merge_tenant;
SELECT throws_ok(format('SELECT loyalty.merge_customers(''o'', %s, %s)', ann, far), 'LY107', NULL, 'another tenant''s customer is unknown') FROM who;
RESET ROLE;

-- ---------------------------------------------------------------- status

INSERT INTO loyalty_data.status_label (org_id, label_id, status, is_default, restrictions, label)
SELECT org_id, 901, 's', false, 4, 'Frozen' FROM loyalty_data.org WHERE org = 'o';
INSERT INTO loyalty_data.status_label (org_id, label_id, status, is_default, restrictions, label)
SELECT org_id, 902, 'p', false, 0, 'Leaving' FROM loyalty_data.org WHERE org = 'o';
CREATE FUNCTION pg_temp.label(id bigint, label_id int) RETURNS void LANGUAGE sql AS $$
    UPDATE loyalty_data.customer SET status_label_id = $2 WHERE customer_id = id $$;
SELECT pg_temp.label(:bob, 901);
SELECT pg_temp.refuses(format('''o'', %s, %s', a, b), format('LY506 | the status of customer %s does not allow a merge | Restriction '
    'block_identifier_change_and_merge by status suspended, label "Frozen".', bob), n)
FROM who, LATERAL (VALUES (ann, bob, 'a victim who is blocked'), (bob, ann, 'a survivor who is blocked')) w (a, b, n);
SELECT pg_temp.label(:bob, 902);
SELECT pg_temp.refuses(format('''o'', %s, %s', a, b), format('LY505 | customer %s was deleted, or is about to be', bob), n)
FROM who, LATERAL (VALUES (ann, bob, 'a victim who is leaving'), (bob, ann, 'a survivor who is leaving')) w (a, b, n);
SELECT pg_temp.label(:bob, NULL);

-- ---------------------------------------------------------------- conservation

-- Somebody's trigger keeps the cards where they are: the check before the end finds it.
SELECT loyalty.issue_card('o', :bob, 'c');
CREATE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON loyalty_data.card FOR EACH ROW EXECUTE FUNCTION pg_temp.keep();
SELECT is(pg_temp.complaint(format('merge_customers(''o'', %s, %s)', ann, bob)), format('LY509 | the merge of customer %s into customer %s would '
    'lose something | What the survivor has of "cards c" (card) is not what was decided.', bob, ann), 'cards that do not move') FROM who;
DROP TRIGGER keep ON loyalty_data.card;
CREATE TRIGGER keep BEFORE INSERT ON loyalty_data.points_lot FOR EACH ROW EXECUTE FUNCTION pg_temp.keep();
SELECT matches(pg_temp.complaint(format('merge_customers(''o'', %s, %s)', ann, bob)), '^LY509 ', 'lots that do not arrive') FROM who;
DROP TRIGGER keep ON loyalty_data.points_lot;

-- ---------------------------------------------------------------- after a merge

SELECT lives_ok(format('SELECT loyalty.merge_customers(''o'', %s, %s, idempotency_key => ''m'')', ann, bob), 'they merge') FROM who;
SELECT pg_temp.refuses(format('''o'', %s, %s', cat, bob), format('LY503 | the victim, customer %s, was merged into customer %s', bob, ann), 'a victim of before') FROM who;
SELECT pg_temp.refuses(format('''o'', %s, %s', bob, cat), format('LY504 | the survivor, customer %s, was merged into customer %s', bob, ann), 'a victim as survivor') FROM who;
SELECT is(pg_temp.complaint(format('merge_customers(''o'', %s, %s, reason => ''why'', idempotency_key => ''m'')', ann, bob)),
    'LY020 | the idempotency key was used before with other arguments', 'the key of the merge with other arguments') FROM who;
SELECT is((SELECT r.survivor_id FROM who, loyalty.merge_customers('o', ann, bob, accept_warnings => NULL, idempotency_key => 'm') r), :ann::bigint, 'and with the same');
SELECT throws_ok(format('SELECT loyalty.redeem_points(''o'', %s, 1)', bob), 'LY125', format('customer %s was merged into customer %s', bob, ann), 'a victim cannot redeem') FROM who;
SELECT throws_ok(format('SELECT loyalty.transfer_points(''o'', %s, %s, 1)', ann, bob), 'LY125', NULL, 'nor be given anything') FROM who;
SET LOCAL loyalty.follow_merges = on;
SELECT throws_ok(call, 'LY435', format('both sides are customer %s', ann), 'victim and survivor are one: ' || name)
FROM who, LATERAL (VALUES ('a gift of the victim', format('SELECT loyalty.transfer_points(''o'', %s, %s, 1)', bob, ann)),
    ('a gift of the survivor', format('SELECT loyalty.transfer_points(''o'', %s, %s, 1)', ann, bob)),
    ('a referral of the victim', format('SELECT loyalty.award_referral(''o'', %s, %s, 1, 1)', bob, ann)),
    ('a referral of the survivor', format('SELECT loyalty.award_referral(''o'', %s, %s, 1, 1)', ann, bob))) c (name, call);
SET LOCAL loyalty.follow_merges = off;
SELECT is((SELECT points FROM who, loyalty.earn_points('o', bob, 10, idempotency_key => 'k')), 10.000, 'but a repeat of what it earned is answered');
SELECT is((SELECT current_points FROM who, loyalty.points_balance('o', ann)), 10.000, 'and earns nothing again');
SELECT ok((SELECT count(*) > 0 FROM who, loyalty.points_ledger('o', bob)), 'its ledger can be read');

-- ---------------------------------------------------------------- what the victim did goes on

SELECT customer_id AS ida FROM loyalty.register_customer('o', '91230011', registered_on => '2024-01-01') \gset
SELECT customer_id AS ivy FROM loyalty.register_customer('o', '91230012', registered_on => '2024-01-01') \gset
SELECT loyalty.earn_points('o', :ivy, 50);
SELECT redemption_id FROM loyalty.redeem_points('o', :ivy, 20) \gset
SELECT loyalty.merge_customers('o', :ida, :ivy);
SELECT is((SELECT points FROM loyalty.reverse_redemption('o', :ida, :'redemption_id')), 20.000, 'the victim''s redemption is reversed on the survivor');
SELECT is((SELECT concat_ws(' ', current_points, lifetime_points, redeemed_points) FROM loyalty.points_balance('o', :ida)), '50.000 50.000 0.000',
    'whose counters are those of both');
SELECT is((SELECT count(*) FROM loyalty_data.points_lot WHERE customer_id = :ida AND origin_customer_id = :ivy), 2::bigint, 'and whose lots name theirs');

-- ---------------------------------------------------------------- batches

CREATE FUNCTION pg_temp.items(VARIADIC jsonb[]) RETURNS loyalty.earn_item[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT jsonb_populate_record(NULL::loyalty.earn_item, i) FROM unnest($1) WITH ORDINALITY u (i, n) ORDER BY n) $$;
SELECT customer_id AS joy FROM loyalty.register_customer('o', '91230013', registered_on => '2024-01-01') \gset
SELECT customer_id AS jo FROM loyalty.register_customer('o', '91230014', registered_on => '2024-01-01') \gset
SELECT loyalty.earn_points_batch('o', pg_temp.items(jsonb_build_object('customer_id', :joy, 'points', 7, 'idempotency_key', 'before')));
SELECT loyalty.merge_customers('o', :jo, :joy);
CREATE TEMP TABLE followed AS SELECT pg_temp.items(
    jsonb_build_object('customer_id', :joy, 'points', 1, 'idempotency_key', 'k'),
    jsonb_build_object('customer_id', :jo, 'points', 2),
    jsonb_build_object('customer_id', :joy, 'points', 7, 'idempotency_key', 'before'),
    jsonb_build_object('customer_id', :joy, 'points', 8, 'idempotency_key', 'before'),
    jsonb_build_object('customer_id', :joy, 'points', 1, 'idempotency_key', 'k'),
    jsonb_build_object('customer_id', :jo, 'points', 3, 'idempotency_key', 'k')) AS items;
SELECT results_eq('SELECT b.points, b.current_points, b.error_code FROM followed, loyalty.earn_points_batch(''o'', items[:1] || items[3:4], false) b ORDER BY item_no',
    $$VALUES (NULL::numeric, NULL::numeric, 'LY125'), (7, 7, NULL), (NULL, NULL, 'LY020')$$, 'an item with the victim''s id is refused, its repeat answered');
SELECT throws_ok('SELECT loyalty.earn_points_batch(''o'', items[:1]) FROM followed', 'LY125', NULL, 'so is a batch that is all or nothing');
SET LOCAL loyalty.follow_merges = on;
SELECT results_eq('SELECT b.points, b.current_points, b.error_code FROM followed, loyalty.earn_points_batch(''o'', items, false) b ORDER BY item_no',
    $$VALUES (1::numeric, 8::numeric, NULL), (2, 10, NULL), (7, 7, NULL), (NULL, NULL, 'LY020'), (1, 8, NULL), (NULL, NULL, 'LY020')$$,
    'where the caller follows merges, items work on the survivor');
SELECT results_eq('SELECT b.points, b.current_points, b.error_code FROM followed, loyalty.earn_points_batch(''o'', items[:1], false) b',
    $$VALUES (1::numeric, 8::numeric, NULL)$$, 'and a repeat gets the first answer');
SELECT results_eq(format($$SELECT b.points, b.current_points, b.error_code FROM loyalty.redeem_points_batch('o', ARRAY[
    jsonb_populate_record(NULL::loyalty.redeem_item, '{"customer_id": %s, "points": 4}')]) b$$, :joy), $$VALUES (4::numeric, 6::numeric, NULL)$$,
    'redemptions do, too');
SET LOCAL loyalty.follow_merges = off;
SELECT is((SELECT count(*) FROM loyalty_data.ledger_entry WHERE customer_id = :joy AND points IN (1, 2, 4)), 0::bigint, 'nothing is posted to the victim');

-- ---------------------------------------------------------------- cards that stay

SELECT loyalty.issue_card('o', :dan, 'c');
SELECT card_number AS left_card FROM loyalty.customer_cards('o', :dan) \gset
SELECT loyalty.set_config('o', 'CONF_ALLOW_CARD_TRANSFER_TO_SURVIVOR', 'off');
SELECT loyalty.merge_customers('o', :cat, :dan);
SELECT is(loyalty.find_customer('o', 'card_number', :'left_card'), NULL, 'a card that stayed finds nobody');
SELECT throws_ok(format('SELECT * FROM loyalty.points_ledger(''o'', identifier_type => ''card_number'', identifier_value => %L)', :'left_card'),
    'LY107', NULL, 'and names nobody whose ledger is read');
SELECT is((SELECT array_agg(DISTINCT customer_id) FROM loyalty.points_ledger('o', identifier_type => 'mobile',
    identifier_value => (SELECT identifier_value FROM loyalty_data.customer_identifier WHERE customer_id = :dan
        AND identifier_type = 'mobile' AND held_until IS NULL))),
    (SELECT ARRAY[cat::int8] FROM who), 'what the victim kept names the survivor, whose own ledger is read');
SELECT results_eq(format($$SELECT DISTINCT customer_id = %s FROM loyalty.points_ledger('o', %s)$$, :dan, :dan), ARRAY[true],
    'the victim''s is read by its id');
SELECT throws_ok(format('SELECT loyalty.earn_points(''o'', NULL, 5, card_number => %L)', :'left_card'), 'LY125', NULL, 'nobody earns with it');
SET LOCAL loyalty.follow_merges = on;
SELECT throws_ok(format('SELECT loyalty.earn_points(''o'', NULL, 5, card_number => %L)', :'left_card'), 'LY125', NULL, 'whatever the setting');
SET LOCAL loyalty.follow_merges = off;
SELECT throws_ok(format('SELECT loyalty.set_card_status(''o'', %L, ''suspended'')', :'left_card'), 'LY312', NULL, 'its status does not change');
SELECT throws_ok(format('SELECT loyalty.issue_card(''o'', %s, card_number => %L)', cat, :'left_card'), 'LY312', NULL, 'it is not issued again') FROM who;
SELECT loyalty.set_config('o', 'CONF_ALLOW_CARD_TRANSFER_TO_SURVIVOR', NULL);

-- ---------------------------------------------------------------- registrations that merge

SELECT loyalty.set_config('o', 'CONF_USERS_IS_EMAIL_UNIQUE', 'on');
SELECT loyalty.set_config('o', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'off');
CREATE FUNCTION pg_temp.user(number int, is_loyalty boolean, mail boolean DEFAULT true) RETURNS bigint LANGUAGE sql AS $$
    SELECT customer_id FROM loyalty.register_customer('o', '9' || 2000000 + number, CASE WHEN mail THEN 'u' || number || '@example.com' END,
        CASE WHEN is_loyalty THEN 'X' || number END, registered_on => '2024-01-01',
        loyalty_type => CASE WHEN is_loyalty THEN 'loyalty' ELSE 'non_loyalty' END) $$;
-- The outcome, who survives, and who was merged, as the numbers of users.
CREATE TEMP TABLE made (number int, id bigint);
CREATE FUNCTION pg_temp.reg(m int, e int, x int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before bigint := COALESCE((SELECT max(merge_id) FROM loyalty.merge_log), 0);
    seen text := (SELECT decision_row || ' ' || outcome FROM loyalty.explain_registration('o', '9' || 2000000 + m, 'u' || e || '@example.com', 'X' || x));
    done record;
BEGIN
    SELECT * INTO done FROM loyalty.register_customer('o', '9' || 2000000 + m, 'u' || e || '@example.com', 'X' || x);
    RETURN concat_ws(', ', 'row ' || seen, done.outcome, 'into ' || (SELECT number FROM made WHERE id = done.customer_id),
        (SELECT string_agg('from ' || number, ', ' ORDER BY number) FROM loyalty.merge_log l JOIN made ON id = l.victim_id
         WHERE l.merge_id > before AND l.customer_id = done.customer_id AND l.origin = 'registration'),
        'keys ' || (SELECT string_agg(regexp_replace(identifier_value, '@.*|^\+659200*', ''), ' ' ORDER BY identifier_type, identifier_value)
         FROM loyalty_data.identifier i WHERE i.customer_id = done.customer_id));
END $$;
INSERT INTO made SELECT n, pg_temp.user(n, n % 10 = 0) FROM generate_series(1, 30) n;
-- 1 to 9 and so on are campaign users, 10, 20, 30 loyalty customers. Row 9 needs two owners of secondaries: an e-mail and an
-- external id, which campaign users lack unless it is the primary; row 10 has one of each.
SELECT is(pg_temp.reg(1, 2, 101), 'row 11 merged, merged, into 1, from 2, keys u1 u2 X101 1 2', 'row 11: a campaign user takes in another one');
SELECT is(pg_temp.reg(10, 3, 102), 'row 11 merged, merged, into 10, from 3, keys u10 u3 X10 3 10', 'row 11: so does a loyalty customer');
SELECT loyalty.set_config('o', 'CONF_ALLOW_MOBILE_UPDATE', 'on');
SELECT is(pg_temp.reg(30, 20, 30), 'row 14 merged, merged, into 30, from 20, keys u20 u30 X20 X30 20 30', 'row 14: two loyalty customers, by the unique e-mail');
SELECT is(pg_temp.reg(199, 6, 10), 'row 10 merged, merged, into 10, from 6, keys u10 u3 u6 X10 3 6 199', 'row 10: the loyalty one takes in the others, and gets the new mobile');
SELECT is(pg_temp.reg(4, 5, 10), 'row 12 merged, merged, into 10, from 4, from 5, keys u10 u3 u4 u5 u6 X10 3 4 5 6',
    'row 12: the loyalty customer survives, and gets the mobile of the campaign user');
SELECT loyalty.set_config('o', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT is(pg_temp.reg(11, 12, 301), 'row 9 merged, merged, into 11, from 12, keys u11 u12 X301 11 12', 'row 9: the oldest of campaign users takes in the others, and is enrolled');
SELECT is((SELECT loyalty_type FROM loyalty_data.customer JOIN made ON id = customer_id WHERE number = 11), 'l'::"char", 'as a loyalty customer');
SELECT loyalty.set_config('o', 'CONF_REGISTRATION_PRIMARY_KEY', 'mobile');
SELECT is((SELECT count(*) FROM loyalty_data.ledger_account a JOIN loyalty_data.customer c USING (customer_id) WHERE c.merged_into IS NOT NULL AND a.balance <> 0), 0::bigint,
    'no victim keeps points');
SELECT pg_temp.label((SELECT id FROM made WHERE number = 7), 901);
SELECT throws_ok('SELECT pg_temp.reg(8, 7, 103)', 'LY201', NULL, 'a block on a side fails the registration');
SELECT is_empty($$SELECT * FROM loyalty.verify_ledger('o') WHERE NOT ok$$, 'the ledger verifies');

SELECT * FROM finish();
ROLLBACK;
