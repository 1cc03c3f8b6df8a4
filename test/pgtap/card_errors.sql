-- Everything that calls about cards refuse, with its SQLSTATE; that no message says a number; the truth table of generated
-- external ids; who may call what.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('sg', 'p', zone => 'Asia/Singapore', country => 'SG');
SELECT pg_temp.new_org('other', country => 'SG');
SELECT loyalty.set_config('sg', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_card_series('sg', 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44', validity => '30 days');
SELECT loyalty.create_card_series('other', 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44');
SELECT pg_temp.customer('sg', mobile => '91234567') AS ann, pg_temp.customer('sg', mobile => '81234567') AS bob \gset
SELECT loyalty.generate_cards('sg', 's', 4);
SELECT card_id AS card FROM loyalty.issue_card('sg', :ann, card_number => '44000000', card_external_id => 'EXT1') \gset

-- No message says a card's number.
SET LOCAL test.secret = '4400000|EXT1';
CREATE FUNCTION pg_temp.series(arguments text) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.create_card_series(''sg'', ''x'', ''X'', %s)', arguments) $$;

-- check digits
SELECT pg_temp.refused(format('loyalty.%s(%L)', f, d), 'LY305', format('%s(%s)', f, to_json(d)))
FROM unnest(ARRAY['luhn_check_digit', 'mod7_check_digit']) f, unnest(ARRAY['', ' ', '1 2', '1-2', 'a', '１']) d;
SELECT ok(NOT loyalty.luhn_is_valid(d) AND NOT loyalty.mod7_is_valid(d), format('%s is no valid number', to_json(d)))
FROM unnest(ARRAY['', ' ', '0', '1 2', 'a0', '0a', '１']) d;

-- series
SELECT pg_temp.refused(pg_temp.series($$length => 0$$), 'LY301', 'length 0');
SELECT pg_temp.refused(pg_temp.series($$length => 51$$), 'LY301', 'length 51', 'The length is 51; it may be 1 to 50.');
SELECT pg_temp.refused(pg_temp.series($$method => 'AUTO_INC', length => 8, prefix => '123456', suffix => '7890'$$), 'LY301',
    'no room for the serial',
    'Length 8, less prefix 6, less check digit 0, less suffix 4, leaves -2 digits for the serial.');
SELECT pg_temp.refused(pg_temp.series($$method => 'LUHN_ALGO', length => 7, prefix => '123456'$$), 'LY301',
    'no room beside the check digit',
    'Length 7, less prefix 6, less check digit 1, less suffix 0, leaves 0 digits for the serial.');
SELECT pg_temp.refused(pg_temp.series($$method => 'AUTO_INC', length => 3, serial_offset => 1000$$), 'LY301', 'offset');
SELECT pg_temp.refused(pg_temp.series($$serial_offset => -1$$), 'LY301', 'negative offset');
SELECT pg_temp.refused(pg_temp.series(format($$method => %L, suffix => '1'$$, m)), 'LY301', m || ' has no suffix')
FROM unnest(ARRAY['LUHN_ALGO', 'MOD7_ALGO', 'RANDOM_LUHN', 'RANDOM_MOD7']) m;
SELECT pg_temp.refused(pg_temp.series(format($$method => %L, prefix => 'AB', checksum_includes => 'PREFIX'$$, m)), 'LY301',
    m || ': letters in the checksum')
FROM unnest(ARRAY['LUHN_ALGO', 'MOD7_ALGO', 'RANDOM_LUHN', 'RANDOM_MOD7']) m;
SELECT pg_temp.refused(pg_temp.series($$prefix => 'a-b'$$), 'LY301', 'prefix with a hyphen');
SELECT pg_temp.refused(pg_temp.series($$method => 'RANDOM', suffix => 'é'$$), 'LY301', 'suffix beyond ASCII');
SELECT pg_temp.refused(pg_temp.series($$method => 'luhn'$$), 'LY003', 'method unknown');
SELECT pg_temp.refused(pg_temp.series($$card_type => 'paper'$$), 'LY003', 'card type unknown');
SELECT pg_temp.refused(pg_temp.series($$checksum_includes => 'ALL'$$), 'LY003', 'checksum_includes unknown');
SELECT pg_temp.refused(pg_temp.series($$issue => 'always'$$), 'LY003', 'issue unknown');
SELECT pg_temp.refused(pg_temp.series($$max_active_per_customer => 0$$), 'LY003', 'at most no cards');
SELECT pg_temp.refused(pg_temp.series(format('validity => %L', v)), 'LY003', 'validity ' || v)
FROM unnest(ARRAY['0 days', '-1 day', '1 hour', '1 month -1 day', '-1 month 40 days', '101 years', '36526 days', '100 years 1 day',
    '99 years 366 days', '1200 months 37200 days', '2147483647 days', '178956970 years', '178956970 years 2147483647 days']) v;
SELECT pg_temp.refused(pg_temp.series($$program => 'none'$$), 'LY007', 'program unknown');
SAVEPOINT series;
SELECT lives_ok('SELECT ' || pg_temp.series($$length => NULL$$), 'length NULL');
SELECT lives_ok(format('SELECT loyalty.create_card_series(''sg'', %L, ''X'', length => %s, validity => %L)', v, 20 + n, v), 'validity ' || v)
FROM unnest(ARRAY['1 day', '1 month', '36525 days', '100 years', '99 years 365 days', '50 years 18262 days', NULL]) WITH ORDINALITY w (v, n)
WHERE v IS NOT NULL;
ROLLBACK TO series;
SELECT pg_temp.refused($$loyalty.create_card_series('sg', NULL, 'X')$$, 'LY001', 'series NULL');
SELECT pg_temp.refused($$loyalty.create_card_series('sg', U&'x\00AD', 'X')$$, 'LY003', 'a soft hyphen in a code');
SELECT pg_temp.refused($$loyalty.create_card_series('sg', 's', 'X')$$, 'LY009', 'code taken');
SELECT pg_temp.refused($$loyalty.create_card_series('sg', 'x', 'X', method => 'RANDOM', length => 8, prefix => '44')$$, 'LY303',
    'prefix, suffix and length taken');
SELECT pg_temp.refused($$loyalty.create_card_label('sg', 'lost', 'Lost')$$, 'LY003', 'label of no status');
SELECT loyalty.create_card_label('sg', 'suspended', 'Lost');
SELECT pg_temp.refused($$loyalty.create_card_label('sg', 'active', 'Lost')$$, 'LY009', 'label taken');
SELECT loyalty.create_card_label('sg', 'suspended', 'Stolen'), loyalty.create_card_label('other', 'suspended', 'Torn');
SELECT pg_temp.refused($$loyalty.set_default_card_label('sg', 'suspended', 'Torn')$$, 'LY313', 'default: label of another org');
SELECT pg_temp.refused($$loyalty.set_default_card_label('sg', 'active', 'Stolen')$$, 'LY313', 'default: label of another status');
SELECT pg_temp.refused($$loyalty.set_default_card_label('sg', 'suspended', 'suspended')$$, 'LY313', 'default: the status itself');
SELECT pg_temp.refused($$loyalty.set_default_card_label('sg', 'lost', 'Stolen')$$, 'LY003', 'default: of no status');
SELECT pg_temp.refused($$loyalty.set_default_card_label(NULL, 'suspended', 'Stolen')$$, 'LY001', 'default: org NULL');
SELECT pg_temp.refused($$loyalty.set_default_card_label('sg', NULL, 'Stolen')$$, 'LY001', 'default: status NULL');
SELECT pg_temp.refused($$loyalty.set_default_card_label('sg', 'suspended', NULL)$$, 'LY001', 'default: label NULL');
SELECT loyalty.create_card_label('sg', 'deleted', 'Gone');
CREATE FUNCTION pg_temp.defaults() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(label, ',' ORDER BY label) FROM loyalty_data.card_label WHERE is_default $$;
SELECT is(pg_temp.defaults(), 'Gone,Lost,Torn', 'the first label of a status is its default');
SELECT loyalty.set_default_card_label('sg', 'suspended', 'Stolen');
SELECT is(pg_temp.defaults(), 'Gone,Stolen,Torn', 'another becomes it, in its status and org alone');
SELECT loyalty.set_default_card_label('sg', 'suspended', 'Stolen');
SELECT is(pg_temp.defaults(), 'Gone,Stolen,Torn', 'and once more changes nothing');
SELECT loyalty.set_default_card_label('sg', 'suspended', 'Lost');
SELECT is(pg_temp.defaults(), 'Gone,Lost,Torn', 'and back');

-- stock
SELECT pg_temp.refused($$loyalty.generate_cards('sg', 'none', 1)$$, 'LY302', 'generate: series unknown');
SELECT pg_temp.refused(format('loyalty.generate_cards(''sg'', ''s'', %s)', n), 'LY003', 'generate: n is ' || n)
FROM unnest(ARRAY[0, -1, 100001]) n;
SELECT pg_temp.refused($$loyalty.generate_cards('sg', 's', NULL)$$, 'LY001', 'generate: n NULL');
SELECT pg_temp.refused($$loyalty.preview_card_numbers('sg', 's', 1001)$$, 'LY003', 'preview: too many');
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', ARRAY['44000000', 'N1'])$$, 'LY307', 'import: number taken',
    'Given are 2, free are 1.');
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', ARRAY['N1', 'N1'])$$, 'LY307', 'import: number twice');
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', ARRAY['N1', 'N2'], ARRAY['X', 'EXT1'])$$, 'LY307',
    'import: external id taken');
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', ARRAY['N1', 'N2'], ARRAY['X'])$$, 'LY003', 'import: lengths differ');
SELECT pg_temp.refused(format('loyalty.import_cards(''sg'', ''s'', ARRAY[%L])', n), 'LY308', 'import: ' || to_json(n))
FROM unnest(ARRAY['', ' ', '4400000-1', repeat('1', 51), 'é']) n;
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', ARRAY['N1', NULL])$$, 'LY003', 'import: NULL inside');
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', '{}')$$, 'LY003', 'import: nothing');
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', NULL)$$, 'LY001', 'import: NULL');
SELECT pg_temp.refused($$loyalty.import_cards('sg', 's', '{{a,b}}')$$, 'LY003', 'import: two dimensions');

-- Numbers are made where CONF_CARD_NUMBER_GENERATION_ENABLED is on, on every road, and the refusal names the key.
SELECT loyalty.create_card_series('other', v, v, method => 'AUTO_INC', length => 9, prefix => left(v, 1), issue => v)
FROM unnest(ARRAY['every_registration', 'named_registration']) v;
SELECT loyalty.import_cards('other', 's', ARRAY['GIVEN']);
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT pg_temp.customer('other', mobile => '91234569') AS dog \gset
SELECT is((SELECT string_agg(series, ',' ORDER BY series) FROM loyalty.cards WHERE customer_id = :dog), 'every_registration',
    'a registration issues a card while numbers are made');
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'false');
CREATE TEMP TABLE roads (call text);
INSERT INTO roads VALUES ($$generate_cards('other', 'every_registration', 1)$$), ($$preview_card_numbers('other', 'every_registration', 1)$$),
    ($$preview_external_ids('other', 1)$$), ($$generate_external_id('other')$$),
    (format($$issue_card('other', %s, 'named_registration')$$, :dog)),
    ($$register_customer('other', mobile => '91234570')$$),
    ($$register_customer('other', mobile => '91234570', card_series => 'named_registration')$$);
