-- What is kept of customers: profiles and identifiers that come later, channels, consents, fields, the single view, and
-- registration as one document.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
RESET DateStyle;
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT pg_temp.new_org('reef', 'p', tills => '{t1,t2}', store => 's', zone => 'Asia/Singapore', country => 'SG');
SELECT loyalty.set_config('reef', 'CONF_CLIENT_V2_API_ENABLED', 'on');
\pset null -
CREATE FUNCTION try(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE 'SELECT ' || call INTO answer;
    RETURN COALESCE(NULLIF(answer, ''), 'done');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT customer_id AS ann FROM loyalty.register_customer('reef', '81110001', 'ann@example.com', first_name => 'Ann',
    till => 't1', base_till => 't2') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('reef', '81110002', external_id => 'B-1', first_name => 'Bob') \gset

-- Profiles of other sources keep their own names, identifiers and CUID; INSTORE's names win.
SET loyalty.clock = '2024-05-03 10:00:00+00';
SELECT loyalty.upsert_profile('reef', :ann, 'WECHAT', 'acc/1', 'An', mobile => '81119999', cuid => 'wx-1',
    channels => '[{"type": "wechat", "value": "open-1", "primary": true}]');
SELECT loyalty.upsert_profile('reef', :ann, 'WEBSITE', NULL, 'Anna', 'Lim', external_id => 'A-1');
SELECT loyalty.upsert_profile('reef', :ann, 'WECHAT', 'acc/1', cuid => 'wx-2');
SELECT try(format($$loyalty.upsert_profile('reef', %s, 'WEBSITE', mobile => '81110002')$$, :ann));
SELECT try(format($$loyalty.upsert_profile('reef', %s, 'WECHAT')$$, :ann));
SELECT try($$loyalty.upsert_profile('reef', 999999, 'WEBSITE')$$);
SELECT source, account_id, first_name, last_name, mobile, email, external_id, cuid FROM loyalty.customer_profiles
WHERE customer_id = :ann ORDER BY source <> 'INSTORE', source;
SELECT identifier_type, source, account_id, identifier_value, held_from, held_until, reason
FROM loyalty.customer_identifier_history WHERE customer_id = :ann ORDER BY 1, 4;

-- A WEB_ENGAGE profile may be kept to customers of the stores.
SELECT loyalty.set_config('reef', 'CONF_RESTRICT_ORPHAN_V2_PROFILE', 'on');
SELECT outcome FROM loyalty.register_customer('reef', '81110003', source => 'WEBSITE');
SELECT try(format($$loyalty.upsert_profile('reef', %s, 'WEB_ENGAGE', 'w')$$, loyalty.find_customer('reef', 'mobile', '81110003')));
SELECT try(format($$loyalty.upsert_profile('reef', %s, 'WEB_ENGAGE', 'w', cuid => 'ann-we')$$, :ann));

-- Identifiers change only as the configuration allows; other sources follow where they are kept in step.
SELECT try(format($$loyalty.change_identifier('reef', %s, 'mobile', '81110011', 'new phone')$$, :ann));
SELECT loyalty.set_config('reef', 'CONF_ALLOW_MOBILE_UPDATE', 'on');
SELECT try(format($$loyalty.change_identifier('reef', %s, 'mobile', '8111 0002')$$, :ann));
SELECT try(format($$loyalty.change_identifier('reef', %s, 'mobile', '8111 0011', 'new phone')$$, :ann));
SELECT source, mobile, cuid FROM loyalty.customer_profiles WHERE customer_id = :ann ORDER BY source <> 'INSTORE', source;
SELECT loyalty.set_config('reef', 'CONF_IDENTIFIERS_SYNC_ENABLED', 'on');
SELECT try(format($$loyalty.change_identifier('reef', %s, 'mobile', '8111 0012', 'and another')$$, :ann));
SELECT source, mobile, cuid FROM loyalty.customer_profiles WHERE customer_id = :ann ORDER BY source <> 'INSTORE', source;
SELECT identifier_value, held_until IS NULL AS now, reason FROM loyalty.customer_identifier_history
WHERE customer_id = :ann AND identifier_type = 'mobile' ORDER BY 1;
-- what was given up is free at once, also for whom it belonged to
SELECT try(format($$loyalty.change_identifier('reef', %s, 'mobile', '8111 0001')$$, :bob));
SELECT loyalty.find_customer('reef', 'mobile', '81110001') = :bob AS bobs,
       loyalty.find_customer('reef', 'mobile', '81110011') AS nobodys;
SELECT try(format($$loyalty.change_identifier('reef', %s, 'mobile', '8111 0002')$$, :bob));
SELECT try(format($$loyalty.change_identifier('reef', %s, 'mobile', '8111 0001')$$, :bob));
SELECT identifier_value, held_until IS NULL AS now FROM loyalty.customer_identifier_history
WHERE customer_id = :bob AND identifier_type = 'mobile' ORDER BY 1;

-- Channels: one primary address each.
SELECT try(format($$loyalty.set_channel('reef', %s, 'mobile', '8111 0012', is_verified => true)$$, :ann));
SELECT try(format($$loyalty.set_channel('reef', %s, 'mobile', '8111 0013', is_primary => true)$$, :ann));
SELECT try(format($$loyalty.set_channel('reef', %s, 'mobile_push', 'token', device => 'ios')$$, :ann));
SELECT try(format($$loyalty.set_channel('reef', %s, 'mobile_push', 'token')$$, :ann));
SELECT try(format($$loyalty.set_channel('reef', %s, 'pigeon', 'loft 1')$$, :ann));
SELECT try(format($$loyalty.set_channel('reef', %s, 'email', 'nobody')$$, :ann));
SELECT try(format($$loyalty.set_channel('reef', %s, 'line', E'a\tb')$$, :ann));
SELECT channel, address, source, is_verified, is_primary FROM loyalty.customer_channels ORDER BY 1, 2;

-- Consents: the last one is in force, the others are history.
SELECT try(format($$loyalty.set_subscription('reef', %s, 'email', 'promotional', true, consent_source => 'till')$$, :ann));
SELECT try(format($$loyalty.set_subscription('reef', %s, 'email', 'promotional', false, consented_at => '2024-05-03 09:00+00')$$, :ann));
SELECT try(format($$loyalty.set_subscription('reef', %s, 'email', 'promotional', true, source => 'WEBSITE')$$, :ann));
SELECT try(format($$loyalty.set_subscription('reef', %s, 'email', 'chatter', true)$$, :ann));
SELECT try(format($$loyalty.set_subscription('reef', %s, 'email', 'promotional', NULL)$$, :ann));
SELECT try(format($$loyalty.set_subscription('reef', %s, 'email', 'promotional', true, consented_at => '2024-05-04')$$, :ann));
SELECT channel, source, purpose, consent_no, status, consented_at, consent_source, is_current
FROM loyalty.customer_subscriptions ORDER BY source NULLS FIRST, consent_no;
-- Every channel that takes an address takes a consent; push messages need not name a device. A source has accounts.
SELECT channel, try(format($$loyalty.set_subscription('reef', %s, %L, 'transactional', true)$$, :bob, channel))
FROM unnest('{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push,pigeon}'::text[]) channel;
SELECT device, try(format($$loyalty.set_subscription('reef', %s, 'mobile_push', 'promotional', true, device => %L)$$, :bob, device))
FROM unnest('{ios,android,fridge}'::text[]) device;
SELECT source, account, opted_in, try(format($$loyalty.set_subscription('reef', %s, 'wechat', 'promotional', %L, source => %L, account_id => %L)$$,
    :bob, opted_in, source, account)) FROM (VALUES (true, 'WECHAT', 'one'), (false, 'WECHAT', 'two'), (true, 'WECHAT', NULL),
    (false, 'WECHAT', 'one'), (true, NULL, 'one'), (true, 'SMOKE', 'one'), (true, 'WECHAT', repeat('x', 101))) v(opted_in, source, account);
SELECT channel, source, account_id, purpose, consent_no, status, is_current FROM loyalty.customer_subscriptions WHERE customer_id = :bob
ORDER BY 1, 2 NULLS FIRST, 3 NULLS FIRST, 4, 5;
SELECT value FROM jsonb_array_elements(loyalty.customer_single_view('reef', :bob) -> 'subscriptions') WHERE value ->> 'channel' IN ('wechat', 'mobile_push');

-- Fields. Every org has the same standard ones, of which none is required.
SELECT loyalty.update_customer('reef', :ann, fields => '{"birth_date": "1990-02-28", "gender": "f", "anniversary": "2015-06-01",
    "language": "en-SG", "address": "1 Reef Road", "city": "Singapore", "region": "Central", "postal_code": "018956", "country": "SG"}');
SELECT kind, name, data_type, field_value FROM loyalty.customer_fields ORDER BY 2;
SELECT loyalty.customer_single_view('reef', :ann) ->> 'gender' AS gender, loyalty.customer_single_view('reef', :ann) -> 'fields' AS fields;
SELECT name, try(format($$loyalty.define_field('reef', 'standard', 'customer', %L, 'text')$$, name))
FROM unnest('{birth_date,gender,anniversary,language,address,city,region,postal_code,country}'::text[]) name;
SELECT value, try(format($$loyalty.update_customer('reef', %s, fields => %L)$$, :ann, value)) FROM (VALUES
    ('{"birth_date": "28.2.1990"}'), ('{"birth_date": 19900228}'), ('{"city": 1}'), ('{"postal_code": 18956}'), ('{"Gender": "f"}')) t(value);
SELECT loyalty.update_customer('reef', :ann, fields => (SELECT jsonb_object_agg(name, NULL) FROM loyalty.customer_fields));
SELECT count(*) AS none_left FROM loyalty.customer_fields;
SELECT count(loyalty.define_field('reef', kind, 'customer', name, type, required, allowed)) FROM (VALUES
    ('standard', 'birthday', 'date', false, NULL), ('extended', 'points_wanted', 'number', false, NULL),
    ('custom', 'sex', 'text', false, '{f,m}'::text[]), ('custom', 'age', 'integer', false, NULL),
    ('custom', 'vip', 'boolean', false, NULL), ('extended', 'since', 'timestamp', false, NULL)) f(kind, name, type, required, allowed);
SELECT try($$loyalty.define_field('reef', 'custom', 'customer', 'sex', 'text')$$);
SELECT try($$loyalty.define_field('reef', 'secret', 'customer', 'x', 'text')$$);
SELECT try($$loyalty.define_field('reef', 'custom', 'store', 'x', 'text')$$);
SELECT try($$loyalty.define_field('reef', 'custom', 'customer', 'x', 'money')$$);
SELECT try($$loyalty.define_field('reef', 'custom', 'customer', 'x', 'integer', allowed_values => '{1}')$$);
SELECT loyalty.update_customer('reef', :ann, last_name => 'Lim', base_till => 't1', fields => '{"birthday": "1990-02-28"}',
    extended_fields => '{"points_wanted": 12.50, "since": "2001-02-03T04:05:06"}', custom_fields => '{"sex": "f", "age": 34, "vip": true}');
SELECT value, try(format($$loyalty.update_customer('reef', %s, custom_fields => %L)$$, :ann, value)) FROM (VALUES
    ('{"shoe": 1}'), ('{"sex": "q"}'), ('{"sex": 1}'), ('{"age": 1.5}'), ('{"age": "1"}'), ('{"vip": "yes"}'), ('[]'), ('1')) t(value);
SELECT value, try(format($$loyalty.update_customer('reef', %s, fields => %L)$$, :ann, value)) FROM (VALUES
    ('{"birthday": "1990-02-29"}'), ('{"birthday": "28.2.1990"}'), ('{"birthday": "1990-13-01"}')) t(value);
SELECT kind, name, data_type, field_value, number_value FROM loyalty.customer_fields ORDER BY 1, 2;
SELECT loyalty.update_customer('reef', :ann, custom_fields => '{"vip": null, "age": 35}');
SELECT name, field_value FROM loyalty.customer_fields WHERE kind = 'custom' ORDER BY 1;
SELECT loyalty.define_field('reef', 'custom', 'customer', 'channel', 'text', is_required => true) > 0 AS defined;
SELECT try($$loyalty.register_customer('reef', '81110030')$$);
SELECT try($$loyalty.register_customer('reef', '81110030', custom_fields => '{"channel": ""}')$$);
SELECT outcome FROM loyalty.register_customer('reef', '81110030', custom_fields => '{"channel": "web"}');
SELECT outcome FROM loyalty.register_customer('reef', '81110030');

-- Test and control: by hand, else by a share that does not change for whom it has chosen.
CREATE FUNCTION grp(id int8) RETURNS text LANGUAGE sql AS $$ SELECT loyalty.customer_single_view('reef', id) ->> 'test_control' $$;
SELECT loyalty.set_test_control('reef', :ann, 'control'), grp(:ann), grp(:bob);
SELECT loyalty.set_config('reef', 'CONF_CONTROL_GROUP_PERCENTAGE', '100');
SELECT grp(:bob), loyalty.set_test_control('reef', :ann, 'test'), grp(:ann), loyalty.set_test_control('reef', :ann, NULL);
SELECT try(format($$loyalty.set_test_control('reef', %s, 'blue')$$, :ann));
SELECT loyalty.set_config('reef', 'CONF_CONTROL_GROUP_PERCENTAGE', '30');
CREATE TEMP TABLE many AS SELECT (loyalty.register_customer('reef', '+6582' || lpad(n::text, 6, '0'),
    custom_fields => '{"channel": "x"}')).customer_id AS id FROM generate_series(1, 400) n;
CREATE TEMP TABLE first AS SELECT id, grp(id) AS g FROM many WHERE id <= (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM many);
SELECT abs(count(*) FILTER (WHERE g = 'control') - 60) < 25 AS about_a_third FROM first;
SELECT loyalty.set_config('reef', 'CONF_CONTROL_GROUP_PERCENTAGE', '40');
SELECT count(*) FROM first WHERE g = 'control' AND grp(id) = 'test';

-- The do-not-call register is about mobiles, whoever has them.
SELECT try($$loyalty.set_ndnc_status('reef', '8111 0012', 'registered')$$), try($$loyalty.set_ndnc_status('reef', '8111 0012', 'maybe')$$);

-- All of it.
SELECT loyalty.set_config('reef', 'CONF_LOYALTY_REGISTER_CUSTOMER_GENDER', 'sex');
SELECT loyalty.set_config('reef', 'CONF_LOYALTY_REGISTER_CUSTOMER_AGE', 'age');
SELECT points FROM loyalty.earn_points('reef', :ann, 10, expires_at => '2024-06-01 00:00+00');
SELECT jsonb_pretty(loyalty.customer_single_view('reef', :ann) - 'customer_id');
SET loyalty.clock = '2024-06-02 10:00:00+00';
SELECT loyalty.customer_single_view('reef', :ann) #> '{points,0,balance}' AS after_the_expiry;
SELECT try($$loyalty.customer_single_view('reef', 999999)$$);

-- Registration as one document.
SELECT customer_id AS dan, outcome, warnings FROM loyalty.register_customer_json('reef', '{
    "profiles": [
        {"source": "INSTORE", "firstName": "Dan", "identifiers": [{"type": "mobile", "value": "8111 0040"},
            {"type": "externalId", "value": "D-1"}], "commChannels": [{"type": "mobile", "value": "8111 0040", "verified": true}],
            "fields": {"birthday": "2000-01-01"}},
        {"source": "WECHAT", "accountId": "acc", "identifiers": [{"type": "cuid", "value": "dan-wx"}]}],
    "loyaltyType": "loyalty", "registeredTill": "t1", "baseTill": "t2", "createDate": "2024-05-01T08:00:00+08:00",
    "extendedFields": {"points_wanted": 1}, "customFields": {"channel": "app", "age": 24}}', 'doc-1') \gset
SELECT :'outcome' AS outcome, jsonb_pretty(loyalty.customer_single_view('reef', :dan) - 'customer_id' - 'points');
SELECT payload, try(format($$loyalty.register_customer_json('reef', %L)$$, payload)) FROM (VALUES
    ('{}'), ('[]'), ('{"profiles": {}}'), ('{"profiles": [1]}'), ('{"profiles": [], "colour": 1}'),
    ('{"profiles": [{"source": "INSTORE", "nick": "x"}]}'),
    ('{"profiles": [{"identifiers": [{"type": "fax", "value": "1"}]}]}'),
    ('{"profiles": [{"identifiers": [{"type": "mobile", "value": 81110041}]}]}'),
    ('{"profiles": [{"identifiers": [{"type": "mobile", "value": "12"}]}]}'),
    ('{"profiles": [{"identifiers": [{"type": "mobile", "value": ""}]}]}'),
    ('{"profiles": [{"identifiers": [{"type": "mobile", "value": "81110041"}, {"type": "mobile", "value": "81110042"}]}]}'),
    ('{"profiles": [{"identifiers": [{"type": "mobile", "value": "81110041"}]}], "createDate": "1.5.2024"}'),
    ('{"profiles": [{"identifiers": [{"type": "mobile", "value": "81110041"}]}], "customFields": {"shoe": 1}}'),
    ('{"profiles": [{"identifiers": [{"type": "mobile", "value": "81110041"}], "commChannels": [{"type": "line"}]}], "customFields": {"channel": "x"}}')) t(payload);
SELECT try(format($$loyalty.register_customer_json('reef', %L)$$, jsonb_build_object('profiles', jsonb_build_array(jsonb_build_object(
    'identifiers', (SELECT jsonb_agg('{"type": "mobile", "value": "81110041"}'::jsonb) FROM generate_series(1, 10000)))))));
SELECT try(format($$loyalty.register_customer_json('reef', %L)$$, jsonb_build_object('profiles', jsonb_build_array(jsonb_build_object(
    'identifiers', jsonb_build_array(jsonb_build_object('type', 'externalId', 'value', repeat('x', 101))))))));
SELECT loyalty.find_customer('reef', 'mobile', '81110041') AS nobody;
-- Consents come with the profile, for its source and account.
SELECT outcome FROM loyalty.register_customer_json('reef', '{"customFields": {"channel": "app"}, "profiles": [
    {"source": "INSTORE", "identifiers": [{"type": "mobile", "value": "8111 0044"}], "subscriptions": [
        {"channel": "email", "purpose": "promotional", "status": "OPTIN", "consentedAt": "2024-05-01T08:00:00", "consentSource": "form 7"},
        {"channel": "mobile_push", "purpose": "promotional", "status": "OPTIN"},
        {"channel": "mobile_push", "device": "ios", "purpose": "transactional", "status": "opt_out"}]},
    {"source": "WECHAT", "accountId": "acc", "subscriptions": [{"channel": "wechat", "purpose": "promotional", "status": "OptOut"}]}]}');
