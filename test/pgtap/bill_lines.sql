-- Line items: whatever a till writes that can be taken exactly is taken; what cannot is refused with the line and the field. Lines
-- below zero, in returns as well. Fields that the library does not know are kept, shown, and erased with the person.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', tills => '{till}', primary_key => 'external_id');
SELECT loyalty.create_program('acme', 'fine', 'Fine', decimals => 3);
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob \gset

-- Each line in a bill of its own, by id and tagged: what is stored of it.
CREATE FUNCTION pg_temp.stored(item text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    number text := 'S-' || md5(item);
    lines jsonb := '[{"item_code": "first", "amount": 1}, ' || item || ']';
    by_id text;
    tagged text;
BEGIN
    PERFORM loyalty.add_transaction('acme', customer_id, number, 1, points => 0, line_items => lines)
    FROM loyalty.find_customer('acme', 'external_id', 'ann') customer_id;
    PERFORM loyalty.add_transaction_by_identifiers('acme', number, 1, external_id => number, transaction_type => 'non_loyalty',
        till => 'till', line_items => lines);
    PERFORM loyalty.register_customer('acme', external_id => number);
    SELECT concat_ws('|', l.item_code, l.quantity, l.amount, l.discount, l.attributes) INTO STRICT by_id
    FROM loyalty.transaction_lines l JOIN loyalty.transactions t USING (transaction_id)
    WHERE t.transaction_number = number AND t.till IS NULL AND l.line_no = 2;
    SELECT concat_ws('|', l.item_code, l.quantity, l.amount, l.discount, l.attributes) INTO STRICT tagged
    FROM loyalty.transaction_lines l JOIN loyalty.transactions t USING (transaction_id)
    WHERE t.transaction_number = number AND t.till = 'till' AND l.line_no = 2;
    RETURN CASE WHEN by_id = tagged THEN by_id ELSE by_id || ' <> ' || tagged END;
END $$;
SELECT is(pg_temp.stored(item), want, item) FROM (VALUES
    ('{"item_code": "a", "amount": 5}', 'a|1|5.000|0.000'),
    ('{"item_code": "a", "amount": "5.00", "quantity": "2", "discount": " 0.5 "}', 'a|2|5.000|0.500'),
    ('{"item_code": "a", "amount": "+5", "quantity": ".5", "discount": "-1."}', 'a|0.5|5.000|-1.000'),
    ('{"item_code": "a", "amount": 5.0000, "quantity": 1.000000000}', 'a|1|5.000|0.000'),
    ('{"item_code": 4006381333931, "amount": 5}', '4006381333931|1|5.000|0.000'),
    ('{"item_code": 12.50, "amount": 5}', '12.50|1|5.000|0.000'),
    ('{"item_code": "0012", "amount": 5}', '0012|1|5.000|0.000'),
    ('{"item_code": "a", "amount": 5, "quantity": null, "discount": null, "points": null, "promotion_points": null}', 'a|1|5.000|0.000'),
    ('{"item_code": "a", "amount": 5, "quantity": 1.2345}', 'a|1.2345|5.000|0.000'),
    ('{"item_code": "a", "amount": 5, "quantity": 0.000001}', 'a|0.000001|5.000|0.000'),
    ('{"item_code": "a", "amount": 5, "quantity": 999999999999.999999}', 'a|999999999999.999999|5.000|0.000'),
    ('{"item_code": "coupon", "amount": -5}', 'coupon|1|-5.000|0.000'),
    ('{"item_code": "back", "amount": -5, "quantity": -1, "discount": -0.5}', 'back|-1|-5.000|-0.500'),
    ('{"item_code": "a", "amount": -0.001}', 'a|1|-0.001|0.000'),
    ('{"item_code": "a", "amount": -999999999999999.999}', 'a|1|-999999999999999.999|0.000'),
    ('{"item_code": "a", "amount": 5, "colour": "red"}', 'a|1|5.000|0.000|{"colour": "red"}'),
    ('{"item_code": "a", "amount": 5, "size": null, "taxes": [{"rate": 19}, [1, {}]], "brand": {"name": "b", "of": {"x": [true]}}, "": ""}',
        'a|1|5.000|0.000|{"": "", "size": null, "brand": {"of": {"x": [true]}, "name": "b"}, "taxes": [{"rate": 19}, [1, {}]]}'),
    ('{"item_code": "a", "amount": 5, "Amount": 6, "category": "tea", "price": 1.23456789}',
        'a|1|5.000|0.000|{"price": 1.23456789, "Amount": 6, "category": "tea"}')) v (item, want);
SELECT loyalty.add_transaction('acme', :bob, 'LONG', 1, line_items =>
    jsonb_build_array(jsonb_build_object('item_code', 'long', 'amount', 1, 'text', repeat('x', 7000))));
SELECT is((SELECT length(l.attributes ->> 'text') FROM loyalty.transaction_lines l WHERE l.item_code = 'long'), 7000, 'long attributes');

-- Points are points, however they are written.
SELECT is(points, 12.500, 'points of lines') FROM loyalty.add_transaction('acme', :bob, 'P', 100, program => 'fine', line_items =>
    '[{"item_code": "a", "amount": 1, "points": "12.5"}, {"item_code": "b", "amount": 1, "points": null}, {"item_code": 3, "amount": -1, "x": 1}]');
SELECT is(points, 100.000, 'a line that says nothing leaves the bill''s') FROM loyalty.add_transaction('acme', :bob, 'P-2', 100,
    line_items => '[{"item_code": "a", "amount": 1, "points": null}]');

-- What is refused says which line, and which field.
SELECT pg_temp.refused(format($c$loyalty.add_transaction('acme', %s, 'X', 1, line_items => '[{"item_code": "a", "amount": 1}, %s]')$c$,
    :ann, item), 'LY414', item, detail) FROM (VALUES
    ('{"item_code": "a", "amount": 1.2345}', 'amount has more than three decimals.'),
    ('{"item_code": "a", "amount": "1.2345"}', 'amount has more than three decimals.'),
    ('{"item_code": "a", "amount": 1e15}', 'amount is not below 1000000000000000.'),
    ('{"item_code": "a", "amount": 1, "quantity": 1.2345678}', 'quantity has more than six decimals.'),
    ('{"item_code": "a", "amount": 1, "quantity": -1e12}', 'quantity is not below 1000000000000.'),
    ('{"item_code": "a", "amount": 1, "discount": 0.0001}', 'discount has more than three decimals.'),
    ('{"item_code": "a", "amount": 1, "points": -1}', 'points is negative.'),
    ('{"item_code": "a", "amount": 1, "promotion_points": "1.0001"}', 'promotion_points has more than three decimals.'),
    ('{"item_code": "a", "amount": 1, "discount": "free"}', 'discount is no number.'),
    ('{"item_code": "a", "amount": 1, "discount": ""}', 'discount is no number.'),
    ('{"item_code": "a", "amount": 1, "discount": "."}', 'discount is no number.'),
    ('{"item_code": "a", "amount": 1, "discount": "1 2"}', 'discount is no number.'),
    ('{"item_code": "a", "amount": 1, "discount": {}}', 'discount is no number.'),
    ('{"item_code": "a", "amount": "11111111111111111111111111111111111111111"}', 'amount is no number.'),
    ('{"item_code": "a", "amount": null}', 'amount is required.'), ('{"item_code": null, "amount": 1}', 'item_code is required.'),
    ('{"code": "a", "amount": 1}', 'item_code is required.'),
    ('{"item_code": [], "amount": 1}', 'item_code is a text that is not empty, or a number.')) v (item, detail);
SELECT pg_temp.refused(format($c$loyalty.add_transaction('acme', %s, 'X', 1, line_items =>
    jsonb_build_array(jsonb_build_object('item_code', 'a', 'amount', 1, 'text', repeat('x', 9000))))$c$, :ann), 'LY414', 'attributes beyond the limit',
    'Its other fields have more than 8000 bytes.');

-- Returns. Of 90 paid for 60 and 40 less 10: each line at its share of what was paid; the discount goes with the last.
SELECT loyalty.add_transaction('acme', :bob, 'D', 90, line_items => '[{"item_code": "a", "amount": 60, "points": 60, "lot": "x1"},
    {"item_code": "off", "amount": -10, "points": 6}, {"item_code": "b", "amount": 40, "quantity": 1.2345, "points": 30}]');
SELECT pg_temp.refused(format($c$loyalty.return_transaction('acme', %s, 'D', '[{"line_no": 2}]')$c$, :bob), 'LY414', 'a discount alone');
SELECT is(concat_ws('|', amount, points), '54.000|64.000', 'the first line, its points, and the discount''s share')
FROM loyalty.return_transaction('acme', :bob, 'D', '[{"line_no": 1}]');
SELECT is(concat_ws('|', amount, points), '14.581|13.000', 'a part of four decimals') FROM loyalty.return_transaction('acme', :bob, 'D', '[{"line_no": 3, "quantity": 0.5000}]');
SELECT is(concat_ws('|', amount, points), '21.419|19.000', 'the rest') FROM loyalty.return_transaction('acme', :bob, 'D', '[{"line_no": 3}]');
SELECT pg_temp.refused(format($c$loyalty.return_transaction('acme', %s, 'D')$c$, :bob), 'LY421', 'nothing is left');
SELECT is(string_agg(concat_ws('|', line_no, item_code, quantity, amount, attributes), E'\n' ORDER BY transaction_id, line_no),
    '1|a|1|60.000|{"lot": "x1"}
3|b|0.5|16.201
2|off|1|-10.000
3|b|0.7345|23.799', 'lines of returns, with what the bill''s line says')
FROM loyalty.transaction_lines WHERE transaction_type = 'return';
SELECT loyalty.add_transaction('acme', :bob, 'N', 9, line_items => '[{"item_code": "a", "amount": 9, "quantity": 3}]');
SELECT is(concat_ws('|', amount, points), r, 'numbers in texts: ' || lines)
FROM (VALUES ('[{"line_no": "1", "quantity": "1.000"}]', '3.000|3.000'), ('[{"line_no": " 1 ", "quantity": "+0.5"}]', '1.500|2.000'),
    ('[{"line_no": "1.0", "quantity": null}]', '4.500|4.000')) v (lines, r), loyalty.return_transaction('acme', :bob, 'N', lines::jsonb);
SELECT is(concat_ws('|', amount, points), '90.000|96.000', 'as a whole') FROM loyalty.add_transaction('acme', :bob, 'E', 90, line_items =>
    '[{"item_code": "a", "amount": 60, "points": 60}, {"item_code": "off", "amount": -10, "quantity": -1, "points": 6}, {"item_code": "b", "amount": 40, "points": 30}]'),
    loyalty.return_transaction('acme', :bob, 'E') r (e, t, amount, points2, c);
SELECT loyalty.add_transaction('acme', :bob, 'F', 0, line_items => '[{"item_code": "off", "amount": -10}]');
SELECT is(amount, 0.000, 'a bill of discounts alone') FROM loyalty.return_transaction('acme', :bob, 'F');
SELECT is(pg_temp.proved(), 'proved', 'every invariant holds');

-- Attributes go with the person, those of the victim and of bills that still wait as well.
SELECT loyalty.merge_customers('acme', :ann, :bob);
SELECT loyalty.add_transaction_by_identifiers('acme', 'T', 1, external_id => 'tag', transaction_type => 'non_loyalty',
    line_items => '[{"item_code": "t", "amount": 1, "note": "for Ann"}]');
SELECT loyalty.set_config('acme', 'CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE', 'true');
SELECT loyalty.change_identifier('acme', :ann, 'external_id', 'tag');
CREATE TEMP TABLE lines_before AS SELECT * FROM loyalty.transaction_lines;
CREATE ROLE test_lines_asker IN ROLE loyalty_admin;
SELECT loyalty.grant_org('acme', 'test_lines_asker');
SET ROLE test_lines_asker;
SELECT loyalty.request_deletion('acme', :ann);
RESET ROLE;
SELECT loyalty.approve_deletion('acme', :ann);
SELECT is((SELECT count(*)::int FROM loyalty_data.transaction_line WHERE attributes IS NOT NULL AND customer_id IN (:ann, :bob)), 0, 'attributes are erased');
SELECT cmp_ok((SELECT count(*)::int FROM loyalty_data.transaction_line WHERE attributes IS NOT NULL), '>', 0, 'those of others stay');
SELECT is((SELECT count(*) FROM loyalty.transaction_lines), (SELECT count(*) + 1 FROM lines_before), 'no line is lost, and the waiting one is there');
SELECT throws_ok('UPDATE loyalty_data.transaction_line SET attributes = NULL', 'LY412', NULL, 'lines stay append-only');
SELECT is(pg_temp.proved(), 'proved', 'every invariant holds after the erasure');
SELECT * FROM finish();
ROLLBACK;