SELECT pg_temp.refused('loyalty.' || call, 'LY012', 'no numbers are made: ' || call) FROM roads
WHERE call !~ '^register';
SELECT throws_ok('SELECT loyalty.' || call, 'LY012', NULL, 'no numbers are made: ' || call) FROM roads WHERE call ~ '^register';
SELECT alike((pg_temp.refusal('loyalty.' || call)).hint, '%CONF_CARD_NUMBER_GENERATION_ENABLED%', 'the key is named: ' || call)
FROM roads;
SELECT is((SELECT status FROM loyalty.issue_card('other', :dog, card_number => 'GIVEN')), 'issued', 'a card of the stock is issued all the same');
SELECT is((SELECT count(*) FROM loyalty.customer_cards('other', :dog)), 2::int8, 'and a card that is there stays one');
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT lives_ok('SELECT loyalty.' || call, 'numbers are made: ' || call) FROM roads;
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_GENERATION_ENABLED', NULL);

-- exhaustion, which uses nothing up
SELECT loyalty.create_card_series('sg', 'ten', 'Ten', method => 'RANDOM', length => 1);
SELECT loyalty.generate_cards('sg', 'ten', 7);
SELECT pg_temp.refused($$loyalty.generate_cards('sg', 'ten', 4)$$, 'LY304', 'four of three',
    'Left are 3 of 10 numbers, asked for are 4.');
