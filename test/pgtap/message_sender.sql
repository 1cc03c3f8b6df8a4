-- The register of senders, and accounts with providers: what is written and what is refused. What is sealed needs a key file:
-- test/t/220_message_secrets.pl.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', country => 'SG'), pg_temp.new_org('other', 'base');
SELECT loyalty.create_org_unit('acme', 'north', 'North'), loyalty.create_org_unit('other', 'south', 'South') \g /dev/null
INSERT INTO loyalty_data.bsp_account (org_id, bsp_account_id, secret_set_at, key_id, is_verified, bsp_account, bsp, number, secret)
    SELECT org_id, 1000 + org_id, loyalty.clock(), 1, true, 'wa', 'twilio', '+6591234567', 'sealed' FROM loyalty_data.org;

-- The register, as one text.
CREATE FUNCTION pg_temp.register() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', channel, sender, org_unit, bsp_account, CASE WHEN is_default THEN 'default' END,
        CASE WHEN NOT is_verified THEN 'unverified' END, CASE WHEN NOT is_active THEN 'retired' END), ', ' ORDER BY channel, sender)
    FROM loyalty.senders WHERE org = 'acme' $$;

SELECT ok(loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true) > 0, 'a sender has an id');
SELECT loyalty.create_sender('acme', 'ACMEN', 'Mobile', 'north'), loyalty.create_sender('acme', '+6591234567', 'whatsapp', bsp_account => 'wa'),
    loyalty.create_sender('acme', 'shop@acme.example', 'email', is_verified => false) \g /dev/null
SELECT is(pg_temp.register(), 'email shop@acme.example unverified, mobile ACME default, mobile ACMEN north, whatsapp +6591234567 wa',
    'senders of several channels');
SELECT loyalty.create_sender('acme', '57575', 'mobile', is_default => true) \g /dev/null
SELECT is((SELECT string_agg(sender, ' ') FROM loyalty.senders WHERE org = 'acme' AND is_default), '57575', 'a new default one takes the place of the other');
SELECT loyalty.set_default_sender('acme', 'ACME', 'mobile');
SELECT is((SELECT string_agg(sender, ' ') FROM loyalty.senders WHERE org = 'acme' AND is_default), 'ACME', 'and back');
SELECT loyalty.update_sender('acme', '57575', 'mobile', 'north', 'wa', false);
SELECT loyalty.update_sender('acme', 'shop@acme.example', 'email', is_verified => true);
SELECT is(pg_temp.register(), 'email shop@acme.example, mobile 57575 north wa unverified, mobile ACME default, mobile ACMEN north, '
    'whatsapp +6591234567 wa', 'what is given changes');
SELECT loyalty.update_sender('acme', '57575', 'mobile');
SELECT is((SELECT concat_ws(' ', org_unit, bsp_account, is_verified) FROM loyalty.senders WHERE sender = '57575'), 'north wa f', 'what is not given stays');
SELECT sender_id AS retired FROM loyalty_data.sender WHERE sender = 'ACME' \gset
SELECT loyalty.retire_sender('acme', 'ACME', 'mobile');
SELECT is((SELECT concat_ws(' ', is_default, is_active) FROM loyalty.senders WHERE sender = 'ACME'), 'f f', 'one that is retired is no default');
SELECT is(loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true), :retired, 'and is taken up again under its id');
SELECT is((SELECT count(*)::int FROM loyalty.senders WHERE org = 'other'), 0, 'none of it is another org''s');

SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.create_sender(''acme'', ''ACME'', ''mobile'')', 'LY009', 'a sender stands once in the register of a channel'),
    ('loyalty.create_sender(''acme'', ''acme coffee house'', ''mobile'')', 'LY003', 'a name of more than eleven characters'),
    ('loyalty.create_sender(''acme'', ''Café'', ''mobile'')', 'LY003', 'a name in letters that networks do not carry'),
    ('loyalty.create_sender(''acme'', ''12'', ''mobile'')', 'LY003', 'two digits'),
    ('loyalty.create_sender(''acme'', ''ACME'', ''whatsapp'')', 'LY003', 'a name on WhatsApp'),
    ('loyalty.create_sender(''acme'', ''acme'', ''email'')', 'LY003', 'an e-mail from no address'),
    ('loyalty.create_sender(''acme'', E''a@acme.example\nBcc: b@acme.example'', ''email'')', 'LY003', 'a header behind an address'),
    ('loyalty.create_sender(''acme'', NULL, ''mobile'')', 'LY001', 'no sender'),
    ('loyalty.create_sender(''acme'', ''A'', NULL)', 'LY001', 'no channel'),
    ('loyalty.create_sender(''acme'', ''A'', ''telegraph'')', 'LY120', 'a channel that there is not'),
    ('loyalty.create_sender(''acme'', repeat(''A'', 30000000), ''line'')', 'LY002', 'a sender of many megabytes'),
    ('loyalty.create_sender(''acme'', ''A'', ''mobile'', ''south'')', 'LYM16', 'a unit of another org'),
    ('loyalty.create_sender(''acme'', ''A'', ''mobile'', bsp_account => ''sms'')', 'LYM09', 'an account that there is not'),
    ('loyalty.create_sender(''acme'', ''A'', ''mobile'', is_default => true, is_verified => false)', 'LYM14', 'a default one that is not verified'),
    ('loyalty.set_default_sender(''acme'', ''57575'', ''mobile'')', 'LYM14', 'one that is not verified becomes no default'),
    ('loyalty.set_default_sender(''acme'', ''ACME'', ''email'')', 'LYM14', 'nor one of another channel'),
    ('loyalty.update_sender(''acme'', ''ACME'', ''mobile'', is_verified => false)', 'LYM14', 'the default one stays verified'),
    ('loyalty.update_sender(''acme'', ''ACME'', ''mobile'', org_unit => ''west'')', 'LYM16', 'a sender moves to no unit that there is not'),
    ('loyalty.update_sender(''acme'', ''NEW'', ''mobile'')', 'LYM14', 'one that is not there does not change'),
    ('loyalty.retire_sender(''acme'', ''NEW'', ''mobile'')', 'LYM14', 'nor goes'),
    ('loyalty.retire_sender(''other'', ''ACME'', ''mobile'')', 'LYM14', 'nor one of another org')) c (call, code, name);
SELECT loyalty.retire_sender('acme', 'ACMEN', 'mobile');
SELECT pg_temp.refused('loyalty.retire_sender(''acme'', ''ACMEN'', ''mobile'')', 'LYM14', 'one that is retired is none');
SELECT throws_ok($$UPDATE loyalty_data.sender SET is_default = true WHERE sender = 'ACMEN'$$, '23514', NULL, 'the table has no retired default');

-- ---- which one speaks: example 22 of the design
SELECT loyalty.create_org('ex', 'Ex', base_country => 'SG') \g /dev/null
SELECT loyalty.create_org_unit('ex', 'north', 'North'), loyalty.create_program('ex', 'base', 'Base'), loyalty.create_sender('ex', 'ACMEN', 'mobile', 'north'),
    loyalty.create_sender('ex', 'NOTYET', 'mobile', is_verified => false) \g /dev/null
