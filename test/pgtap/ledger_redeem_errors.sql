-- What reversals, transfers, referrals, adjustments, imports, changes of expiry and redemption rules refuse, each with its
-- SQLSTATE; that a refused call writes nothing.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
SELECT loyalty.create_org('acme', 'Acme');
SELECT loyalty.create_program('acme', 'base', 'Base', expiry_unit => 'days', expiry_value => 30);
SELECT loyalty.create_program('acme', 'fine', 'Fine, two decimals', decimals => 2);
SELECT loyalty.create_store('acme', 'main', 'Main street');
SELECT loyalty.create_till('acme', 'till', 'main');
SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT customer_id AS ann FROM loyalty.register_customer('acme', external_id => 'ann', registered_on => '2024-01-01') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('acme', external_id => 'bob', registered_on => '2024-01-01') \gset
SELECT customer_id AS campaign FROM loyalty.register_customer('acme', external_id => 'campaign', registered_on => '2024-01-01',
    loyalty_type => 'non_loyalty') \gset
SELECT loyalty.earn_points('acme', :ann, 100, 'base', event_time => '2024-04-20');
SELECT loyalty.earn_points('acme', :ann, 2.5, 'fine', event_time => '2024-04-20');
SELECT event_id AS redemption, redemption_id AS redemption_id FROM loyalty.redeem_points('acme', :ann, 40, 'base',
    event_time => '2024-04-25 12:00+00') \gset

CREATE FUNCTION pg_temp.written() RETURNS text LANGUAGE sql AS $$
    SELECT md5(concat(
        (SELECT array_agg(t ORDER BY t) FROM loyalty.ledger_account t), (SELECT array_agg(t ORDER BY t) FROM loyalty.ledger_event t),
        (SELECT array_agg(t ORDER BY t) FROM loyalty.event_note t), (SELECT array_agg(t ORDER BY t) FROM loyalty.ledger_entry t),
        (SELECT array_agg(t ORDER BY t) FROM loyalty.points_lot t), (SELECT array_agg(t ORDER BY t) FROM loyalty.lot_movement t),
        (SELECT array_agg(t ORDER BY t) FROM loyalty.lot_expiry_change t), (SELECT array_agg(t ORDER BY t) FROM loyalty.program t))) $$;