SELECT is(loyalty.generate_cards('sg', 'ten', 3), 3, 'three of three');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, ''ten'')', :ann), 'LY304', 'issue: none left');
SELECT results_eq($$SELECT card_number FROM loyalty.cards WHERE series = 'ten' ORDER BY 1$$,
    $$SELECT n::text COLLATE "C" FROM generate_series(0, 9) n$$, 'ten of ten');
SELECT is((SELECT concat_ws(' ', used, capacity, warned_at IS NOT NULL) FROM loyalty.card_series_usage WHERE series = 'ten'),
    '10 10 t', 'and the usage says so');

-- issuing and linking
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s)', :ann), 'LY001', 'issue: neither series nor number');
SELECT pg_temp.refused($$loyalty.issue_card('sg', NULL, 's')$$, 'LY001', 'issue: customer NULL');
SELECT pg_temp.refused($$loyalty.issue_card('sg', 4711, 's')$$, 'LY107', 'issue: customer unknown');
SELECT pg_temp.refused(format('loyalty.issue_card(''other'', %s, ''s'')', :ann), 'LY107', 'issue: customer of another org');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, ''none'')', :ann), 'LY302', 'issue: series unknown');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, card_number => ''nothing'')', :ann), 'LY306', 'issue: card unknown');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, ''ten'', card_number => ''44000001'')', :ann), 'LY306',
    'issue: card of another series');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, card_number => ''44000000'')', :bob), 'LY312', 'issue: owned');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, card_number => ''44000001'', card_external_id => ''EXT1'')', :bob),
    'LY307', 'issue: external id taken');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, ''s'', card_external_id => ''E 1'')', :bob), 'LY308',
    'issue: external id with a blank');
