-- search_customers: by name in any order of words, without case and accents, by identifiers and cards, all of them at once; in
-- pages, each customer once; victims as their survivors.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';

\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql

SELECT pg_temp.new_org('a', 'p', primary_key => 'external_id', country => 'SG'), pg_temp.new_org('b', 'p', country => 'SG');
SELECT loyalty.create_card_series('a', 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44');

-- A customer of a first and a last name, known by a code.
CREATE FUNCTION pg_temp.person(code text, first_name text, last_name text, mobile text DEFAULT NULL, email text DEFAULT NULL) RETURNS void
    LANGUAGE sql AS $$
    SELECT loyalty.register_customer('a', mobile, email, code, first_name => first_name, last_name => last_name) $$;
SELECT pg_temp.person('maria', 'María', 'del Carmen López', '91234561', 'maria@example.com');
SELECT pg_temp.person('mario', 'MARIO', 'Lopez', '91234562');
SELECT pg_temp.person('marta', 'Marta', 'Marín');
SELECT pg_temp.person('obrien', 'Anne-Marie', 'O''Brien');
SELECT pg_temp.person('printed', 'Anne', 'O’Brien');
SELECT pg_temp.person('first', 'Zoë', NULL);
SELECT pg_temp.person('last', NULL, 'Zöe');
SELECT pg_temp.person('nobody', NULL, NULL, '91234563');
SELECT loyalty.register_customer('b', '91234561', first_name => 'María', last_name => 'Other');

-- The external ids of those who are found, in their order.
CREATE FUNCTION pg_temp.found(name text DEFAULT NULL, mobile text DEFAULT NULL, email text DEFAULT NULL, external_id text DEFAULT NULL,
    card_number text DEFAULT NULL, card_external_id text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f.external_id, ' ') FROM loyalty.search_customers('a', found.name, found.mobile, found.email, found.external_id,
        card_number => found.card_number, card_external_id => found.card_external_id) f $$;

-- names
SELECT is(pg_temp.found(typed), wanted, 'the name "' || typed || '"') FROM (VALUES
    ('maria', 'maria'), ('MARÍA', 'maria'), ('mari', 'maria marta mario'), ('lopez', 'mario'), ('López mar', 'mario'), ('mar lop', 'maria mario'),
    ('maria lopez', 'maria'), ('maria del', 'maria'), ('carmen', NULL), ('del carmen', 'maria'), ('mari lopes', NULL), ('marí', 'maria marta mario'),
    ('o''brien', 'printed obrien'), ('OBRIEN', 'printed obrien'), ('o’b', 'printed obrien'), ('anne', 'obrien printed'), ('anne-marie', 'obrien'),
    ('anne marie', 'obrien'), ('Brien', NULL), ('zoe', 'first last'), ('ZOË', 'first last'), ('  mario   ', 'mario'), ('mario 🙂', NULL), ('%', NULL),
    ('mar%', NULL), ('\', NULL), ('O''Brien, Anne', 'printed obrien'), (repeat('m', 200), NULL)) t (typed, wanted);
SELECT is(count(*), 1::bigint, 'a full width name is the same name') FROM loyalty.search_customers('a', 'ＭＡＲＩＯ');
SELECT is(pg_temp.found(left('ﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺ', 200)), NULL, 'letters that fold into many are cut');

-- what is shown
SELECT results_eq($$SELECT first_name, last_name, mobile, email, external_id, loyalty_type, registered_on FROM loyalty.search_customers('a', 'maria del')$$,
    $$VALUES ('María', 'del Carmen López', '+6591234561', 'maria@example.com', 'maria', 'loyalty', '2024-05-02 10:00:00+00'::timestamptz)$$,
    'names as they are written, identifiers and the registration');

-- identifiers and cards, alone and together
SELECT loyalty.set_config('a', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on');
SELECT loyalty.generate_cards('a', 's', 1);
SELECT card_number AS card FROM loyalty.issue_card('a', loyalty.find_customer('a', 'external_id', 'mario'), 's', card_external_id => 'X1') \gset
SELECT is(pg_temp.found(mobile => '9123 4561'), 'maria', 'a mobile as typed');
SELECT is(pg_temp.found(mobile => '+65 91234561'), 'maria', 'or in full');
SELECT is(pg_temp.found(mobile => '1'), NULL, 'one that is no number is nobody''s');
SELECT is(pg_temp.found(email => 'MARIA@example.com'), 'maria', 'an e-mail');
SELECT is(pg_temp.found(external_id => 'marta'), 'marta', 'an external id');
SELECT is(pg_temp.found(card_number => :'card'), 'mario', 'a card');
SELECT is(pg_temp.found(card_external_id => 'X1'), 'mario', 'its external id');
SELECT is(pg_temp.found(card_number => '1'), NULL, 'a card that is unknown');
SELECT is(pg_temp.found('lopez', card_number => :'card'), 'mario', 'name and card of one customer');
SELECT is(pg_temp.found('maria', card_number => :'card'), NULL, 'of two');
SELECT is(pg_temp.found(mobile => '91234561', email => 'maria@example.com', external_id => 'maria'), 'maria', 'all identifiers of one customer');
SELECT is(pg_temp.found(mobile => '91234561', external_id => 'mario'), NULL, 'of two');
SELECT is(pg_temp.found(mobile => '91234563'), 'nobody', 'one who has no name');

-- pages: whoever has one key on both sides of a page's end comes once
SELECT pg_temp.person('twin' || n, 'Sam', 'Samson') FROM generate_series(1, 7) n;
CREATE FUNCTION pg_temp.paged(size int, name text, mobile text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ids text := ''; behind text; page record;
BEGIN
    LOOP
        SELECT string_agg(f.external_id, ' '), max(f.page_key) FILTER (WHERE f.n = f.total), count(*) AS count INTO page
        FROM (SELECT s.*, row_number() OVER () AS n, count(*) OVER () AS total FROM loyalty.search_customers('a', paged.name, paged.mobile, page_size => size,
            page_key => behind) s) f;
        EXIT WHEN page.count = 0;
        ids := concat_ws(' ', NULLIF(ids, ''), page.string_agg);
        behind := page.max;
    END LOOP;
    RETURN ids;
END $$;
SELECT is(pg_temp.paged(size, name), pg_temp.found(name), format('%s in pages of %s', name, size))
FROM unnest(ARRAY[1, 2, 3, 100]) size, unnest(ARRAY['sam', 'mar', 'o', 'zoe']) name;
SELECT is(pg_temp.found('sam'), 'twin1 twin2 twin3 twin4 twin5 twin6 twin7', 'equal names are in the order of ids');

-- contact data that several share, in pages
SELECT pg_temp.new_org('d', 'p', primary_key => 'external_id', country => 'SG');
SELECT loyalty.set_config('d', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'on'), loyalty.set_config('d', 'CONF_INSTORE_V2_ENABLED', 'on');
SELECT loyalty.register_customer('d', '91234560', 'family@example.com', 'kim' || n, first_name => CASE WHEN n <> 2 THEN 'Kim' END)
FROM generate_series(1, 5) n;
SELECT is(string_agg(external_id, ' '), 'kim1 kim2 kim3 kim4 kim5', 'whoever holds an e-mail')
FROM loyalty.search_customers('d', email => 'family@example.com');
SELECT is(string_agg(external_id, ' '), 'kim1 kim3 kim4 kim5', 'and is called so') FROM loyalty.search_customers('d', 'kim', '91234560', 'family@example.com');
SELECT page_key AS second FROM loyalty.search_customers('d', mobile => '91234560', page_size => 2) OFFSET 1 \gset
SELECT is(string_agg(external_id, ' '), 'kim3 kim4', 'the second page') FROM loyalty.search_customers('d', mobile => '91234560', page_size => 2, page_key => :'second');

-- a customer whom two sources know by different names, and a victim
SELECT loyalty.set_config('a', 'CONF_CLIENT_V2_API_ENABLED', 'true');
SELECT loyalty.upsert_profile('a', loyalty.find_customer('a', 'external_id', 'marta'), 'WEB_ENGAGE', 'shop', first_name => 'Mara', last_name => 'Zed');
SELECT is(pg_temp.found('mar'), 'marta maria mario', 'stands once, at the first of its names');
SELECT is(pg_temp.found('zed'), 'marta', 'and is found by each');
SELECT is(first_name, 'Marta', 'under the name that is shown') FROM loyalty.search_customers('a', 'zed');
SELECT loyalty.merge_customers('a', loyalty.find_customer('a', 'external_id', 'maria'), loyalty.find_customer('a', 'external_id', 'mario'));
SELECT is(pg_temp.found('mar lop'), 'maria', 'a victim is found as the survivor, once');
SELECT is(pg_temp.found('mario'), 'maria', 'by its name');
SELECT is(pg_temp.found(card_number => :'card'), 'maria', 'and by its card');

-- errors
SELECT is(pg_temp.complaint($$search_customers('a')$$), 'LY001 | nothing is given to search for', 'nothing');
SELECT is(pg_temp.complaint($$search_customers('a', '', ' ', '', '')$$), 'LY001 | nothing is given to search for', 'texts that say nothing');
SELECT is(pg_temp.complaint($$search_customers('a', '''-.')$$), 'LY003 | argument "name" is not an allowed value', 'signs alone');
SELECT is(pg_temp.complaint(format('search_customers(%L, %s)', 'a', arguments)), wanted, arguments) FROM (VALUES
    ($$'x', page_size => 0$$, 'LY416 | page size is not valid | It is 0; pages have 1 to 100 customers.'),
    ($$'x', page_size => 101$$, 'LY416 | page size is not valid | It is 101; pages have 1 to 100 customers.'),
    ($$'x', page_size => NULL$$, 'none'),
    ($$'x', page_key => '1'$$, 'LY416 | argument "page_key" is not a page key'),
    ($$'x', page_key => '1:maria'$$, 'LY416 | argument "page_key" is not a page key'),
    ($$'x', page_key => '-1:x'$$, 'LY416 | argument "page_key" is not a page key'),
    ($$'x', page_key => '99999999999999999999:x'$$, 'LY416 | argument "page_key" is not a page key'),
    ($$mobile => '91234561', page_key => '1:x'$$, 'LY416 | argument "page_key" is not a page key'),
    ($$mobile => '91234561', page_key => '1:'$$, 'none'),
    ($$repeat('x', 201)$$, 'LY002 | argument "name" is too long | At most 200 characters are allowed.'),
    ($$repeat('x', 100000000)$$, 'LY002 | argument "name" is too long | At most 200 characters are allowed.'),
    ($$external_id => repeat('x', 101)$$, 'LY002 | argument "external_id" is too long | At most 100 characters are allowed.')) t (arguments, wanted);
SELECT * FROM finish();
ROLLBACK;