-- One test: the call fails with the code, and the DETAIL where one is promised, and writes nothing.
CREATE FUNCTION pg_temp.refused(call text, code text, name text, want_detail text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    before text := pg_temp.written();
    detail text;
BEGIN
    BEGIN
        EXECUTE 'SELECT * FROM ' || call;
        RETURN fail(name || ': no error');
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
        IF SQLSTATE <> code THEN
            RETURN is(SQLSTATE || ': ' || SQLERRM, code, name);
        END IF;
    END;
    IF want_detail IS NOT NULL AND detail IS DISTINCT FROM want_detail THEN
        RETURN is(detail, want_detail, name);
    END IF;
    RETURN is(pg_temp.written(), before, name);
END $$;

-- Calls of one function, by named arguments: "changes" adds to the usual ones, or replaces them.
CREATE FUNCTION pg_temp.call_of(function text, arguments jsonb, changes jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.%s(%s)', function, string_agg(key || ' => ' || value, ', '))
    FROM jsonb_each_text(arguments || changes) $$;

-- ---------------------------------------------------------------- reverse_redemption

CREATE TEMP TABLE usual (function text, arguments jsonb);
INSERT INTO usual VALUES ('reverse_redemption', jsonb_build_object('org', '''acme''', 'customer_id', :ann,
    'redemption_id', quote_literal(:'redemption_id')));

-- What all writing calls of one customer refuse alike.
CREATE FUNCTION pg_temp.refused_alike(function text, campaign text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.refused(pg_temp.call_of(u.function, u.arguments, c.changes::jsonb), c.code, u.function || ': ' || c.what)
    FROM usual u, (VALUES
        ('LY001', 'no org', '{"org": "NULL"}'), ('LY004', 'an unknown org', '{"org": "''nowhere''"}'),
        ('LY107', 'an unknown customer', '{"customer_id": "-1"}'), ('LY001', 'no customer', '{"customer_id": "NULL"}'),
        ('LY406', 'a customer who is not enrolled', format('{"customer_id": "%s"}', campaign)),
        ('LY006', 'an unknown till', '{"till": "''gold''"}'), ('LY008', 'an unknown source', '{"source": "''gold''"}'),
        ('LY002', 'a long reason', '{"reason": "repeat(''x'', 1001)"}'),
        ('LY002', 'a reason of 100 MB', '{"reason": "repeat(''x'', 100000000)"}'),
        ('LY002', 'a long key', '{"idempotency_key": "repeat(''x'', 201)"}'),
        ('LY002', 'a long actor', '{"actor": "repeat(''x'', 201)"}'),
        ('LY407', 'before the registration', '{"event_time": "''2023-12-31 23:59+00''"}'),
        ('LY408', 'in the future', '{"event_time": "''2024-05-03 10:00+00''"}'),
        ('LY015', 'infinity', '{"event_time": "''infinity''"}'), ('LY015', 'minus infinity', '{"event_time": "''-infinity''"}'),
        ('LY015', 'before 1900', '{"event_time": "''1899-12-31''"}')) c (code, what, changes)
    WHERE u.function = $1 $$;
CREATE FUNCTION pg_temp.refused_points(function text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.refused(pg_temp.call_of(u.function, u.arguments, jsonb_build_object('points', c.points)), c.code,
        u.function || ': points ' || left(c.points, 30))
    FROM usual u, (VALUES ('LY401', '0'), ('LY401', '-1'), ('LY402', '''NaN'''), ('LY402', '''Infinity'''), ('LY402', '''-Infinity'''),
        ('LY403', '0.0001'), ('LY404', '1000000000000000'), ('LY404', 'repeat(''9'', 10000)::numeric')) c (code, points)
    WHERE u.function = $1 $$;

SELECT pg_temp.refused_alike('reverse_redemption', :'campaign');
SELECT pg_temp.refused_points('reverse_redemption');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, c.changes::jsonb), c.code, function || ': ' || c.what, c.detail)
FROM usual, (VALUES
    ('LY001', 'no redemption', '{"redemption_id": "NULL"}', NULL), ('LY001', 'an empty one', '{"redemption_id": "''''"}', NULL),
    ('LY002', 'a long one', '{"redemption_id": "repeat(''x'', 101)"}', NULL),
    ('LY430', 'an unknown one', '{"redemption_id": "''??????''"}', NULL),
    ('LY430', 'an unknown event', '{"redemption_id": "NULL", "redemption_event_id": "1"}', NULL),
    ('LY430', 'event 0', '{"redemption_id": "NULL", "redemption_event_id": "0"}', NULL),
    ('LY430', 'the id of one and the event of another', '{"redemption_event_id": "1"}', NULL),
    ('LY430', 'somebody else''s', format('{"customer_id": "%s"}', :'bob'), NULL),
    ('LY430', 'an award', format('{"redemption_id": "NULL", "redemption_event_id": "%s"}',
        (SELECT min(lot_id) FROM loyalty.points_lot)), NULL),
    ('LY432', 'more than it has', '{"points": "41"}', 'Of 40 points 40 are left; asked for are 41.'),
    ('LY403', 'a fraction', '{"points": "0.5"}', 'Asked for are 0.5 points.'),
    ('LY433', 'before it', '{"event_time": "''2024-04-25 11:59:59+00''"}',
        'It is at 2024-04-25 11:59:59+00, the redemption at 2024-04-25 12:00:00+00.'),
    ('LY003', 'a customer and a card', '{"card_number": "''C1''"}', NULL)) c (code, what, changes, detail);
SELECT loyalty.reverse_redemption('acme', :ann, :'redemption_id', 15, idempotency_key => 'k');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, c.changes::jsonb), c.code, function || ': ' || c.what, c.detail)
FROM usual, (VALUES
    ('LY432', 'more than is left', '{"points": "26"}', 'Of 40 points 25 are left; asked for are 26.'),
    ('LY020', 'the key of another request', '{"points": "14", "idempotency_key": "''k''"}', NULL),
    ('LY020', 'and without points', '{"idempotency_key": "''k''"}', NULL)) c (code, what, changes, detail);
SELECT loyalty.reverse_redemption('acme', :ann, :'redemption_id');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, '{}'), 'LY432', function || ': nothing left',
    'Of 40 points 0 are left; asked for are all of them.') FROM usual;

-- ---------------------------------------------------------------- after all that

SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE), NULL, 'every invariant holds');
SELECT * FROM finish();
ROLLBACK;