SELECT pg_temp.refused(format('loyalty.link_card(''sg'', %s, ''44000000'')', :bob), 'LY312', 'link: owned');
SELECT pg_temp.refused(format('loyalty.link_card(''sg'', %s, ''nothing'')', :bob), 'LY306', 'link: card unknown');
SELECT pg_temp.refused($$loyalty.link_card('sg', 4711, NULL)$$, 'LY001', 'link: arguments are read before anybody is locked');
SELECT pg_temp.refused($$loyalty.unlink_card('sg', '44000001')$$, 'LY312', 'unlink: nobody''s');
SELECT pg_temp.refused($$loyalty.unlink_card('sg', 'nothing')$$, 'LY306', 'unlink: card unknown');
SELECT pg_temp.refused($$loyalty.card_history('sg', 'nothing')$$, 'LY306', 'history: card unknown');
SELECT pg_temp.refused($$loyalty.customer_cards('sg', 4711)$$, 'LY107', 'cards of nobody');
SELECT pg_temp.refused($$loyalty.expire_cards('sg', '2024-05-03')$$, 'LY408', 'expire: in the future');

-- every change of status: each pair, by the table in docs/card.md
CREATE FUNCTION pg_temp.card_in(status text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    number text := 'S' || nextval('pg_temp.n');
BEGIN
    PERFORM loyalty.import_cards('sg', 's', ARRAY[number]);
    IF status IN ('issued', 'active', 'suspended', 'expired') THEN
        PERFORM loyalty.set_card_status('sg', number, 'issued');
    END IF;
    IF status NOT IN ('not_issued', 'issued') THEN
        PERFORM loyalty.set_card_status('sg', number, status);
    END IF;
    RETURN number;
END $$;
CREATE TEMP SEQUENCE n;
CREATE TEMP TABLE changes (old text, new text, allowed bool);
INSERT INTO changes
SELECT f.s, t.s, substr(f.row, t.at, 1) = '1'
FROM (VALUES ('not_issued', '110001'), ('issued', '011111'), ('active', '001111'), ('suspended', '001111'),
    ('expired', '000000'), ('deleted', '000000')) f (s, row),
    (VALUES ('not_issued', 1), ('issued', 2), ('active', 3), ('suspended', 4), ('expired', 5), ('deleted', 6)) t (s, at);
SELECT CASE WHEN allowed
    THEN lives_ok(format('SELECT loyalty.set_card_status(''sg'', pg_temp.card_in(%L), %L)', old, new), old || ' becomes ' || new)
    ELSE throws_ok(format('SELECT loyalty.set_card_status(''sg'', pg_temp.card_in(%L), %L)', old, new), 'LY309', NULL,
        old || ' does not become ' || new) END
FROM changes;
SELECT pg_temp.refused($$loyalty.set_card_status('sg', '44000000', 'lost')$$, 'LY003', 'status unknown');
SELECT pg_temp.refused($$loyalty.set_card_status('sg', '44000000', 'active', 'Lost')$$, 'LY313', 'label of another status');
SELECT pg_temp.refused($$loyalty.set_card_status('sg', 'nothing', 'active')$$, 'LY306', 'status: card unknown');

-- bills and redemptions with every status, goodwill with any; who the customer is
SELECT loyalty.earn_points('sg', :ann, 100);
CREATE FUNCTION pg_temp.with_card(call text, number text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call USING number;
    RETURN '00000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE uses AS
SELECT s, pg_temp.card_in(s) AS number FROM unnest(ARRAY['issued', 'active', 'suspended']) s;
SELECT loyalty.link_card('sg', :ann, number) FROM uses;
INSERT INTO uses SELECT s, pg_temp.card_in('issued') FROM unnest(ARRAY['expired', 'deleted']) s;
SELECT loyalty.link_card('sg', :ann, number) FROM uses WHERE s IN ('expired', 'deleted');
SELECT loyalty.set_card_status('sg', number, s) FROM uses WHERE s IN ('expired', 'deleted');
SELECT unnest(ARRAY[is(pg_temp.with_card(format($$loyalty.add_transaction('sg', NULL, 'bill %s', 1, card_number => $1)$$, s), number),
    CASE WHEN s IN ('issued', 'active') THEN '00000' ELSE 'LY310' END, 'a bill with a card that is ' || s),
    is(pg_temp.with_card($$loyalty.redeem_points('sg', NULL, 1, card_number => $1)$$, number),
    CASE WHEN s IN ('issued', 'active') THEN '00000' ELSE 'LY310' END, 'a redemption with a card that is ' || s),
    is(pg_temp.with_card($$loyalty.earn_points('sg', NULL, 1, card_number => $1)$$, number), '00000',
    'goodwill with a card that is ' || s),
    is(loyalty.find_customer('sg', 'card_number', number), :ann::int8, 'which finds its customer: ' || s)])
FROM uses;
SELECT loyalty.set_card_status('sg', '44000000', 'suspended');
SELECT pg_temp.refused($$loyalty.add_transaction('sg', NULL, 'x', 1, card_external_id => 'EXT1')$$, 'LY310',
    'the refusal names status and label', 'Its status is suspended, its label "Lost".');
SELECT loyalty.set_card_status('sg', '44000000', 'active');
SELECT pg_temp.refused($$loyalty.earn_points('sg', NULL, 1)$$, 'LY001', 'earn: nobody named');
SELECT pg_temp.refused(format('loyalty.earn_points(''sg'', %s, 1, card_number => ''44000000'')', :ann), 'LY003',
    'earn: customer and card');
SELECT pg_temp.refused($$loyalty.earn_points('sg', NULL, 1, card_number => '44000000', card_external_id => 'EXT1')$$, 'LY003',
    'earn: two names of a card');
SELECT pg_temp.refused($$loyalty.earn_points('sg', NULL, 1, card_number => 'nothing')$$, 'LY306', 'earn: card unknown');
SELECT pg_temp.refused($$loyalty.earn_points('sg', NULL, 1, card_number => '44000001')$$, 'LY312', 'earn: a card of the stock');
SELECT pg_temp.refused($$loyalty.earn_points('other', NULL, 1, card_number => '44000000')$$, 'LY306', 'earn: card of another org');
SELECT is((SELECT concat_ws(' ', a.event_id = b.event_id, c.state) FROM
    loyalty.redeem_points('sg', NULL, 1, idempotency_key => 'k', card_number => '44000000') a,
    LATERAL (SELECT loyalty.set_card_status('sg', '44000000', 'suspended') WHERE a.event_id > 0) s,
    LATERAL (SELECT event_id FROM loyalty.redeem_points('sg', NULL, 1, idempotency_key => 'k', card_number => '44000000')
        WHERE s IS NOT NULL) b,
    LATERAL (SELECT pg_temp.with_card($$loyalty.redeem_points('sg', NULL, 1, card_number => $1)$$, '44000000') AS state
        WHERE b.event_id > 0) c), 't LY310', 'a repeat has its first answer, whatever became of the card');
SELECT loyalty.set_card_status('sg', '44000000', 'active');

-- validity: a card that is not posted yet is expired all the same
SET LOCAL loyalty.clock = '2024-06-01 15:59:59+00';
SELECT is(pg_temp.with_card($$loyalty.redeem_points('sg', NULL, 1, card_number => $1)$$, '44000000'), '00000',
    'valid through the 30th day');
SET LOCAL loyalty.clock = '2024-06-01 16:00:00+00';
SELECT pg_temp.refused($$loyalty.redeem_points('sg', NULL, 1, card_number => '44000000')$$, 'LY310', 'and no longer',
    'Its status is expired, its label "expired".');
SELECT pg_temp.refused($$loyalty.unlink_card('sg', '44000000')$$, 'LY309', 'an expired card is not unlinked');
SELECT loyalty.unlink_card('sg', number) FROM uses WHERE false;
SELECT cmp_ok(loyalty.expire_cards('sg'), '>', 0::int8, 'posting it');
SELECT is((SELECT string_agg(change || ' ' || new_status, ', ') FROM (SELECT * FROM loyalty.card_history('sg', '44000000')
    ORDER BY changed_at DESC, 4 LIMIT 1) h), 'expired expired', 'is in its history');
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';

-- limits
SELECT loyalty.create_card_series('sg', 'one', 'One', method => 'AUTO_INC', length => 4, prefix => '1', max_active_per_customer => 1);
SELECT loyalty.issue_card('sg', :bob, 'one');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, ''one'')', :bob), 'LY311', 'one of the series',
    'Of that series the customer has 1, allowed are 1.');