SELECT channel, source, account_id, purpose, status, consented_at, consent_source FROM loyalty.customer_subscriptions
WHERE customer_id = loyalty.find_customer('reef', 'mobile', '81110044') ORDER BY 1, 2, 4;
SELECT item, try(format($$loyalty.register_customer_json('reef', %L)$$, jsonb_build_object('customFields', '{"channel": "x"}'::jsonb, 'profiles',
    jsonb_build_array(jsonb_build_object('identifiers', '[{"type": "mobile", "value": "81110041"}]'::jsonb, 'subscriptions', jsonb_build_array(item))))))
FROM unnest(ARRAY['{}', '1', '{"channel": "email"}', '{"channel": "email", "purpose": "promotional"}',
    '{"channel": "pigeon", "purpose": "promotional", "status": "OPTIN"}', '{"channel": "email", "purpose": "chatter", "status": "OPTIN"}',
    '{"channel": "email", "purpose": "promotional", "status": "MAYBE"}', '{"channel": "email", "purpose": "promotional", "status": true}',
    '{"channel": "email", "purpose": "promotional", "status": "OPTIN", "consentedAt": "soon"}',
    '{"channel": "email", "purpose": "promotional", "status": "OPTIN", "consentedAt": "2034-05-01"}',
    '{"channel": "email", "purpose": "promotional", "status": "OPTIN", "colour": "red"}']::jsonb[]) item;
