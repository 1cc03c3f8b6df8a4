-- A card in the place of another one: whatever became of the old one, it never stands in the way; what hangs on it goes over;
-- the histories of both say so. And all that is refused.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('sg', 'p', zone => 'Asia/Singapore', country => 'SG'), pg_temp.new_org('other', country => 'SG');
SELECT loyalty.create_program('sg', 'gold', 'Gold');
SELECT loyalty.set_config('sg', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_card_series('sg', 'one', 'One', method => 'AUTO_INC', length => 8, prefix => '44', max_active_per_customer => 1,
    validity => '30 days');
SELECT loyalty.create_card_series('sg', 'gold', 'Gold', method => 'AUTO_INC', length => 8, prefix => '55', program => 'gold',
    max_active_per_customer => 1);
SELECT loyalty.create_card_label('sg', 'suspended', 'Lost'), loyalty.create_card_label('sg', 'deleted', 'Replaced');
SELECT loyalty.set_config('sg', 'CONF_MAX_ACTIVE_CARDS', '1');
SET LOCAL test.secret = '4400000|5500000|EXT';

-- A customer whose one card is in a status.
CREATE TEMP SEQUENCE n;
CREATE FUNCTION pg_temp.holder(status text, OUT customer bigint, OUT number text) LANGUAGE plpgsql AS $$
BEGIN
    customer := pg_temp.customer('sg', mobile => (91000000 + nextval('pg_temp.n'))::text);
    SELECT card_number INTO number FROM loyalty.issue_card('sg', customer, 'one', card_external_id => 'EXT' || customer);
    PERFORM loyalty.earn_points('sg', customer, 100);
    IF status <> 'issued' THEN
        PERFORM loyalty.set_card_status('sg', number, status);
    END IF;
END $$;

-- Every status: the old card ends, the new one is issued and carries the customer, the balance and the external id.
CREATE TEMP TABLE holder AS SELECT s AS status, h.customer, h.number, NULL::text AS new_number
    FROM unnest('{issued,active,suspended,expired,deleted}'::text[]) s, pg_temp.holder(s) h;
SELECT unnest(ARRAY[
    is(r.status, 'issued', h.status || ': the new card is issued'),
    is(r.expires_at, '2024-06-01 16:00:00+00', h.status || ': its validity begins anew'),
    isnt(r.card_number, h.number, h.status || ': it has a number of its own')])
FROM holder h, loyalty.replace_card('sg', h.customer, h.number, reason => 'lost', actor => 'desk 4') r;
UPDATE holder h SET new_number = c.card_number FROM loyalty.cards c
WHERE c.customer_id = h.customer AND c.card_number <> h.number;
SELECT unnest(ARRAY[
    is((SELECT string_agg(c.status || ' ' || c.label, ', ' ORDER BY c.card_id) FROM loyalty.customer_cards('sg', h.customer) c),
        CASE h.status WHEN 'expired' THEN 'expired expired' ELSE 'deleted Replaced' END || ', issued issued', h.status || ': the old card is over'),
    is(loyalty.find_customer('sg', 'card_number', h.new_number), h.customer, h.status || ': the new number finds the customer'),
    is(loyalty.find_customer('sg', 'card_number', h.number), h.customer, h.status || ': so does the old one'),
    is((SELECT c.card_number FROM loyalty.cards c WHERE c.card_external_id = 'EXT' || h.customer), h.new_number,
        h.status || ': the external id went over'),
    is(loyalty.find_customer('sg', 'card_external_id', 'EXT' || h.customer), h.customer, h.status || ': and finds the customer'),
    is((SELECT current_points FROM loyalty.redeem_points('sg', NULL, 10, card_external_id => 'EXT' || h.customer)), 90::numeric,
        h.status || ': the balance is there'),
    is((pg_temp.refusal(format('loyalty.redeem_points(''sg'', NULL, 10, card_number => %L)', h.number))).code, 'LY310',
        h.status || ': the old card pays nothing'),
    is((SELECT string_agg(concat_ws(' ', change, old_status, new_status, reason, actor, o.card_number = h.new_number), ', ')
            FROM loyalty.card_history('sg', h.number) y LEFT JOIN loyalty.cards o ON o.card_id = y.other_card_id WHERE change = 'replaced'),
        format('replaced %s %s lost desk 4 t', h.status, CASE h.status WHEN 'expired' THEN 'expired' ELSE 'deleted' END),
        h.status || ': the history of the old one'),
    is((SELECT string_agg(concat_ws(' ', change, old_status, new_status, reason, actor, o.card_number = h.number), ', ')
            FROM loyalty.card_history('sg', h.new_number) y LEFT JOIN loyalty.cards o ON o.card_id = y.other_card_id),
        'issued not_issued issued lost desk 4 t', h.status || ': the history of the new one'),
    pg_temp.refused(format('loyalty.replace_card(''sg'', %s, %L)', h.customer, h.number), 'LY309', h.status || ': not twice')])
FROM holder h;
SELECT is((SELECT count(*) FROM loyalty_data.card_external_id e JOIN loyalty_data.card c USING (org_id, card_number, card_external_id)), 5::int8,
    'both tables agree on external ids');
SELECT is((SELECT string_agg(invariant || detail, ', ') FROM loyalty.verify_data('sg') WHERE ok IS NOT TRUE), NULL, 'nothing names what is not there');

-- A validity that has ended, whether or not the job has written it, makes room as a deleted card does.
SELECT customer AS late, number AS late_number FROM pg_temp.holder('active') \gset
SET LOCAL loyalty.clock = '2024-06-01 16:00:00+00';
SELECT is((SELECT status FROM loyalty.replace_card('sg', :late, :'late_number')), 'issued', 'a card whose validity has ended');
SELECT is((SELECT string_agg(status, ',' ORDER BY card_id) FROM loyalty.customer_cards('sg', :late)), 'expired,issued', 'stays an expired one');
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';

-- Limits: one for one is never refused; what is one more is counted.
SELECT customer AS bob, number AS bobs FROM pg_temp.holder('suspended') \gset
SELECT loyalty.set_config('sg', 'CONF_MAX_ACTIVE_CARDS', NULL);
SELECT card_number AS bobs_gold FROM loyalty.issue_card('sg', :bob, 'gold') \gset
SELECT loyalty.set_config('sg', 'CONF_MAX_ACTIVE_CARDS', '1');
SELECT is((SELECT status FROM loyalty.replace_card('sg', :bob, :'bobs')), 'issued', 'one for one, though the customer has more than allowed');
SELECT card_number AS bobs FROM loyalty.cards WHERE customer_id = :bob AND series = 'one' AND status = 'issued' \gset
SELECT pg_temp.refused(format('loyalty.replace_card(''sg'', %s, %L, ''gold'')', :bob, :'bobs'), 'LY311', 'of another series: the second of it',
    'Of that series the customer has 1, allowed are 1.');
SELECT loyalty.set_config('sg', 'CONF_MAX_ACTIVE_CARDS', NULL);
SELECT loyalty.set_card_status('sg', :'bobs', 'deleted');
SELECT loyalty.issue_card('sg', :bob, 'one');
SELECT pg_temp.refused(format('loyalty.replace_card(''sg'', %s, %L)', :bob, :'bobs'), 'LY311', 'a deleted card is no room for one more');
SELECT loyalty.set_config('sg', 'CONF_COUNT_ONLY_ACTIVE_LABEL_CARDS', 'true');
SELECT is((SELECT status FROM loyalty.replace_card('sg', :bob, :'bobs_gold', 'one')), 'issued', 'where active cards alone count');
SELECT loyalty.set_config('sg', 'CONF_COUNT_ONLY_ACTIVE_LABEL_CARDS', NULL);

-- A card of another series brings its program; one of the stock its own external id, and the old one's stays where it was.
SELECT customer AS cat, number AS cats FROM pg_temp.holder('issued') \gset
SELECT loyalty.import_cards('sg', 'gold', '{G1,G2}', '{EXTG1,EXTG2}'), loyalty.import_cards('sg', 'one', '{S1,S2}');
SELECT is((SELECT card_number FROM loyalty.replace_card('sg', :cat, :'cats', card_number => 'G1')), 'G1', 'one of the stock');
SELECT is((SELECT string_agg(series || ' ' || program || ' ' || card_external_id, ',') FROM loyalty.cards WHERE card_number = 'G1'),
    'gold gold EXTG1', 'of another series, with its own external id');
SELECT is((SELECT card_number FROM loyalty.cards WHERE card_external_id = 'EXT' || :cat), :'cats', 'the old one keeps its own');
SELECT loyalty.replace_card('sg', :cat, 'G1', card_number => 'S1', card_external_id => 'EXTNEW');
SELECT is((SELECT string_agg(card_external_id, ',' ORDER BY card_number) FROM loyalty.cards WHERE card_number IN ('G1', 'S1')), 'EXTG1,EXTNEW',
    'an external id that is given');
SELECT loyalty.set_config('sg', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'false');
SELECT pg_temp.refused(format('loyalty.replace_card(''sg'', %s, ''S1'')', :cat), 'LY012', 'no numbers are made');
SELECT is((SELECT card_number FROM loyalty.replace_card('sg', :cat, 'S1', card_number => 'S2')), 'S2', 'but one of the stock may come');
SELECT loyalty.set_config('sg', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');

-- Merges: the victim's card is the survivor's, one that stayed behind is nobody's.
SELECT customer AS vic, number AS vics FROM pg_temp.holder('suspended') \gset
SELECT loyalty.merge_customers('sg', :cat, :vic);
SELECT pg_temp.refused(format('loyalty.replace_card(''sg'', %s, %L)', :vic, :'vics'), 'LY125', 'by the id of the victim');
SET LOCAL loyalty.follow_merges = on;
SELECT is((SELECT status FROM loyalty.replace_card('sg', :vic, :'vics')), 'issued', 'by that id, where merges are followed');
RESET loyalty.follow_merges;
SELECT is((SELECT count(*) FROM loyalty.customer_cards('sg', :cat) WHERE status = 'issued'), 2::int8, 'the survivor has it');
SELECT loyalty.set_config('sg', 'CONF_ALLOW_CARD_TRANSFER_TO_SURVIVOR', 'false');
SELECT customer AS left, number AS lefts FROM pg_temp.holder('suspended') \gset
SELECT loyalty.merge_customers('sg', :cat, :left);
SELECT pg_temp.refused(format('loyalty.replace_card(''sg'', %s, %L)', :cat, :'lefts'), 'LY312', 'a card that stayed behind');

-- What is refused.
SELECT customer AS dan, number AS dans FROM pg_temp.holder('active') \gset
SELECT pg_temp.refused(format('loyalty.replace_card(''sg'', %s, %s)', c, a), e, n) FROM (VALUES
    ('NULL', quote_literal(:'dans'), 'LY001', 'customer NULL'), (:dan::text, 'NULL', 'LY001', 'old card NULL'),
    ('4711', quote_literal(:'dans'), 'LY107', 'customer unknown'), (:bob::text, quote_literal(:'dans'), 'LY312', 'another customer''s card'),
    (:dan::text, '''nothing''', 'LY306', 'old card unknown'), (:dan::text, '''G2''', 'LY312', 'a card of the stock'),
    (:dan::text, quote_literal(:'dans') || ', ''none''', 'LY302', 'series unknown'),
    (:dan::text, quote_literal(:'dans') || ', card_number => ''nothing''', 'LY306', 'new card unknown'),
    (:dan::text, quote_literal(:'dans') || ', ''one'', card_number => ''G2''', 'LY306', 'new card of another series'),
    (:dan::text, quote_literal(:'dans') || ', card_number => ' || quote_literal(:'dans'), 'LY312', 'by itself'),
    (:dan::text, quote_literal(:'dans') || ', card_number => ' || quote_literal(:'cats'), 'LY312', 'by somebody''s card'),
    (:dan::text, quote_literal(:'dans') || ', card_external_id => ''EXTG2''', 'LY307', 'external id taken'),
    (:dan::text, quote_literal(:'dans') || ', card_external_id => ''E 1''', 'LY308', 'external id with a blank'),
    (:dan::text, quote_literal(repeat('1', 201)), 'LY002', 'old card of 201 characters')) w (c, a, e, n);
SELECT pg_temp.refused(format('loyalty.replace_card(''other'', %s, %L)', :dan, :'dans'), 'LY107', 'a customer of another org');
SELECT loyalty.create_card_series('sg', 'few', 'Few', method => 'AUTO_INC', length => 1);
SELECT loyalty.generate_cards('sg', 'few', 10);
SELECT pg_temp.refused(format('loyalty.replace_card(''sg'', %s, %L, ''few'')', :dan, :'dans'), 'LY304', 'no number left');
SELECT is((SELECT status FROM loyalty.customer_cards('sg', :dan)), 'active', 'nothing became of the card');

-- Who may call.
CREATE ROLE loyalty_test_pos IN ROLE loyalty_pos;
CREATE ROLE loyalty_test_agent IN ROLE loyalty_agent;
SELECT loyalty.grant_org('sg', 'loyalty_test_pos'), loyalty.grant_org('sg', 'loyalty_test_agent');
SET LOCAL ROLE loyalty_test_pos;
SELECT throws_ok(format('SELECT loyalty.replace_card(''sg'', %s, %L)', :dan, :'dans'), '42501', NULL, 'a till replaces none');
SET LOCAL ROLE loyalty_test_agent;
SELECT lives_ok(format('SELECT loyalty.replace_card(''sg'', %s, %L)', :dan, :'dans'), 'an agent does');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