SELECT loyalty.set_config('sg', 'CONF_MAX_ACTIVE_CARDS', '2');
SELECT loyalty.issue_card('sg', :bob, 's');
SELECT pg_temp.refused(format('loyalty.issue_card(''sg'', %s, ''s'')', :bob), 'LY311', 'two of all',
    'Of all series together the customer has 2, allowed are 2.');
SELECT pg_temp.refused(format('loyalty.link_card(''sg'', %s, ''44000002'')', :bob), 'LY311', 'nor is one linked');
SELECT loyalty.set_config('sg', 'CONF_COUNT_ONLY_ACTIVE_LABEL_CARDS', 'true');
SELECT is((SELECT status FROM loyalty.issue_card('sg', :bob, 's')), 'issued', 'only active ones count');
SELECT loyalty.set_card_status('sg', card_number, 'active') FROM (SELECT card_number FROM loyalty.cards
    WHERE customer_id = :bob AND series = 's' ORDER BY 1) c;
SELECT pg_temp.refused(format('loyalty.set_card_status(''sg'', %L, ''active'')', card_number), 'LY311', 'nor is one too many activated')
FROM loyalty.cards WHERE customer_id = :bob AND series = 'one';

-- the keys of external ids
CREATE FUNCTION pg_temp.set(key text, value text) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.set_config(''other'', %L, %L)', key, value) $$;
SELECT pg_temp.refused(pg_temp.set('SOURCE_ACCOUNTS_EXTERNALID_ENABLED', v), 'LY011', 'sources: ' || v)
FROM unnest(ARRAY['INSTORE', '[', '["A"', '[1]', '["INSTORE:",]']) v;
SELECT pg_temp.refused(pg_temp.set('SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["PIGEON:"]'), 'LY008', 'sources: none of that name');
SELECT pg_temp.refused(pg_temp.set(key, value), 'LY011', key || ' ' || value)
FROM (VALUES ('CONF_CARD_NUMBER_LENGTH', '51'), ('CONF_CARD_NUMBER_LENGTH', '0'), ('CONF_CARD_CHECKSUM_DIGIT_ALGO', 'MD5'),
    ('CONF_VALUES_TO_INCLUDE_FOR_CHECKSUM_DIGIT', 'SUFFIX'), ('CONF_CARD_NUMBER_OFFSET', '-1'),
    ('CONF_CARD_NUMBER_WARNING_PERCENT', '101')) t (key, value);