SELECT pg_temp.customer('ex', mobile => '+6591234567') AS ann \gset
CREATE FUNCTION pg_temp.speaks(given text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', sender, warnings::text) FROM loyalty.send_sms('ex', loyalty.find_customer('ex', 'mobile', '+6591234567'), 'Hello', sender => given) $$;
SELECT is(pg_temp.speaks('ACMEN'), 'ACMEN {}', 'one that is named speaks, also for a customer elsewhere, and without a default');
SELECT pg_temp.refused('pg_temp.speaks(NULL)', 'LYM03', 'none, and there is no default');
SELECT pg_temp.refused('pg_temp.speaks(''XYZ'')', 'LYM03', 'one that the org has not, and there is no default');
SELECT loyalty.create_sender('ex', 'ACME', 'mobile', is_default => true) \g /dev/null
SELECT is(pg_temp.speaks(given), want, format('sender => %L', given)) FROM (VALUES ('ACMEN', 'ACMEN {}'), (NULL, 'ACME {}'), ('ACME', 'ACME {}'),
    ('XYZ', 'ACME {sender_unknown}'), ('acmen', 'ACME {sender_unknown}'), ('NOTYET', 'ACME {sender_unknown}')) g (given, want);
SELECT loyalty.retire_sender('ex', 'ACMEN', 'mobile');
SELECT is(pg_temp.speaks('ACMEN'), 'ACME {sender_unknown}', 'one that is retired speaks no more');

-- ---- accounts
SELECT set_config('test.secret', 'tok-123', true);
SELECT pg_temp.refused(format('loyalty.create_bsp_account(''acme'', %s)', arguments), code, name) FROM (VALUES
    ('''tw'', ''Twilio'', NULL, true, ''{"sid": "AC", "auth_token": "tok-123"}''', 'LYM09', 'Twilio needs a messaging_service_sid'),
    ('''tw'', ''twilio'', NULL, true, ''{"sid": "AC", "auth_token": "", "messaging_service_sid": "tok-123"}''', 'LYM09', 'and no empty key'),
    ('''ka'', ''Tanla'', NULL, true, ''{"auth_key": "tok-123"}''', 'LYM09', 'Karix needs a sender_id'),
    ('''gu'', ''gupshup'', NULL, true, ''{}''', 'LY001', 'others need one key'),
    ('''gu'', ''gupshup'', NULL, true, NULL', 'LY001', 'a document of keys'),
    ('''gu'', ''gupshup'', NULL, true, ''["tok-123"]''', 'LYM09', 'which is an object'),
    ('''gu'', ''gupshup'', NULL, true, ''"tok-123"''', 'LYM09', 'and no text'),
    ('''gu'', ''gupshup'', NULL, true, ''{"tok-123": 5}''', 'LYM09', 'of texts'),
    ('''gu'', ''gupshup'', NULL, true, ''{"tok-123": {"a": "b"}}''', 'LYM09', 'and of nothing else'),
    ('''gu'', ''gupshup'', NULL, true, ''{"tok-123": null}''', 'LYM09', 'nor null'),
    ('''gu'', ''gupshup'', NULL, true, jsonb_build_object(''k'', repeat(''tok-123'', 1000000))', 'LYM09', 'of 1,000 characters'),
    ('''gu'', ''gupshup'', NULL, true, (SELECT jsonb_object_agg(n, ''tok-123'') FROM generate_series(1, 21) n)', 'LYM09', 'twenty of them'),
    ('''gu'', NULL, NULL, true, ''{"k": "v"}''', 'LY001', 'a provider'),
    ('''gu'', ''gupshup'', NULL, NULL, ''{"k": "v"}''', 'LY001', 'verified or not'),
    ('NULL, ''gupshup'', NULL, true, ''{"k": "v"}''', 'LY001', 'a code'),
    ('''gu'', ''gupshup'', E''1\n2'', true, ''{"k": "v"}''', 'LY003', 'a number in which all is seen'),
    ('''gu'', ''gupshup'', ''+65'', true, ''{"k": "v"}''', 'LYM10', 'without a key file no keys are taken')) c (arguments, code, name);
SELECT is(pg_temp.complaint('create_bsp_account(''acme'', ''tw'', ''Twilio'', NULL, true, ''{"sid": "AC"}'')'),
    'LYM09 | key "auth_token" of the account is missing | An account with twilio needs it.', 'the key that is missing is named');
SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.update_bsp_account(''acme'', ''sms'', is_verified => true)', 'LYM09', 'an account that is not there does not change'),
    ('loyalty.update_bsp_account(''acme'', ''wa'', secrets => ''{"sid": "AC"}'')', 'LYM09', 'keys are replaced as a whole'),
    ('loyalty.update_bsp_account(''acme'', ''wa'', secrets => ''{"sid": "A", "auth_token": "b", "messaging_service_sid": "c"}'')', 'LYM10', 'under a key file'),
    ('loyalty.bsp_secret(''acme'', ''sms'')', 'LYM09', 'an account that is not there has no keys'),
    ('loyalty.bsp_secret(''acme'', ''wa'')', 'LY013', 'keys that were sealed under a key that is gone do not open')) c (call, code, name);
SELECT loyalty.update_bsp_account('acme', 'wa', '+6598765432', false);
SELECT results_eq($$SELECT bsp_account COLLATE "default", bsp COLLATE "default", number COLLATE "default", is_verified FROM loyalty.bsp_accounts WHERE org = 'acme'$$,
    $$VALUES ('wa', 'twilio', '+6598765432', false)$$, 'number and verification change without the keys');
SELECT ok(ok, invariant) FROM loyalty.verify_data('acme') WHERE invariant ~ '^(sender|bsp_account)';

-- ---- who may
SELECT results_eq($$SELECT name COLLATE "default", may_call COLLATE "default" FROM loyalty.functions WHERE name ~ '(sender|bsp)' ORDER BY 1$$,
    $$VALUES ('bsp_secret', '{loyalty_gateway}'::text[]), ('create_bsp_account', '{loyalty_admin}'), ('create_sender', '{loyalty_admin}'),
        ('retire_sender', '{loyalty_admin}'), ('set_default_sender', '{loyalty_admin}'), ('set_store_sender', '{loyalty_admin}'), ('update_bsp_account', '{loyalty_admin}'),
        ('update_sender', '{loyalty_admin}')$$, 'keys are read by the gateway alone, everything else is the admin''s');
SELECT is_empty($$SELECT view_name, column_name FROM information_schema.view_column_usage WHERE table_name = 'bsp_account'
    AND column_name IN ('secret', 'key_id')$$, 'no view has the keys');

SELECT * FROM finish();
ROLLBACK;
