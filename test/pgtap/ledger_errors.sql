-- Every error of the ledger's functions, by its SQLSTATE and, where promised, its DETAIL; and that a refused call
-- writes nothing. Not in one transaction, since expire_points is among them.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT plan(630);

-- ---------------------------------------------------------------- who and where

\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', primary_key => 'external_id');
SELECT loyalty.create_program('acme', 'base', 'Base, whole points', rounding => 'floor');
SELECT loyalty.create_program('acme', 'fine', 'Fine, two decimals', decimals => 2, points_per_unit => 2);
SELECT loyalty.create_program('acme', 'past', 'Past', expiry_unit => 'fixed_date', expiry_date => '2020-12-31');
SELECT loyalty.create_store('acme', 'main', 'Main street');
SELECT loyalty.create_store('acme', 'side', 'Side street');
SELECT loyalty.create_till('acme', 'till', 'main');
SELECT loyalty.create_till('acme', 'other', 'side', 'fine');
SELECT pg_temp.new_org('empty', primary_key => 'external_id');
SELECT pg_temp.new_org('theirs', 'base', primary_key => 'external_id');
SELECT pg_temp.customer('acme', 'usual', '2024-01-01') AS usual, pg_temp.customer('acme', 'rich', '2024-01-01') AS rich,
    pg_temp.customer('acme', 'spent', '2024-01-01') AS spent,
    pg_temp.customer('acme', 'campaign', '2024-01-01', loyalty_type => 'non_loyalty') AS campaign,
    pg_temp.customer('empty', 'nowhere', '2024-01-01') AS nowhere,
    pg_temp.customer('theirs', 'theirs', '2024-01-01') AS theirs \gset

-- usual: 100 points, of which 40 cannot be spent before June, 10 expired in April, 30 promised; 1.5 in the fine program.
SELECT loyalty.earn_points('acme', :usual, 60, event_time => '2024-02-01');
SELECT loyalty.earn_points('acme', :usual, 40, event_time => '2024-02-01', redeemable_from => '2024-06-01');
SELECT loyalty.earn_points('acme', :usual, 10, event_time => '2024-02-01', expires_at => '2024-04-01');
SELECT loyalty.earn_points('acme', :usual, 30, event_time => '2024-02-01', category => 'promised', redeemable_from => '2024-07-01');
SELECT loyalty.earn_points('acme', :usual, 1.5, program => 'fine', event_time => '2024-02-01');
SELECT loyalty.add_transaction('acme', :usual, 'B-1', 0, event_time => '2024-02-02');
SELECT loyalty.add_transaction('acme', :usual, 'B-2', 0, event_time => '2024-02-02', till => 'till');
SELECT loyalty.add_transaction('acme', :usual, 'B-22', 0, event_time => '2024-02-02', till => t) FROM unnest('{till,other}'::text[]) t;
-- rich: as many points as an account holds. spent: none left, but as many earned as the counter holds.
SELECT loyalty.earn_points('acme', :rich, 999999999999999);
SELECT loyalty.earn_points('acme', :spent, 999999999999999);
SELECT loyalty.redeem_points('acme', :spent, 999999999999999, program => 'base');
SELECT pg_temp.written() AS before \gset

-- ---------------------------------------------------------------- the battery

-- Refused calls, each with the code it must answer. In a call {usual} and the like stand for a customer's id.
CREATE TEMP TABLE refused (no serial, sqlstate text, what text, call text);
CREATE TEMP TABLE whom (name text, id bigint);
INSERT INTO whom VALUES ('usual', :usual), ('rich', :rich), ('spent', :spent), ('campaign', :campaign),
    ('nowhere', :nowhere), ('theirs', :theirs);