SELECT loyalty.set_config('other', 'CONF_CARD_CHECKSUM_DIGIT_ALGO', 'RANDOM_LUHN');
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_PREFIX', 'AB');
SELECT pg_temp.refused(pg_temp.set('CONF_VALUES_TO_INCLUDE_FOR_CHECKSUM_DIGIT', 'PREFIX'), 'LY012', 'letters in the checksum');
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_LENGTH', '3');
SELECT pg_temp.refused(pg_temp.set('CONF_CARD_NUMBER_GENERATION_ENABLED', 'true'), 'LY012', 'no room',
    'Length 3, less prefix 2, less check digit 1, less suffix 0, leaves 0 digits for the serial.');
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_LENGTH', '4');
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.set_config('other', 'CONF_USERS_USE_EXTERNAL_ID', 'false');
SELECT pg_temp.refused(pg_temp.set('SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]'), 'LY012', 'external ids are not used');
SELECT pg_temp.refused($$loyalty.generate_external_id('other')$$, 'LY012', 'nor generated then');
SELECT lives_ok($$SELECT loyalty.generate_cards('other', 's', 1)$$, 'but cards are');
SELECT loyalty.set_config('other', 'CONF_GEN_CARD_NUMBER_AS_EXTERNAL_ID_ENABLED', 'false');
SELECT loyalty.set_config('other', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]');
SELECT pg_temp.refused(pg_temp.set('CONF_GEN_CARD_NUMBER_AS_EXTERNAL_ID_ENABLED', 'true'), 'LY012', 'external ids are still not used');
SELECT loyalty.set_config('other', 'CONF_USERS_USE_EXTERNAL_ID', 'true');
SELECT pg_temp.refused($$loyalty.generate_external_id('other')$$, 'LY012', 'numbers are for cards alone');
SELECT pg_temp.refused($$loyalty.preview_external_ids('other', 1)$$, 'LY012', 'and there is nothing to preview');
SELECT loyalty.set_config('other', 'CONF_GEN_CARD_NUMBER_AS_EXTERNAL_ID_ENABLED', 'true');
SELECT pg_temp.refused(pg_temp.set('CONF_USERS_USE_EXTERNAL_ID', 'false'), 'LY012', 'external ids that are generated stay in use');
SELECT is(count(loyalty.register_customer('other', '9123400' || n)), 10::int8, 'ten external ids')
FROM generate_series(0, 9) n;
SELECT pg_temp.refused($$loyalty.register_customer('other', '91234999')$$, 'LY304', 'but not one more');
SELECT pg_temp.refused($$loyalty.generate_external_id('other')$$, 'LY304', 'nor on demand');
SELECT is((SELECT count(DISTINCT identifier_value) FROM loyalty_data.identifier WHERE identifier_value ~ '^AB[0-9]{2}$'), 10::int8,
    'all of them');