SELECT loyalty.find_customer('reef', 'mobile', '81110041') AS nobody;

-- Who wrote an identifier down is kept with it, and with the one that it replaced.
SELECT customer_id AS flo FROM loyalty.register_customer('reef', '81110050', custom_fields => '{"channel": "x"}', actor => 'desk 1') \gset
SELECT outcome FROM loyalty.register_customer('reef', '81110050', external_id => 'F-1', actor => 'desk 2');
SELECT loyalty.change_identifier('reef', :flo, 'mobile', '81110051', 'new phone', actor => 'desk 3');
SELECT loyalty.upsert_profile('reef', :flo, 'WECHAT', 'acc', cuid => 'flo-wx', actor => 'app');
SELECT outcome FROM loyalty.register_customer_json('reef', '{"profiles": [{"source": "INSTORE", "identifiers":
    [{"type": "mobile", "value": "81110051"}, {"type": "email", "value": "flo@example.com"}]}]}', 'desk 4');
SELECT loyalty.upsert_profile('reef', :flo, 'FACEBOOK', 'page', cuid => 'flo-fb');
SELECT identifier_type, identifier_value, held_until IS NULL AS now, reason, actor FROM loyalty.customer_identifier_history
WHERE customer_id = :flo ORDER BY 1, 2;
DROP EXTENSION loyalty;