-- A call of each function, by named arguments: a later INSERT adds one of them, or replaces it.
CREATE TEMP TABLE functions (name text, arguments jsonb);
INSERT INTO functions VALUES
    ('earn_points', '{"org": "''acme''", "customer_id": "{usual}", "points": "10"}'),
    ('redeem_points', '{"org": "''acme''", "customer_id": "{usual}", "points": "10", "program": "''base''"}'),
    ('add_transaction', '{"org": "''acme''", "customer_id": "{usual}", "transaction_number": "''B-9''", "amount": "10"}'),
    ('points_balance', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('points_ledger', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('points_ledger_json', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('ledger_closing_balance', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('ledger_event_details', '{"org": "''acme''", "customer_id": "{usual}", "event_id": "1"}'),
    ('customer_cards', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('customer_single_view', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('check_restriction', '{"org": "''acme''", "customer_id": "{usual}", "operation": "''earn_points''"}'),
    ('customer_brief', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('export_customer', '{"org": "''acme''", "customer_id": "{usual}"}'),
    ('verify_ledger', '{"org": "''acme''"}');
-- Of each function named, the call with one argument as given.
CREATE FUNCTION pg_temp.refuse(code text, what text, argument text, value text, VARIADIC names text[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO refused (sqlstate, what, call)
    SELECT code, f.name || ': ' || what, pg_temp.call_of(f.name, f.arguments, jsonb_build_object(argument, value))
    FROM functions f WHERE f.name = ANY (names)
$$;
CREATE FUNCTION pg_temp.refuse_call(code text, what text, call text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO refused (sqlstate, what, call) VALUES (code, what, 'loyalty.' || call)
$$;

-- org and customer
SELECT pg_temp.refuse(e.code, e.what, 'org', e.value, 'earn_points', 'redeem_points', 'add_transaction', 'points_balance',
    'points_ledger', 'verify_ledger')
FROM (VALUES
    ('LY001', 'no org', 'NULL'),
    ('LY001', 'an empty org', ''''''),
    ('LY002', 'an org longer than 100 characters', 'repeat(''ø'', 101)'),
    ('LY002', 'an org of 100 MB', 'repeat(''x'', 100000000)'),
    ('LY004', 'an unknown org', '''nowhere'''),
    ('LY004', 'an org in another spelling', '''Acme''')) e (code, what, value);
SELECT pg_temp.refuse(e.code, e.what, 'customer_id', e.value, 'earn_points', 'redeem_points', 'add_transaction',
    'points_balance', 'points_ledger')
FROM (VALUES
    ('LY001', 'no customer', 'NULL'),
    ('LY107', 'customer 0', '0'),
    ('LY107', 'a negative customer', '-1'),
    ('LY107', 'the largest id', '9223372036854775807'),
    ('LY107', 'a customer of another org', '{theirs}')) e (code, what, value);

SELECT pg_temp.refuse('LY003', 'a customer and a card', argument, '''C123''', 'earn_points', 'redeem_points', 'add_transaction')
    FROM unnest(ARRAY['card_number', 'card_external_id']) argument;

-- Reads name the customer by its id or by an identifier, not by both and not by half of one.
CREATE TEMP TABLE reads AS SELECT ARRAY['points_balance', 'points_ledger', 'points_ledger_json', 'ledger_closing_balance',
    'ledger_event_details', 'customer_cards', 'customer_single_view', 'check_restriction', 'customer_brief', 'export_customer'] AS names;
SELECT pg_temp.refuse(e.code, e.what, 'customer_id', e.value, VARIADIC names) FROM reads, (VALUES
    ('LY001', 'nobody is named', 'NULL'),
    ('LY001', 'a type without a value', 'NULL, identifier_type => ''mobile'''),
    ('LY001', 'a type with an empty value', 'NULL, identifier_type => ''mobile'', identifier_value => '''''),
    ('LY001', 'a value without a type', 'NULL, identifier_value => ''+6591234567'''),
    ('LY002', 'a value of 1001 characters', 'NULL, identifier_type => ''mobile'', identifier_value => repeat(''1'', 1001)'),
    ('LY003', 'an id and an identifier', '{usual}, identifier_type => ''mobile'', identifier_value => ''+6591234567'''),
    ('LY003', 'an id and half an identifier', '{usual}, identifier_type => ''mobile'''),
    ('LY106', 'a type that there is not', 'NULL, identifier_type => ''name'', identifier_value => ''Ann'''),
    ('LY107', 'an identifier of nobody', 'NULL, identifier_type => ''mobile'', identifier_value => ''+6580000000'''),
    ('LY107', 'a value without a normal form', 'NULL, identifier_type => ''mobile'', identifier_value => ''nobody'''),
    ('LY107', 'a card of nobody', 'NULL, identifier_type => ''card_number'', identifier_value => ''none'''),
    ('LY107', 'an external id of a card of nobody', 'NULL, identifier_type => ''card_external_id'', identifier_value => ''none'''))
    e (code, what, value);

-- program, till, store, source: what they name must be there. An empty one is none.
SELECT pg_temp.refuse('LY007', 'an unknown program', 'program', '''gold''', 'earn_points', 'redeem_points',
    'add_transaction', 'points_balance', 'points_ledger');
SELECT pg_temp.refuse('LY006', 'an unknown till', 'till', '''gold''', 'earn_points', 'redeem_points', 'add_transaction');
SELECT pg_temp.refuse('LY008', 'an unknown source', 'source', '''gold''', 'earn_points', 'redeem_points',
    'add_transaction', 'points_ledger');
SELECT pg_temp.refuse('LY005', 'an unknown store', 'store', '''gold''', 'add_transaction', 'points_ledger');
SELECT pg_temp.refuse_call('LY003', 'add_transaction: a till of another store',
    $$add_transaction('acme', {usual}, 'B-9', 10, till => 'till', store => 'side')$$);
SELECT pg_temp.refuse_call('LY007', f || ': an org without programs', f || '(''empty'', {nowhere}, 10)')
    FROM unnest(ARRAY['earn_points', 'redeem_points']) f;
SELECT pg_temp.refuse_call('LY007', 'add_transaction: a program of an org without programs',
    $$add_transaction('empty', {nowhere}, 'B-9', 10, program => 'base')$$);

-- Texts past their limit, of characters and of bytes. The long one is stored: its length is known before it is unpacked.
CREATE TEMP TABLE huge AS SELECT repeat('x', 100000000) AS t;
SELECT pg_temp.refuse('LY002', argument || ' longer than ' || most || ' characters', argument, value, VARIADIC names)
FROM (VALUES
    ('program', 100, ARRAY['earn_points', 'redeem_points', 'add_transaction', 'points_balance', 'points_ledger']),
    ('till', 100, ARRAY['earn_points', 'redeem_points', 'add_transaction']),
    ('source', 100, ARRAY['earn_points', 'redeem_points', 'add_transaction', 'points_ledger']),
    ('store', 100, ARRAY['add_transaction', 'points_ledger']),
    ('reason', 1000, ARRAY['earn_points', 'redeem_points', 'add_transaction']),
    ('actor', 200, ARRAY['earn_points', 'redeem_points', 'add_transaction']),
    ('idempotency_key', 200, ARRAY['earn_points', 'redeem_points', 'add_transaction']),
    ('card_number', 200, ARRAY['earn_points', 'redeem_points', 'add_transaction']),
    ('card_external_id', 200, ARRAY['earn_points', 'redeem_points', 'add_transaction']),
    ('transaction_number', 100, ARRAY['add_transaction', 'redeem_points']),
    ('transaction_type', 100, ARRAY['add_transaction']),
    ('event_name', 100, ARRAY['earn_points']),
    ('category', 100, ARRAY['earn_points', 'points_ledger']),
    ('entry_type', 100, ARRAY['points_ledger']),
    ('after_key', 100, ARRAY['points_ledger'])) t (argument, most, names)
CROSS JOIN LATERAL (VALUES (format('repeat(''ø'', %s)', most + 1)), ('(SELECT t FROM huge)')) v (value);
SELECT pg_temp.refuse('LY002', 'a till longer than 100 characters among tills', 'tills',
    'ARRAY[''till'', repeat(''ø'', 101)]', 'points_ledger');
SELECT pg_temp.refuse('LY002', 'a till of 100 MB among tills', 'tills', 'ARRAY[repeat(''x'', 100000000)]', 'points_ledger');

-- points
SELECT pg_temp.refuse(e.code, e.what, 'points', e.value, 'earn_points', 'redeem_points', 'add_transaction')
FROM (VALUES
    ('LY401', 'minus one point', '-1'),
    ('LY401', 'the least points', '-999999999999999'),
    ('LY402', 'points that are no number', '''NaN'''),
    ('LY402', 'infinite points', '''Infinity'''),
    ('LY402', 'minus infinite points', '''-Infinity'''),
    ('LY403', 'a decimal more than the program keeps', '10.5'),
    ('LY403', 'three decimals more', '10.001'),
    ('LY403', 'more decimals than any program keeps', '10.0001'),
    ('LY403', '16383 decimals', '(''0.'' || repeat(''3'', 16383))::numeric'),
    ('LY403', 'a little less than the limit', '999999999999999.9999'),
    ('LY404', 'points of 10^15', '1e15'),
    ('LY404', 'minus as many', '-1e15'),
    ('LY404', 'points of 10^100000', '1e100000'),
    ('LY404', 'points of 131072 digits', 'repeat(''9'', 131072)::numeric')) e (code, what, value);
SELECT pg_temp.refuse('LY001', 'no points', 'points', 'NULL', 'earn_points', 'redeem_points');
SELECT pg_temp.refuse('LY401', 'zero points', 'points', '0', 'earn_points', 'redeem_points');
SELECT pg_temp.refuse('LY401', 'zero points with decimals', 'points', '0.000', 'earn_points', 'redeem_points');
SELECT pg_temp.refuse_call('LY403', f || ': three decimals in a program of two', f || '(''acme'', {usual}, 0.125, program => ''fine'')')
    FROM unnest(ARRAY['earn_points', 'redeem_points']) f;
SELECT pg_temp.refuse_call('LY403', 'redeem_points: three decimals where no program keeps more than two',
    $$redeem_points('acme', {usual}, 0.125, program => 'ALL')$$);
SELECT pg_temp.refuse_call('LY404', 'earn_points: a balance beyond the limit', $$earn_points('acme', {rich}, 1)$$);
SELECT pg_temp.refuse_call('LY404', 'earn_points: lifetime points beyond the limit', $$earn_points('acme', {spent}, 1)$$);

-- what there is to spend
SELECT pg_temp.refuse_call('LY405', 'redeem_points: ' || what, call) FROM (VALUES
    ('more than there is', $$redeem_points('acme', {usual}, 62, program => 'ALL')$$),
    ('points that are not redeemable yet', $$redeem_points('acme', {usual}, 100, program => 'base')$$),
    ('points that have expired', $$redeem_points('acme', {usual}, 61, program => 'base')$$),
    ('promised points', $$redeem_points('acme', {usual}, 131, program => 'ALL')$$),
    ('more of one program than it has', $$redeem_points('acme', {usual}, 1.51, program => 'fine')$$),
    ('a program with nothing in it', $$redeem_points('acme', {usual}, 1, program => 'past')$$),
    ('before they were awarded', $$redeem_points('acme', {rich}, 1, program => 'fine')$$)) t (what, call);

-- enrolment
SELECT pg_temp.refuse_call('LY406', f || ': a customer who is not enrolled', f || '(''acme'', {campaign}, 10)')
    FROM unnest(ARRAY['earn_points', 'redeem_points']) f;

-- times
SELECT pg_temp.refuse('LY407', 'a microsecond before the registration', 'event_time', '''2023-12-31 23:59:59.999999+00''',
    'earn_points', 'redeem_points');
SELECT pg_temp.refuse('LY407', 'a microsecond before the tolerance', 'event_time', '''2023-12-31 23:54:59.999999+00''',
    'add_transaction');
SELECT pg_temp.refuse(e.code, e.what, 'event_time', e.value, 'earn_points', 'redeem_points', 'add_transaction')
FROM (VALUES
    ('LY407', 'the year 1900', '''1900-01-01 00:00+00'''),
    ('LY408', 'a microsecond after the tolerance', '''2024-05-02 10:05:00.000001+00'''),
    ('LY408', 'the year 9999', '''9999-12-31 23:59:59.999999+00''')) e (code, what, value);
SELECT pg_temp.refuse_call('LY407', 'add_transaction: a bill of a campaign user before the registration',
    $$add_transaction('acme', {campaign}, 'B-9', 10, event_time => '2023-12-31')$$);
SELECT pg_temp.refuse_call(x.state, 'add_transaction: of a campaign user, ' || x.what,
        $$add_transaction('acme', {campaign}, 'B-9', 10, $$ || x.argument || ')')
FROM (VALUES ('LY402', 'points that are no number', 'points => ''NaN'''), ('LY401', 'negative points', 'points => -1'),
    ('LY007', 'an unknown program', 'program => ''nowhere''')) x (state, what, argument);
SELECT pg_temp.refuse('LY015', argument || ' ' || value, argument, quote_literal(value), VARIADIC names)
FROM (VALUES
    ('event_time', ARRAY['earn_points', 'redeem_points', 'add_transaction']),
    ('expires_at', ARRAY['earn_points']),
    ('redeemable_from', ARRAY['earn_points']),
    ('as_of', ARRAY['points_balance']),
    ('from_time', ARRAY['points_ledger']),
    ('to_time', ARRAY['points_ledger'])) t (argument, names)
CROSS JOIN unnest(ARRAY['infinity', '-infinity', '294276-12-31 23:59:59.999999+00', '4713-01-01 00:00+00 BC',
    '1899-12-31 23:59:59.999999+00', '10000-01-01 00:00+00']) value;

-- expiry
SELECT pg_temp.refuse_call('LY409', 'earn_points: ' || what, call) FROM (VALUES
    ('an expiry at the event', $$earn_points('acme', {usual}, 1, event_time => '2024-03-01', expires_at => '2024-03-01')$$),
    ('an expiry before it', $$earn_points('acme', {usual}, 1, event_time => '2024-03-01', expires_at => '2024-02-29')$$),
    ('an expiry before now', $$earn_points('acme', {usual}, 1, expires_at => '2024-05-02 10:00+00')$$),
    ('a program whose fixed date has passed', $$earn_points('acme', {usual}, 1, program => 'past')$$)) t (what, call);

-- words
SELECT pg_temp.refuse('LY003', 'an unknown category', 'category', '''gold''', 'earn_points', 'points_ledger');
SELECT pg_temp.refuse('LY003', 'half a category', 'category', '''regul''', 'earn_points', 'points_ledger');
SELECT pg_temp.refuse('LY003', 'the code of a category', 'category', '''r''', 'earn_points', 'points_ledger');
SELECT pg_temp.refuse('LY003', 'an unknown entry type', 'entry_type', '''gift''', 'points_ledger');
SELECT pg_temp.refuse('LY415', 'event name ' || coalesce(nullif(name, ''), 'empty'), 'event_name', quote_literal(name), 'earn_points')
    FROM unnest(ARRAY['gift', 'points_awards', 'points_redemption', 'points_expiry', 'transaction_add',
        'customer_registration', 'points_ledger_bulk_job']) name;
SELECT pg_temp.refuse('LY003', 'an unknown transaction type', 'transaction_type', '''gift''', 'add_transaction');

-- bills
SELECT pg_temp.refuse('LY001', 'no number', 'transaction_number', 'NULL', 'add_transaction');
SELECT pg_temp.refuse('LY001', 'an empty number', 'transaction_number', '''''', 'add_transaction');
SELECT pg_temp.refuse('LY001', 'no amount', 'amount', 'NULL', 'add_transaction');
SELECT pg_temp.refuse(e.code, argument || ' ' || e.what, argument, e.value, 'add_transaction')
FROM unnest(ARRAY['amount', 'discount']) argument, (VALUES
    ('LY402', 'no number', '''NaN'''),
    ('LY402', 'infinite', '''Infinity'''),
    ('LY402', 'minus infinite', '''-Infinity'''),
    ('LY404', 'of 10^15', '1e15'),
    ('LY404', 'of minus 10^15', '-1e15'),
    ('LY404', 'of 10^100000', '1e100000'),
    ('LY413', 'negative', '-0.001'),
    ('LY413', 'of four decimals', '1.0001')) e (code, what, value);
SELECT pg_temp.refuse_call('LY410', 'add_transaction: ' || what, call) FROM (VALUES
    ('a number that exists, without a till', $$add_transaction('acme', {usual}, 'B-1', 10)$$),
    ('a number that exists at the till', $$add_transaction('acme', {usual}, 'B-2', 10, till => 'till')$$),
    ('a number that another customer has', $$add_transaction('acme', {rich}, 'B-1', 10)$$),
    ('also of a campaign user', $$add_transaction('acme', {campaign}, 'B-1', 10)$$)) t (what, call);
SELECT pg_temp.refuse_call('LY411', 'redeem_points: ' || what, call) FROM (VALUES
    ('on a bill that does not exist', $$redeem_points('acme', {usual}, 1, transaction_number => 'B-9')$$),
    ('on a bill of another till', $$redeem_points('acme', {usual}, 1, transaction_till => 'other', transaction_number => 'B-2')$$),
    ('on a bill of another till, called at its own', $$redeem_points('acme', {usual}, 1, till => 'till', transaction_till => 'other', transaction_number => 'B-2')$$),
    ('on a bill of another customer', $$redeem_points('acme', {rich}, 1, transaction_number => 'B-1')$$)) t (what, call);

SELECT pg_temp.refuse_call('LY420', 'redeem_points: ' || what, call) FROM (VALUES
    ('a number of two bills', $$redeem_points('acme', {usual}, 1, transaction_number => 'B-22')$$),
    ('also where the call is at the till of one', $$redeem_points('acme', {usual}, 1, till => 'till', transaction_number => 'B-22')$$)) t (what, call);

-- line items
SELECT pg_temp.refuse('LY414', 'line items ' || left(items, 60), 'line_items', quote_literal(items), 'add_transaction')
FROM unnest(ARRAY['{}', '"x"', '1', 'true', 'null', '{"item_code": "a", "amount": 1}', '[1]', '["x"]', '[null]', '[[]]',
    '[[{"item_code": "a", "amount": 1}]]', '[{}]', '[{"item_code": "a"}]', '[{"amount": 1}]',
    '[{"item_code": "", "amount": 1}]', '[{"item_code": null, "amount": 1}]', '[{"item_code": true, "amount": 1}]',
    '[{"item_code": ["a"], "amount": 1}]', '[{"item_code": {"a": 1}, "amount": 1}]',
    '[{"item_code": "a", "amount": "1,5"}]', '[{"item_code": "a", "amount": null}]', '[{"item_code": "a", "amount": true}]',
    '[{"item_code": "a", "amount": [1]}]', '[{"item_code": "a", "amount": -0.0001}]',
    '[{"item_code": "a", "amount": 1.0001}]', '[{"item_code": "a", "amount": 1e15}]',
    '[{"item_code": "a", "amount": 1e100000}]', '[{"item_code": "a", "amount": 1, "quantity": "1e3"}]',
    '[{"item_code": "a", "amount": 1, "quantity": "0x2"}]', '[{"item_code": "a", "amount": 1, "quantity": 1e12}]',
    '[{"item_code": "a", "amount": 1, "quantity": 1.0000001}]', '[{"item_code": "a", "amount": 1, "discount": "NaN"}]',
    '[{"item_code": "a", "amount": 1, "discount": "- 1"}]', '[{"item_code": "a", "amount": 1, "points": "-1"}]',
    '[{"Item_code": "a", "amount": 1}]', '[{"item_code": "a", "amount": 1}, 2]',
    '[{"item_code": "a", "amount": 1}, {"item_code": "b"}]']) items;
SELECT pg_temp.refuse('LY414', 'line items: ' || what, 'line_items', items, 'add_transaction') FROM (VALUES
    ('an item code of 101 bytes', $$jsonb_build_array(jsonb_build_object('item_code', repeat('x', 101), 'amount', 1))$$),
    ('an item code of 100 MB', $$jsonb_build_array(jsonb_build_object('item_code', repeat('x', 100000000), 'amount', 1))$$),
    ('a text of 100 MB', $$to_jsonb(repeat('x', 100000000))$$),
    ('10001 lines', $$(SELECT jsonb_agg('{"item_code": "a", "amount": 1}'::jsonb) FROM generate_series(1, 10001))$$),
    ('lines within lines', $$(repeat('[', 1000) || repeat(']', 1000))::jsonb$$)) t (what, items);

-- pages
SELECT pg_temp.refuse(e.code, e.what, e.argument, e.value, 'points_ledger') FROM (VALUES
    ('LY416', 'a key with the number of the first page', 'after_key', '''1/1:2:r:3:4'''),
    ('LY416', 'a key with half a number', 'after_key', '''/1:2:r:3:4'''),
    ('LY416', 'a key with a number that is written otherwise', 'after_key', '''02/1:2:r:3:4'''),
    ('LY416', 'a key with the largest number', 'after_key', '''2147483647/1:2:r:3:4'''),
    ('LY416', 'a key with a number beyond', 'after_key', '''4294967298/1:2:r:3:4'''),
    ('LY416', 'a key with two numbers', 'after_key', '''2/2/1:2:r:3:4'''),
    ('LY416', 'a page of nothing', 'page_size', '0'),
    ('LY416', 'a negative page size', 'page_size', '-1'),
    ('LY416', 'a page of 101', 'page_size', '101'),
    ('LY416', 'the largest page size', 'page_size', '2147483647'),
    ('LY416', 'a key that is none', 'after_key', '''x'''),
    ('LY416', 'a key cut short', 'after_key', '''1:2:r'''),
    ('LY416', 'a key with something after it', 'after_key', '''1:2:r:3x'''),
    ('LY416', 'a key with a number out of range', 'after_key', '''99999999999999999999999:99999999999:r:1:-99999999999'''),
    ('LY416', 'a key with blanks in it', 'after_key', '''1: 2:r:1:1'''),
    ('LY416', 'a key of percent signs', 'after_key', '''%n%s%n%s'''),
    ('LY001', 'a NULL among tills', 'tills', 'ARRAY[''till'', NULL]'),
    ('LY006', 'an unknown one among tills', 'tills', 'ARRAY[''till'', ''gold'']'),
    ('LY003', '1001 tills', 'tills', '(SELECT array_agg(''till''::text) FROM generate_series(1, 1001))'))
    e (code, what, argument, value);

-- Their run.
UPDATE refused SET call = replace(call, '{' || name || '}', id::text) FROM whom WHERE call LIKE '%{' || name || '}%';
SELECT cmp_ok(count(*), '>', 300::bigint, 'the battery is large') FROM refused;
SELECT pg_temp.refused(call, sqlstate, what || ': ' || sqlstate) FROM refused ORDER BY no;
SELECT is(pg_temp.written_since(:'before'), NULL, 'refused calls wrote nothing');

-- ---------------------------------------------------------------- what the errors say

SELECT is(pg_temp.told(format(call, :usual)), wanted, 'complaint: ' || split_part(wanted, ' | ', 1)) FROM (VALUES
    ($$redeem_points('acme', %s, 62, program => 'ALL')$$, 'not enough points are available | Available are 61.5 points, asked for are 62. | '),
    ($$redeem_points('acme', %s, 1.51, program => 'fine')$$, 'not enough points are available | Available are 1.5 points, asked for are 1.51. | '),
    ($$redeem_points('acme', %s, 999999999999999, program => 'ALL')$$,
     'not enough points are available | Available are 61.5 points, asked for are 999999999999999. | '),
    ($$earn_points('acme', %s, -3.5)$$, 'points must be positive | Asked for are -3.5. | '),
    ($$earn_points('acme', %s, 10.5)$$, 'points have too many decimals | Asked for are 10.5; program "base" keeps 0 decimals. | '),
    ($$earn_points('acme', %s, 0.125, till => 'other')$$,
     'points have too many decimals | Asked for are 0.125; program "fine" keeps 2 decimals. | '),
    ($$earn_points('acme', %s, 1e15)$$, 'argument "points" is too large | Its absolute value must be below 1000000000000000. | '),
    ($$earn_points('acme', %s, 1, event_time => '2023-06-01')$$,
     'the event is older than the customer''s registration | It is at 2023-06-01 00:00:00+00, the registration at 2024-01-01 00:00:00+00. | '),
    ($$earn_points('acme', %s, 1, event_time => '2024-05-02 10:06+00')$$,
     'the event lies in the future | It is at 2024-05-02 10:06:00+00, the clock at 2024-05-02 10:00:00+00, with a tolerance of 300 seconds. | '),
    ($$earn_points('acme', %s, 1, category => 'gold')$$,
     'argument "category" is not an allowed value |  | Allowed are: regular, promised, trigger_based.'),
    ($$earn_points('acme', %s, 1, event_name => 'gift')$$,
     'event name is not an award''s |  | Allowed are: points_award, goodwill, generic_event, bulk_award, target_completed, registration_award.'),
    ($$earn_points('acme', %s, 1, reason => repeat('secret ', 1000))$$,
     'argument "reason" is too long | At most 1000 characters are allowed. | '),
    ($$add_transaction('acme', %s, 'B-9', -5)$$, 'argument "amount" is negative | It is -5. | '),
    ($$add_transaction('acme', %s, 'B-1', 5)$$,
     'bill "B-1" exists already |  | A number is unique per till, and per org where a bill names no till.'),
    ($$add_transaction('acme', %s, 'B-9', 5, line_items => '[{"item_code": "a", "amount": 1}, {"item_code": "b", "amount": 1.0001}]')$$,
     'line item 2 is not valid | amount has more than three decimals. | A line item is an object with item_code, amount and, if need be, quantity, discount and points.'),
    ($$points_ledger('acme', %s, page_size => 101)$$, 'page size is not valid | It is 101; pages have 1 to 100 entries. | '))
    t (call, wanted);
SELECT is(pg_temp.told(format($$earn_points('acme', %s, 1)$$, :rich)),
    'a balance or counter of the account would be too large | Points are kept below 1000000000000000. | ',
    'complaint: a balance that is too large');

-- What is said to be available is: 60 of the one program, 1.5 of the other.
SELECT is((SELECT points FROM loyalty.redeem_points('acme', :usual, 61.5, program => 'ALL', idempotency_key => 'r-1')), 61.5,
    'redeem_points: all that is available');

-- ---------------------------------------------------------------- repeated requests

SELECT event_id AS e1, lot_id AS l1, points AS p1, current_points AS c1 FROM loyalty.earn_points('acme', :usual, 25,
    idempotency_key => 'k-1') \gset
SELECT transaction_id AS t2, current_points AS c2 FROM loyalty.add_transaction('acme', :usual, 'B-3', 12,
    till => 'till', idempotency_key => 'k-2') \gset
SELECT event_id AS e3, redemption_id AS r3, current_points AS c3 FROM loyalty.redeem_points('acme', :usual, 37,
    program => 'base', idempotency_key => 'k-3') \gset
SELECT transaction_id AS t4 FROM loyalty.add_transaction('acme', :campaign, 'B-4', 12, idempotency_key => 'k-2') \gset
SELECT pg_temp.written() AS before \gset

-- The first answer, though points are gone and the number is taken by now.
SELECT results_eq(format($$SELECT event_id, lot_id, points, current_points FROM loyalty.earn_points('acme', %s, 25,
    idempotency_key => 'k-1')$$, :usual), format('VALUES (%s::bigint, %s::bigint, %s, %s)', :e1, :l1, :p1, :c1),
    'earn_points: a repeat has the first answer');
SELECT results_eq(format($$SELECT transaction_id, event_id, points, current_points FROM loyalty.add_transaction('acme', %s,
    'B-3', 12, till => 'till', idempotency_key => 'k-2')$$, :usual),
    format('VALUES (%s::bigint, %s::bigint, 12.000, %s)', :t2, :t2, :c2), 'add_transaction: a repeat has the first answer');
SELECT results_eq(format($$SELECT event_id, redemption_id, points, current_points FROM loyalty.redeem_points('acme', %s, 37,
    program => 'base', idempotency_key => 'k-3')$$, :usual), format('VALUES (%s::bigint, %L::text, 37.000, %s)', :e3, :'r3', :c3),
    'redeem_points: a repeat has the first answer');
SELECT results_eq(format($$SELECT transaction_id, event_id, points, current_points FROM loyalty.add_transaction('acme', %s,
    'B-4', 12, idempotency_key => 'k-2')$$, :campaign),
    format('VALUES (%s::bigint, %s::bigint, 0.000, 0.000)', :t4, :t4), 'add_transaction: of a campaign user too');

-- Points written otherwise are the same; so is a default that is said. Other arguments and another function are not. A key is the customer's own.
SELECT results_eq(format($$SELECT event_id, lot_id, points, current_points FROM loyalty.earn_points('acme', %s, $$ || said ||
    $$, idempotency_key => 'k-1')$$, :usual), format('VALUES (%s::bigint, %s::bigint, %s, %s)', :e1, :l1, :p1, :c1),
    'earn_points: the same request, said as ' || said)
FROM unnest(ARRAY['25.0', '25.000', '2.5e1', '25, category => ''regular''', '25, category => NULL, event_name => NULL, program => NULL']) said;
SELECT throws_ok(format('SELECT loyalty.' || call, :usual), 'LY020', NULL, 'another request under a key: ' || call) FROM (VALUES
    ($$earn_points('acme', %s, 26, idempotency_key => 'k-1')$$),
    ($$earn_points('acme', %s, 25.001, idempotency_key => 'k-1')$$),
    ($$earn_points('acme', %s, 25, program => 'base', idempotency_key => 'k-1')$$),
    ($$earn_points('acme', %s, 25, reason => 'more', idempotency_key => 'k-1')$$),
    ($$earn_points('acme', %s, 25, event_time => '2024-05-02 10:00+00', idempotency_key => 'k-1')$$),
    ($$earn_points('acme', %s, NULL, idempotency_key => 'k-1')$$),
    ($$earn_points('acme', %s, 'NaN', idempotency_key => 'k-1')$$),
    ($$redeem_points('acme', %s, 25, idempotency_key => 'k-1')$$),
    ($$add_transaction('acme', %s, 'B-3', 12, idempotency_key => 'k-2')$$),
    ($$add_transaction('acme', %s, 'B-3', 13, till => 'till', idempotency_key => 'k-2')$$),
    ($$add_transaction('acme', %s, 'B-3', 12, till => 'till', line_items => '[]', idempotency_key => 'k-2')$$),
    ($$redeem_points('acme', %s, 37, program => 'fine', idempotency_key => 'k-3')$$)) t (call);
SELECT is(pg_temp.written_since(:'before'), NULL, 'repeated requests wrote nothing');
SELECT lives_ok(format($$SELECT loyalty.earn_points('acme', %s, 1, program => 'fine', idempotency_key => 'k-1')$$, :rich),
    'the key of another customer is another key');
SELECT lives_ok(format($$SELECT loyalty.earn_points('acme', %s, 1, idempotency_key => ''),
    loyalty.earn_points('acme', %s, 1, idempotency_key => '')$$, :usual, :usual), 'an empty key is none');

-- pages of JSON are smaller
SELECT pg_temp.refuse('LY416', 'a JSON page of 11', 'page_size', '11', 'points_ledger_json');
SELECT pg_temp.refuse('LY416', 'a JSON page of nothing', 'page_size', '0', 'points_ledger_json');

-- ---------------------------------------------------------------- what is just allowed

SELECT loyalty.add_transaction('acme', :usual, 'B-32', 50, till => 'till');
SELECT lives_ok(format('SELECT loyalty.' || call, :usual), 'allowed: ' || left(call, 90)) FROM (VALUES
    ($$earn_points('acme', %s, 0.01, program => 'fine')$$),
    ($$earn_points('acme', %s, 10.000)$$),
    ($$earn_points('acme', %s, 1, category => NULL)$$),
    ($$earn_points('acme', %s, 1, event_name => NULL)$$),
    ($$add_transaction('acme', %s, 'B-30', 1, transaction_type => NULL)$$),
    ($$add_transaction('acme', %s, 'B-31', 1, source => NULL)$$),
    ($$points_ledger('acme', %s, category => 'ALL', entry_type => 'ALL', program => 'ALL', source => 'ALL')$$),
    ($$points_ledger('acme', %s, after_key => '2/1:2:r:3:4')$$),
    ($$points_ledger_json('acme', %s, page_size => 10, with_total => NULL, after_key => '2147483646/1:2:r:3:4')$$),
    ($$points_ledger('acme', %s, page_size => NULL)$$),
    ($$points_ledger('acme', %s, newest_first => NULL)$$),
    ($$redeem_points('acme', %s, 1, transaction_number => 'B-32')$$),
    ($$redeem_points('acme', %s, 1, program => 'base', till => 'other', transaction_number => 'B-32')$$),
    ($$earn_points('acme', %s, 1, event_time => '2024-01-01 00:00+00')$$),
    ($$earn_points('acme', %s, 1, event_time => '2024-05-02 10:05+00')$$),
    ($$earn_points('acme', %s, 1, event_time => '2024-05-02 10:05+00', expires_at => '2024-05-02 10:05:00.000001+00')$$),
    ($$earn_points('acme', %s, 1, expires_at => '9999-12-31 23:59:59.999999+00')$$),
    ($$earn_points('acme', %s, 1, redeemable_from => '1900-01-01 00:00+00')$$),
    ($$earn_points('acme', %s, 1, program => '', till => '', reason => '', source => '', actor => '')$$),
    ($$earn_points('acme', %s, 1, reason => repeat('ø', 1000), actor => repeat('ø', 200), idempotency_key => repeat('ø', 200))$$),
    ($$add_transaction('acme', %s, repeat('ø', 100), 0)$$),
    ($$add_transaction('acme', %s, 'B-5', 10, points => 0)$$),
    ($$add_transaction('acme', %s, 'B-6', 999999999999999.999, points => 1)$$),
    ($$add_transaction('acme', %s, 'B-1', 1, till => 'till')$$),
    ($$add_transaction('acme', %s, 'B-1', 1, till => 'other')$$),
    ($$add_transaction('acme', %s, 'B-2', 1)$$),
    ($$add_transaction('acme', %s, 'b-1', 1)$$),
    ($$add_transaction('acme', %s, 'B-7', 1, program => 'past', points => 0)$$),
    ($$add_transaction('acme', %s, 'B-70', 1, program => 'past')$$),
    ($$add_transaction('acme', %s, 'B-8', 1, line_items => '[]')$$),
    ($$add_transaction('acme', %s, 'B-9', 1, till => 'till', store => 'main')$$),
    ($$add_transaction('acme', %s, 'B-10', 1, line_items =>
        (SELECT jsonb_agg('{"item_code": "a", "amount": 0, "quantity": 0.001}'::jsonb) FROM generate_series(1, 10000)))$$),
    ($$points_balance('acme', %s, as_of => '1900-01-01 00:00+00')$$),
    ($$points_balance('acme', %s, as_of => '9999-12-31 23:59:59.999999+00')$$),
    ($$points_ledger('acme', %s, from_time => '1900-01-01 00:00+00')$$),
    ($$points_ledger('acme', %s, to_time => '9999-12-31 23:59:59.999999+00')$$),
    ($$points_ledger('acme', %s, from_time => '9999-12-31 23:59:59.999999+00')$$),
    ($$points_ledger('acme', %s, from_time => '2024-05-02', to_time => '2024-05-01')$$),
    ($$points_ledger('acme', %s, tills => '{}', after_key => '')$$),
    ($$points_ledger('acme', %s, tills => '{{till,other},{till,till}}')$$),
    ($$points_ledger('acme', %s, after_key => '9223372036854775807:2147483647:r:9223372036854775807:-2147483648')$$),
    ($$points_ledger('acme', %s, after_key => '-9223372036854775808:-2147483648:r:-9223372036854775808:2147483647', newest_first => false)$$)) t (call);
SELECT is((SELECT count(*)::int FROM loyalty.points_ledger('acme', :usual, tills => '{}')), 0, 'no tills: nothing of any till');

-- A bill of a campaign user is recorded, with zero points whatever it would earn.
SELECT results_eq(format($$SELECT points, current_points FROM loyalty.add_transaction('acme', %s, 'B-20', 100)$$, :campaign),
    'VALUES (0.000, 0.000)', 'add_transaction: zero points for a campaign user');
SELECT results_eq(format($$SELECT points, current_points FROM loyalty.add_transaction('acme', %s, 'B-21', 100, points => 50)$$,
    :campaign), 'VALUES (0.000, 0.000)', 'add_transaction: even where points are given');
SELECT is((SELECT count(*)::int FROM loyalty_data.transaction WHERE customer_id = :campaign), 3, 'and the bills are there');
SELECT is((SELECT count(*)::int FROM loyalty_data.ledger_entry WHERE customer_id = :campaign), 0, 'without entries');

-- A sum that no number of ours holds, from balances that do: ten full accounts.
SELECT pg_temp.customer('theirs', 'tycoon', '2024-01-01') AS tycoon \gset
SELECT loyalty.create_program('theirs', 'p' || i, 'P') FROM generate_series(1, 9) i;
SELECT loyalty.earn_points('theirs', :tycoon, 999999999999999, program => 'p' || i) FROM generate_series(1, 9) i;
SELECT is((SELECT current_points FROM loyalty.points_balance('theirs', :tycoon)), 8999999999999991.000, 'nine full accounts add up');
SELECT loyalty.earn_points('theirs', :tycoon, 999999999999999, program => 'base');
SELECT throws_ok(format($$SELECT loyalty.points_balance('theirs', %s)$$, :tycoon), 'LY404', NULL, 'ten do not: LY404');
SELECT is((SELECT current_points FROM loyalty.points_balance('theirs', :tycoon, 'base')), 999999999999999.000, 'but each is read by itself');

-- ---------------------------------------------------------------- expire_points

-- It commits, so its errors are seen by psql.
SELECT pg_temp.written() AS before \gset
\set ON_ERROR_STOP 0
CALL loyalty.expire_points(NULL);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY001', 'expire_points: no org');
CALL loyalty.expire_points('');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY001', 'expire_points: an empty org');
CALL loyalty.expire_points('nowhere');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY004', 'expire_points: an unknown org');
CALL loyalty.expire_points(repeat('ø', 101));
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY002', 'expire_points: a long org');
CALL loyalty.expire_points(repeat('x', 100000000));
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY002', 'expire_points: an org of 100 MB');
CALL loyalty.expire_points('acme', '2024-05-02 10:00:00.000001+00');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY408', 'expire_points: a time after the clock, by a microsecond');
CALL loyalty.expire_points('acme', 'infinity');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY015', 'expire_points: infinity');
CALL loyalty.expire_points('acme', '-infinity');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY015', 'expire_points: minus infinity');
CALL loyalty.expire_points('acme', '1899-12-31 00:00+00');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY015', 'expire_points: before 1900');
CALL loyalty.expire_points('acme', NULL, 0);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY003', 'expire_points: batches of nothing');
CALL loyalty.expire_points('acme', NULL, -1);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY003', 'expire_points: negative batches');
CALL loyalty.expire_points('acme', NULL, 100001);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY003', 'expire_points: batches that are too large');
BEGIN;
CALL loyalty.expire_points('acme');
\set got :SQLSTATE
ROLLBACK;
SELECT is(:'got'::text, 'LY014', 'expire_points: inside a transaction');
DO $$ BEGIN CALL loyalty.expire_points('acme'); EXCEPTION WHEN division_by_zero THEN NULL; END $$;
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY014', 'expire_points: inside an exception block');
\set ON_ERROR_STOP 1
SELECT is(pg_temp.written_since(:'before'), NULL, 'refused calls of expire_points wrote nothing');
SELECT is(current_user::text, session_user::text, 'and left the session with its user');
CALL loyalty.expire_points('acme', NULL, 1);
CALL loyalty.expire_points('acme', NULL, NULL);
CALL loyalty.expire_points('acme', '1900-01-01 00:00+00', 100000);
DO $$ BEGIN CALL loyalty.expire_points('acme'); END $$;
SELECT pass('expire_points: batches of one; of the usual size where NULL is said; long ago; in a DO block of its own');

-- ---------------------------------------------------------------- after all that

SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger(org) WHERE ok IS NOT TRUE), NULL,
    'every invariant holds in ' || org) FROM loyalty_data.org;
SELECT * FROM finish();