SELECT loyalty.set_config('other', 'CONF_CARD_NUMBER_PREFIX', 'CD');
SELECT is((loyalty.register_customer('other', '91234999')).warnings, ARRAY['external_id_generated'], 'another prefix, other numbers');

-- the truth table of docs/card.md
SELECT loyalty.create_org('truth', 'Truth', base_country => 'SG');
SELECT loyalty.set_config('truth', 'CONF_CLIENT_V2_API_ENABLED', 'true');
CREATE TEMP TABLE truth AS
SELECT g AS generation, e AS as_external_id, l AS list, s AS source, a AS account, row_number() OVER () AS n,
       g AND e IS NOT FALSE AND l IS NOT NULL AND (l = '["INSTORE:"]' AND s = 'INSTORE'
           OR l = '["web-ENGAGE:shop"]' AND s = 'WEB_ENGAGE' AND COALESCE(a, '') = 'shop') AS generated
FROM unnest(ARRAY[false, true]) g, unnest(ARRAY[false, true, NULL]) e,
    unnest(ARRAY[NULL, '[]', '["INSTORE:"]', '["web-ENGAGE:shop"]']) l,
    (VALUES ('INSTORE', NULL), ('INSTORE', 'shop'), ('WEB_ENGAGE', 'shop'), ('WEB_ENGAGE', 'club'), ('WEBSITE', NULL)) s (s, a);
