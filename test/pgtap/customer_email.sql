-- E-mails that name a customer: the campaign user who has one that is contact data, and the owner of a unique one, whom
-- a registration with another primary joins.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('m', 'p', country => 'SG', tills => '{t}'), pg_temp.new_org('x', 'p', country => 'SG', primary_key => 'external_id'),
    pg_temp.new_org('u', 'p', '12 months', country => 'SG', tills => '{ut}'), pg_temp.new_org('d', 'p', country => 'SG');

-- The outcome, which customer it is as the named ones go, and the warnings.
CREATE TEMP TABLE who (name text PRIMARY KEY, id int8 UNIQUE);
CREATE FUNCTION pg_temp.reg(org text, mobile text DEFAULT NULL, email text DEFAULT NULL, external_id text DEFAULT NULL,
    loyalty_type text DEFAULT 'non_loyalty', name text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    foreseen text := (SELECT concat_ws(' ', outcome, w.name, NULLIF(warnings::text, '{}')) FROM loyalty.explain_registration(org,
        mobile, email, external_id, loyalty_type => loyalty_type) e LEFT JOIN who w ON w.id = e.customer_id);
BEGIN
    SELECT * INTO r FROM loyalty.register_customer(org, mobile, email, external_id, loyalty_type => loyalty_type);
    IF foreseen <> concat_ws(' ', r.outcome, (SELECT w.name FROM who w WHERE w.id = r.customer_id), NULLIF(r.warnings::text, '{}')) THEN
        RETURN 'explained as ' || foreseen || ' but ' || r.outcome;
    END IF;
    INSERT INTO who VALUES (COALESCE(name, 'customer ' || r.customer_id), r.customer_id) ON CONFLICT (id) DO NOTHING;
    RETURN concat_ws(' ', r.outcome, (SELECT w.name FROM who w WHERE w.id = r.customer_id), NULLIF(r.warnings::text, '{}'));
END $$;
CREATE FUNCTION pg_temp.bill(org text, number text, email text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', outcome, w.name) FROM loyalty.add_transaction_by_identifiers(org, number, 5, email => email,
        transaction_type => 'non_loyalty') b LEFT JOIN who w ON w.id = b.customer_id $$;

-- a campaign user is known by an e-mail alone, whatever the primary of the org is
SELECT is(pg_temp.reg(org, email => 'Cam@x.com', name => 'cam of ' || org), 'created cam of ' || org, org || ': an e-mail alone')
FROM unnest('{m,x}'::text[]) org;
SELECT is(pg_temp.reg(org, email => ' CAM@X.COM'), 'updated cam of ' || org, org || ': it names whom it named')
FROM unnest('{m,x}'::text[]) org;
SELECT is(loyalty.find_customer('m', 'email', 'cam@x.com'), (SELECT id FROM who WHERE name = 'cam of m'), 'and finds that one');
SELECT is(pg_temp.reg('x', '81110000', 'two@x.com', name => 'two'), 'created two', 'x: a mobile as well');
SELECT is(pg_temp.reg('x', '81110000'), 'updated two', 'x: the mobile is a key');
SELECT is((SELECT count(*) FROM loyalty_data.identifier WHERE identifier_type = 'email'), 0::bigint, 'an e-mail is no key for all that');
SELECT loyalty.set_config('m', key, 'on') FROM unnest('{CONF_REGISTRATION_PRIMARY_KEY_REQUIRED,CONF_USERS_IS_EXTERNAL_ID_REQUIRED}'::text[]) key;
SELECT is(pg_temp.reg('m', email => 'cam@x.com'), 'updated cam of m', 'what is required of loyalty customers is not required of it');
SELECT is(pg_temp.complaint($$register_customer('m', loyalty_type => 'non_loyalty')$$),
    'LY101 | registration needs an identifier that finds the customer again', 'nothing at all is too little');
SELECT loyalty.set_config('m', key, NULL) FROM unnest('{CONF_REGISTRATION_PRIMARY_KEY_REQUIRED,CONF_USERS_IS_EXTERNAL_ID_REQUIRED}'::text[]) key;
SELECT loyalty.set_config('m', 'CONF_USERS_IS_MOBILE_REQUIRED', 'on');
SELECT is(pg_temp.complaint($$register_customer('m', email => 'cam@x.com', loyalty_type => 'non_loyalty')$$),
    'LY101 | registration needs identifier "mobile"', 'a mobile that everybody must have');
SELECT loyalty.set_config('m', 'CONF_USERS_IS_MOBILE_REQUIRED', NULL);

-- beside a mobile the e-mail names one who is known by nothing else
SELECT is(pg_temp.reg('m', '81110001', 'cam@x.com'), 'updated cam of m', 'it gets the mobile');
SELECT is(pg_temp.reg('m', '81110002', 'cam@x.com', name => 'spouse'), 'created spouse', 'another mobile is another person, who shares the e-mail');
SELECT is(pg_temp.complaint(call), 'LY112 | several non_loyalty customers have the e-mail', 'now it names nobody: ' || call)
FROM unnest(ARRAY[$$register_customer('m', email => 'Cam@x.com', loyalty_type => 'non_loyalty')$$,
    $$explain_registration('m', email => 'Cam@x.com', loyalty_type => 'non_loyalty')$$,
    $$register_customer_json('m', '{"loyaltyType": "non_loyalty", "profiles": [{"identifiers": [{"type": "email", "value": "cam@x.com"}]}]}')$$,
    $$add_transaction_by_identifiers('m', 'B-0', 5, email => 'cam@x.com', loyalty_type => 'non_loyalty')$$]) call;
SELECT throws_ok($$SELECT loyalty.add_transaction_by_identifiers('m', 'B-0', 5, email => 'cam@x.com', transaction_type => 'non_loyalty')$$,
    'LY112', NULL, 'nor can a bill be tagged by it');
SELECT is(pg_temp.reg('m', '81110001', 'cam@x.com'), 'updated cam of m', 'the mobile tells them apart');
SELECT is(pg_temp.reg('m', email => 'solo@x.com', name => 'solo'), 'created solo', 'one more by an e-mail alone');
SELECT is(pg_temp.reg('m', '81110002', 'solo@x.com'), 'merged spouse', 'is merged into whom the mobile names');

-- loyalty customers: contact data plays no part
SELECT is(pg_temp.reg('m', email => 'lee@x.com', name => 'lee'), 'created lee', 'a campaign user');
SELECT is(pg_temp.reg('m', '81110003', 'lee@x.com', loyalty_type => 'loyalty', name => 'leo'), 'created leo',
    'is not enrolled by a loyalty registration that shares its e-mail');
SELECT is(pg_temp.reg('m', email => 'lee@x.com'), 'updated lee', 'whose e-mail does not make it ambiguous');
SELECT is(pg_temp.complaint($$register_customer('m', email => 'lee@x.com')$$), 'LY101 | registration needs identifier "mobile"',
    'nor is a loyalty customer registered by it');
SELECT is(pg_temp.reg('m', '81110004', 'lee@x.com'), 'updated lee', 'a mobile for the campaign user');
SELECT is(pg_temp.reg('m', '81110004', loyalty_type => 'loyalty'), 'updated lee', 'enrols it later');
SELECT is(pg_temp.reg('m', email => 'lee@x.com', name => 'lee too'), 'created lee too', 'and the e-mail is free for another campaign user');

-- bills
SELECT is(pg_temp.bill('m', 'B-1', 'solo2@x.com'), 'tagged', 'a bill by an e-mail that nobody has');
SELECT is(pg_temp.reg('m', '81110005', 'solo2@x.com', loyalty_type => 'loyalty', name => 'lou'), 'created lou', 'a loyalty customer who shares it');
SELECT is((SELECT count(*) FROM loyalty.transactions WHERE org = 'm'), 0::bigint, 'does not get it');
SELECT is(pg_temp.reg('m', email => 'Solo2@x.com', name => 'sol'), 'created sol', 'the campaign user');
SELECT is((SELECT name FROM loyalty.transactions t JOIN who w ON w.id = t.customer_id WHERE transaction_number = 'B-1'), 'sol', 'does');
SELECT is(pg_temp.bill('m', 'B-2', 'SOLO2@x.com'), 'found sol', 'and has the next one at once');
SELECT is(pg_temp.bill('x', 'B-1', 'cam@x.com'), 'found cam of x', 'whatever the primary');
SELECT loyalty.set_config('u', 'CONF_USERS_IS_EMAIL_UNIQUE', 'on');
SELECT is(pg_temp.bill('u', 'B-1', 'una@x.com'), 'tagged', 'a bill by an e-mail that is a key');
SELECT is(pg_temp.reg('u', '81110000', 'una@x.com', loyalty_type => 'loyalty', name => 'una'), 'created una', 'goes');
SELECT is((SELECT name FROM loyalty.transactions t JOIN who w ON w.id = t.customer_id WHERE org = 'u'), 'una', 'to its owner');
SELECT is((SELECT count(*) FROM loyalty_data.identifier WHERE identifier_type = 'email' AND identifier_value <> 'una@x.com'), 0::bigint,
    'no place of an e-mail is left among the keys');
SELECT loyalty.set_config('d', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'on'), loyalty.set_config('d', 'CONF_INSTORE_V2_ENABLED', 'on');
SELECT is(pg_temp.complaint($$add_transaction_by_identifiers('d', 'B-1', 5, email => 'a@x.com', transaction_type => 'non_loyalty')$$),
    'LY101 | a non_loyalty bill needs one identifier that finds the customer again', 'dual eligibility: contact data finds nobody');

-- the owner of a unique e-mail, and a registration with another primary: one person
SELECT loyalty.earn_points('u', id, 100) FROM who WHERE name = 'una';
SELECT is((SELECT outcome FROM loyalty.add_transaction_by_identifiers('u', 'B-18', 7, '81110001', transaction_type => 'non_loyalty')), 'tagged', 'a bill waits for the mobile');
SELECT is(pg_temp.reg('u', '81110001', 'UNA@x.com', 'U-2', 'loyalty'), 'merged una {mobile_kept}', 'it joins the owner of the e-mail');
SELECT is((SELECT name FROM loyalty.transactions t JOIN who w ON w.id = t.customer_id WHERE transaction_number = 'B-18'), 'una',
    'who gets the bill that waited for the mobile, though she keeps another');
SELECT is(loyalty.find_customer('u', type, value), id, type || ' ' || value || ' finds her') FROM who, (VALUES ('mobile', '81110000'),
    ('mobile', '81110001'), ('email', 'una@x.com'), ('external_id', 'U-2')) t (type, value) WHERE name = 'una';
SELECT is((SELECT string_agg(identifier_type || ' ' || identifier_value, ', ' ORDER BY identifier_type) FROM loyalty.customer_identifier_history h
    JOIN who w ON w.id = h.customer_id WHERE name = 'una' AND held_until IS NULL), 'email una@x.com, external_id U-2, mobile +6581110000',
    'her record has what she lacked');
SELECT is((SELECT concat_ws(' ', count(*), min(w.name), min(reason)) FROM loyalty.merge_log l JOIN who w ON w.id = l.survivor_id WHERE l.org = 'u'),
    '1 una registration', 'the merge is recorded as any merge');
SELECT is((SELECT string_agg(identifier_value, ', ') FROM loyalty.customer_identifier_history h JOIN loyalty.merge_log l ON l.victim_id = h.customer_id
    WHERE l.org = 'u'), '+6581110001', 'the record of the customer that joined holds the other mobile');
SELECT is((SELECT sum(balance) FROM loyalty.customer_points WHERE org = 'u'), 100.000, 'no point is lost');
SELECT is(pg_temp.reg('u', '81110001', loyalty_type => 'loyalty'), 'updated una', 'the next time the mobile alone is enough');
SELECT loyalty.register_customer('u', '81110001', account_id => 'two');
SELECT is((SELECT mobile FROM loyalty.customer_profiles p JOIN who w ON w.id = p.customer_id WHERE name = 'una' AND account_id = 'two'), '+6581110000',
    'an INSTORE profile shows her own');
SELECT is(left(pg_temp.complaint($$register_customer('u', '81110002', 'una@x.com', loyalty_type => 'non_loyalty')$$), 62),
    'LY109 | a loyalty customer cannot be registered as non_loyalty', 'as a campaign user she is not registered');
SELECT is(pg_temp.complaint(format($$register_customer('u', '81110002', external_id => 'U-2')$$)),
    format('LY111 | customer %s has another primary identifier | Identifier "mobile" belongs to nobody, "external_id" belongs to customer %1$s.', id),
    'another secondary does not say that they are one person') FROM who WHERE name = 'una';
SELECT is(pg_temp.reg('u', '81110003', loyalty_type => 'non_loyalty', name => 'guest'), 'created guest', 'a campaign user');
SELECT is(pg_temp.reg('u', '81110003', 'una@x.com', loyalty_type => 'loyalty'), 'merged una', 'whose mobile comes with her e-mail joins her, too');
SELECT is(pg_temp.reg('u', '81110004', external_id => NULL, loyalty_type => 'non_loyalty', email => 'gast@x.com', name => 'gast'), 'created gast', 'another');
SELECT is(loyalty.find_customer('u', 'mobile', '81110003'), id, 'and is found as her') FROM who WHERE name = 'una';
SELECT loyalty.create_status_label('u', 'suspended', 'Locked'), loyalty.enable_customer_status('u'),
    loyalty.set_restriction('u', 'block_identifier_change_and_merge', '{Locked}');
SELECT loyalty.set_customer_status('u', id, 'Locked') FROM who WHERE name = 'una';
SELECT is(left(pg_temp.complaint($$register_customer('u', '81110009', 'una@x.com')$$), 5), 'LY201', 'a status that blocks merges stops it');
SELECT is(loyalty.find_customer('u', 'mobile', '81110009'), NULL, 'and nobody is registered');
SELECT is(pg_temp.proved(), 'proved', 'the books are right');
SELECT * FROM finish();
ROLLBACK;
