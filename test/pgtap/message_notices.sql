-- Notices to contacts: who gets one, on which channel, and that a transition is told of once.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', country => 'IN'), pg_temp.new_org('other', 'base', country => 'IN');
SELECT loyalty.create_message_template(org, 'limit', 'email', '{{left}} coupons are left', 'Coupons', variable_names => '{left}') FROM unnest('{acme,other}'::text[]) org \g /dev/null
SELECT loyalty.create_message_template('acme', 'limit_sms', 'mobile', '{{left}} left', variable_names => '{left}') \g /dev/null
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true),
    loyalty.create_contact('acme', 'zoe', 'Zoe', 'zoe@example.com', '9800000001', topics => '{issue_limit,request}'),
    loyalty.create_contact('acme', 'raj', 'Raj', 'raj@example.com', topics => '{issue_limit}'),
    loyalty.create_contact('acme', 'eve', 'Eve', 'eve@example.com'),
    loyalty.create_contact('other', 'zoe', 'Zoe', 'zoe@other.example', topics => '{issue_limit}') \g /dev/null

-- The messages since the last time: addresses, purposes and customers.
CREATE TEMP TABLE seen (message_id bigint);
CREATE FUNCTION pg_temp.told_to() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text := (SELECT string_agg(concat_ws(' ', b.address, b.body, m.purpose, m.state, m.customer_id), ', ' ORDER BY b.address)
        FROM loyalty_data.message m JOIN loyalty_data.message_body b USING (org_id, customer_id, message_id)
        WHERE message_id NOT IN (SELECT message_id FROM seen));
BEGIN
    INSERT INTO seen SELECT message_id FROM loyalty_data.message;
    RETURN said;
END $$;

SELECT is(loyalty.notify_contacts('acme', 'issue_limit', 'limit', '{"left": "20"}', 'series 1, 1000, 980'), 2, 'both contacts of the topic are told');
SELECT is(pg_temp.told_to(), 'raj@example.com 20 coupons are left o q 0, zoe@example.com 20 coupons are left o q 0', 'each by a message of the org to itself');
SELECT is((SELECT string_agg(b.variables::text, '' ORDER BY b.address) FROM loyalty_data.message_body b), '{"left": "20"}{"left": "20"}', 'with the values of its text');
SELECT is(loyalty.notify_contacts('acme', 'issue_limit', 'limit', '{"left": "19"}', 'series 1, 1000, 980'), 0, 'the same again tells nobody');
SELECT is(pg_temp.told_to(), NULL, 'and sends nothing');
SELECT is(loyalty.notify_contacts('acme', 'issue_limit', 'limit', '{"left": "20"}', 'series 1, 1500, 1480'), 2, 'a limit that was raised has a transition of its own');
SELECT is(loyalty.notify_contacts('other', 'issue_limit', 'limit', '{"left": "20"}', 'series 1, 1000, 980'), 1, 'and so has another org');
SELECT is(loyalty.notify_contacts('acme', 'request', 'limit', '{"left": "1"}', 'series 1, 1000, 980'), 1, 'and another topic');
SELECT pg_temp.told_to() \g /dev/null
SELECT is(loyalty.notify_contacts('acme', 'issue_limit', 'limit_sms', '{"left": "20"}', 'by text'), 1, 'the channel is the template''s: who has no address there is left out');
SELECT is(pg_temp.told_to(), '+919800000001 20 left o q 0', 'and the others are told');
SELECT is(loyalty.notify_contacts('acme', 'nothing', 'limit', '{"left": "20"}', 'k'), 0, 'a topic without contacts tells nobody');
SELECT loyalty.update_contact('acme', 'eve', topics => '{nothing}');
SELECT is(loyalty.notify_contacts('acme', 'nothing', 'limit', '{"left": "20"}', 'k'), 1, 'until it has one');
SELECT loyalty.retire_contact('acme', 'eve');
SELECT is(loyalty.notify_contacts('acme', 'nothing', 'limit', '{"left": "20"}', 'k2'), 0, 'one that is retired is told nothing');

-- ---- never, always, only when
SELECT loyalty.set_contact_topic('acme', 'request', 'never');
SELECT is(loyalty.notify_contacts('acme', 'request', 'limit', '{"left": "1"}', 'r1', 1000000), 0, 'never');
SELECT loyalty.set_contact_topic('acme', 'request', 'only_when', 500);
SELECT is(loyalty.notify_contacts('acme', 'request', 'limit', '{"left": "1"}', 'r1', 499.999), 0, 'only when the amount is reached: not yet');
SELECT is(loyalty.notify_contacts('acme', 'request', 'limit', '{"left": "1"}', 'r1'), 0, 'nor without one');
SELECT is(loyalty.notify_contacts('acme', 'request', 'limit', '{"left": "1"}', 'r1', 500), 1, 'now');
SELECT is(loyalty.notify_contacts('acme', 'request', 'limit', '{"left": "1"}', 'r1', 501), 0, 'and once');
SELECT loyalty.set_contact_topic('acme', 'request', 'always');
SELECT is(loyalty.notify_contacts('acme', 'request', 'limit', '{"left": "1"}', 'r2'), 1, 'always');

SELECT set_config('test.secret', 'zoe|raj', true);
SELECT pg_temp.refused(format('loyalty.notify_contacts(''acme'', %s)', arguments), code, name) FROM (VALUES
    ('NULL, ''limit'', NULL, ''k''', 'LY001', 'a topic is named'),
    ('''issue_limit'', NULL, NULL, ''k''', 'LY001', 'and a template'),
    ('''issue_limit'', ''limit'', ''{"left": "1"}'', NULL', 'LY001', 'and what happened'),
    ('''issue_limit'', ''limit'', ''{"left": "1"}'', repeat(''k'', 201)', 'LY002', 'in 200 characters'),
    ('''issue_limit'', ''limit'', ''{"left": "1"}'', ''k3'', ''NaN''', 'LY402', 'an amount is a number'),
    ('''issue_limit'', ''no such'', NULL, ''k3''', 'LYM01', 'a template that is not there says nothing'),
    ('''issue_limit'', ''limit'', NULL, ''k3''', 'LYM05', 'nor one whose values are missing')) c (arguments, code, name);
SELECT is(loyalty.notify_contacts('acme', 'issue_limit', 'limit', '{"left": "1"}', 'k3'), 2, 'what was refused was not told');
SELECT pg_temp.customer('acme', mobile => '9800000001') AS ann \gset
SELECT ok(loyalty.export_customer('acme', :ann)::text !~ 'coupons are left',
    'a customer of the same number has none of it');
SELECT * FROM finish();
ROLLBACK;