CREATE FUNCTION pg_temp.generates(t truth) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loyalty.set_config('truth', 'CONF_CARD_NUMBER_GENERATION_ENABLED', t.generation::text);
    PERFORM loyalty.set_config('truth', 'CONF_GEN_CARD_NUMBER_AS_EXTERNAL_ID_ENABLED', t.as_external_id::text); -- NULL: the default
    PERFORM loyalty.set_config('truth', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', t.list);
    RETURN (SELECT 'external_id_generated' = ANY (r.warnings) FROM loyalty.register_customer('truth', (91000000 + t.n)::text,
        source => t.source, account_id => t.account) r);
END $$;
SELECT is(pg_temp.generates(t), t.generated, format('generation %s, as external id %s, sources %s: a registration from %s:%s',
    generation, COALESCE(as_external_id::text, 'not set'), COALESCE(list, 'not set'), source, account))
FROM truth t;

-- The four mandatory keys are enough: the given id is replaced.
SELECT pg_temp.new_org('four', country => 'SG');
SELECT loyalty.set_config('four', key, value) FROM (VALUES ('CONF_CARD_NUMBER_GENERATION_ENABLED', '1'),
    ('SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]'), ('CONF_CARD_CHECKSUM_DIGIT_ALGO', 'AUTO_INC'),
    ('CONF_CARD_NUMBER_LENGTH', '12')) k (key, value);
SELECT is((loyalty.register_customer('four', mobile => '91234567', external_id => 'MINE')).warnings,
    '{external_id_generated,external_id_replaced}', 'four keys are enough');

-- On demand: what the preview shows, used up at once, never given again, and free to be anybody's.
SELECT loyalty.preview_external_ids('four', 1) AS next \gset
SELECT is(loyalty.generate_external_id('four'), :'next', 'on demand: the next id');
SELECT isnt(loyalty.preview_external_ids('four', 1), :'next', 'and it is used up');
SELECT is((loyalty.register_customer('four', mobile => '91234568', external_id => 'MINE')).warnings,
    '{external_id_generated,external_id_replaced}', 'a registration gets one');
SELECT is(loyalty.find_customer('four', 'external_id', :'next'), NULL, 'but not that one');
SELECT loyalty.set_config('four', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '[]');
SELECT is(loyalty.find_customer('four', 'external_id', loyalty.preview_external_ids('four', 1)), NULL, 'an empty list leaves it on demand');
SELECT is((SELECT (loyalty.register_customer('four', mobile => '91234569', external_id => :'next')).warnings), '{}',
    'whoever was given it registers with it');
SELECT is((SELECT count(DISTINCT loyalty.generate_external_id('four')) FROM generate_series(1, 50)), 50::int8, 'fifty are fifty');
SELECT pg_temp.refused($$loyalty.generate_external_id(NULL)$$, 'LY001', 'on demand: org NULL');
SELECT pg_temp.refused($$loyalty.generate_external_id('none')$$, 'LY004', 'on demand: no such org');

-- an external id that is there stays; the identifiers as given decide
SELECT loyalty.set_config('truth', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'false');
SELECT loyalty.set_config('truth', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]');
SELECT loyalty.set_config('truth', 'CONF_GEN_CARD_NUMBER_AS_EXTERNAL_ID_ENABLED', 'true');
SELECT customer_id AS dee FROM loyalty.register_customer('truth', '92000000', external_id => 'HELD') \gset
SELECT loyalty.set_config('truth', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT is((loyalty.register_customer('truth', '92000000')).warnings, '{}', 'an existing external id is never replaced');
SELECT is(loyalty.find_customer('truth', 'external_id', 'HELD'), :dee::int8, 'and still finds its customer');
SELECT is((loyalty.register_customer('truth', '92000000', external_id => 'HELD')).customer_id, :dee::int8, 'as given');
SELECT throws_ok($$SELECT loyalty.register_customer('truth', '92000001', external_id => 'HELD')$$, 'LY111', NULL,
    'the given one decides, not the generated one');

-- who may call
CREATE ROLE loyalty_test_pos IN ROLE loyalty_pos;
CREATE ROLE loyalty_test_analyst IN ROLE loyalty_analyst;
SELECT loyalty.grant_org('sg', 'loyalty_test_pos'), loyalty.grant_org('sg', 'loyalty_test_analyst');
SET LOCAL ROLE loyalty_test_pos;
SELECT throws_ok($$SELECT loyalty.generate_cards('sg', 's', 1)$$, '42501', NULL, 'a till makes no stock');
SELECT throws_ok($$SELECT loyalty.set_card_status('sg', '44000001', 'deleted')$$, '42501', NULL, 'and changes no status');
SELECT throws_ok($$SELECT loyalty.set_default_card_label('sg', 'suspended', 'Lost')$$, '42501', NULL, 'and no default label');
SELECT throws_ok($$SELECT count(*) FROM loyalty_data.card$$, '42501', NULL, 'and reads no table');
SELECT lives_ok(format($$SELECT loyalty.issue_card('sg', %s, card_number => '44000003')$$, :ann), 'but issues cards');
RESET ROLE;
SET LOCAL ROLE loyalty_test_analyst;
SELECT throws_ok($$SELECT loyalty.issue_card('sg', 1, 's')$$, '42501', NULL, 'an analyst issues none');
SELECT is((SELECT count(*) FROM loyalty.cards WHERE card_number ~ '[0-9]{4}$' AND card_number !~ '^[*]+[0-9]{1,4}$'), 0::int8,
    'and sees the last digits alone');
RESET ROLE;
GRANT USAGE ON SCHEMA loyalty_data TO loyalty_test_analyst;
SET LOCAL ROLE loyalty_test_analyst;
SELECT is((SELECT count(*) FROM loyalty_data.number_series_usage(2147483647, 1) u WHERE u.used IS NOT NULL), 0::int8,
    'the usage of what is not there is nothing');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
