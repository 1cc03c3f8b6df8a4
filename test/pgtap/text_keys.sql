-- One normal form of every text that is a key: with blanks around it, typed in another way or with the accents apart it is the
-- same key; with something inside that nobody sees it is none. Every argument of that kind of every function is tried.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql

-- The keys of one org, each with a letter that can be written in two ways, as far as it takes letters. These are the names of
-- arguments that are keys; a call may have another value of them.
CREATE TEMP TABLE key (argument text PRIMARY KEY, value text NOT NULL);
INSERT INTO key VALUES
    ('org', 'Café'), ('promotion', 'Promo é'), ('stacking_group', 'Group é'), ('distribution', 'Way é'), ('partner', 'Partner é'), ('program', 'Prog é'), ('store', 'Store é'), ('till', 'Till é'), ('tills', 'Till é'),
    ('base_till', 'Till é'), ('transaction_till', 'Till é'), ('source', 'WEBSITE'), ('account_id', 'Account é'),
    ('series', 'Series é'), ('card_series', 'Series é'), ('card_number', 'AB0000'), ('card_external_id', 'XY1'), ('old_card_number', 'AB0000'),
    ('template', 'Templ é'), ('label', 'Lost é'), ('labels', 'Hold é'), ('status_label', 'Hold é'), ('transaction_number', 'B é'),
    ('return_number', 'R é'), ('redemption_id', 'unknown yet'), ('external_id', 'E é'), ('email', 'é@Example.com'),
    ('mobile', '+6591234567'), ('cuid', 'C é'), ('identifier_value', 'E é'), ('new_value', 'New é'), ('name', 'Shoe é'),
    ('config_key', 'CONF_ORG_CURRENCY_SYMBOL'), ('address', 'at é'), ('identifier_type', 'external_id'),
    ('org_unit', 'Unit é'), ('sender', 'Sender é'), ('bsp_account', 'Account b é'), ('contact', 'Contact é'), ('contacts', 'Contact é'), ('topic', 'Topic é'), ('topics', 'Topic é'),
    ('subscriber', 'Hook é'), ('campaign', 'Spring é'), ('header_id', 'Head é'), ('external_template_id', 'Provider é'),
    ('card_numbers', 'AB9999'), ('reminder', 'Cake é'), ('card_external_ids', 'XY9'), ('prefix', 'PQ'), ('suffix', 'RS'), ('allowed_values', 'red é');

SELECT pg_temp.new_org('Café', 'Prog é', tills => '{Till é}', store => 'Store é', primary_key => 'external_id', country => 'SG');
SELECT loyalty.set_config('Café', k, '1') FROM unnest('{CONF_CLIENT_V2_API_ENABLED,CONF_USERS_IS_EMAIL_UNIQUE,CONF_ALLOW_EXTERNAL_ID_UPDATE,CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE,CONF_CARD_NUMBER_GENERATION_ENABLED}'::text[]) k
    WHERE k IN (SELECT config_key FROM loyalty.config_catalogue());
SELECT loyalty.create_org_unit('Café', 'Unit é', 'Unit'), loyalty.create_sender('Café', 'Sender é', 'line'),
    loyalty.create_contact('Café', 'Contact é', 'Zoe', 'zoe@example.com'), loyalty.set_contact_topic('Café', 'Topic é', 'always');
INSERT INTO loyalty_data.bsp_account (org_id, bsp_account_id, secret_set_at, key_id, is_verified, bsp_account, bsp, secret)
    SELECT org_id, 1, now(), 1, true, 'Account b é', 'gupshup', 'sealed' FROM loyalty_data.org WHERE org = 'Café';
SELECT loyalty.create_event_subscriber('Café', 'Hook é');
SELECT loyalty.create_card_series('Café', 'Series é', 'Series', method => 'AUTO_INC', length => 6, prefix => 'ab',
    issue => 'named_registration');
SELECT loyalty.create_promotion('Café', 'Promo é', 'X', '{"type": "fixed", "value": 1}', trigger => 'code'), loyalty.generate_codes('Café', 'Promo é', 1),
    loyalty.upload_codes('Café', 'Promo é', '{KNOWN-1,KNOWN-2,KNOWN-3}');
SELECT loyalty.create_card_label('Café', 'suspended', 'Lost é');
SELECT loyalty.create_message_template('Café', 'Templ é', 'whatsapp', 'X', header_id => 'h');
SELECT loyalty.create_status_label('Café', 'suspended', 'Hold é');
SELECT loyalty.define_field('Café', 'custom', 'customer', 'Shoe é', 'text', allowed_values => '{red é}');
SELECT customer_id AS c FROM loyalty.register_customer('Café', mobile => '+6591234567', email => 'é@Example.com', external_id => 'E é',
    registered_on => '2024-01-01', till => 'Till é') \gset
SELECT loyalty.upsert_profile('Café', :c, 'WEBSITE', 'Account é', cuid => 'C é');
SELECT loyalty.issue_card('Café', :c, 'Series é', card_external_id => 'xy1'), loyalty.link_code('Café', :c, 'KNOWN-3');
SELECT loyalty.create_coupon_series('Café', 'Cup é', 'Cup', code_type => 'uploaded', discount_type => 'fixed', discount_value => 5),
    loyalty.upload_coupons('Café', 'Cup é', ARRAY(SELECT 'CUP-' || n FROM generate_series(1, 100) n));
SELECT loyalty.import_cards('Café', 'Series é', '{ab0777}');
SELECT loyalty.add_transaction('Café', :c, 'B é', 100, till => 'Till é', event_time => '2024-01-02', points => 90);
SELECT redemption_id FROM loyalty.redeem_points('Café', :c, 10, event_time => '2024-01-03') \gset
UPDATE key SET value = :'redemption_id' WHERE argument = 'redemption_id';

SELECT loyalty.create_sender('Café', 'CAFE', 'mobile', is_default => true), loyalty.create_sender('Café', '+6591110000', 'whatsapp', is_default => true), loyalty.create_message_template('Café', 'T', 'mobile', 'Hello');
SELECT loyalty.send_sms('Café', :c, 'Hello', campaign => 'Spring é');
SELECT loyalty.acknowledge_message('Café', customer_id, message_id, lease_no) FROM loyalty.take_messages('Café', 'mobile');
SELECT message_id AS waiting FROM loyalty.send_sms('Café', :c, 'Hello') \gset
SELECT loyalty.create_message_template('Café', 'Template é', 'mobile', 'Cake');
SELECT loyalty.create_reminder('Café', 'Cake é', 'birthday', 1, 'T');
SELECT pg_temp.customer('Café', 'other', '2024-01-01') AS other \gset
SELECT loyalty.add_customer_note('Café', :c, 'x') AS note \gset
SELECT loyalty.enable_customer_status('Café');
SELECT loyalty.add_transaction('Café', :c, 'U é', 100, till => 'Till é', event_time => '2024-01-02', category => 'trigger_based');

-- Of every function a call that succeeds, as name=value; org, which all have, is left out, as are arguments without which it succeeds.
CREATE TEMP TABLE call (function text PRIMARY KEY, arguments text NOT NULL);
INSERT INTO call VALUES
    ('create_org', 'org=Thé; name=X'), ('create_store', 'store=Né; name=X'), ('create_till', 'till=Né; store=Store é'),
    ('create_org_unit', 'org_unit=Né; name=X'), ('update_org_unit', 'org_unit=Unit é; name=X'),
    ('set_store_org_unit', 'store=Store é; org_unit=Unit é'), ('set_store_location', 'store=Store é'), ('stores_near', 'latitude=1; longitude=103'),
    ('create_event_subscriber', 'subscriber=Né'), ('update_event_subscriber', 'subscriber=Hook é'), ('take_events', 'subscriber=Hook é'),
    ('extend_event_lease', 'subscriber=Hook é; customer_id=c; event_id=1; lease_no=1'),
    ('acknowledge_event', 'subscriber=Hook é; customer_id=c; event_id=1; lease_no=1'), ('replay_events', 'subscriber=Hook é; from_time=2024-01-01'),
    ('set_participation_rules', 'program=Prog é; stores={Store é}'), ('set_store_sender', 'store=Store é'),
    ('enrol_customer', 'customer_id=none; program=Prog é; till=Till é'), ('update_participation', 'customer_id=c; fields={}; program=Prog é; till=Till é'),
    ('activate_participation', 'customer_id=c; program=Prog é; till=Till é'),
    ('set_participation_status', 'customer_id=c; status=active; program=Prog é'),
    ('create_promotion', 'promotion=Né; name=X; benefit={"type": "fixed", "value": 1}'), ('change_promotion', 'promotion=Promo é'),
    ('stop_promotion', 'promotion=Promo é'), ('generate_codes', 'promotion=Promo é; quantity=1'), ('export_codes', 'promotion=Promo é; batch_no=1'),
    ('upload_codes', 'promotion=Promo é; codes={NEW-1}'), ('create_code', 'promotion=Promo é; code=NEW-2; redemptions=1'), ('revoke_code', 'code=KNOWN-1'),
    ('revoke_code_batch', 'promotion=Promo é; batch_no=1'), ('link_code', 'customer_id=c; code=KNOWN-2'), ('unlink_code', 'customer_id=c; code=KNOWN-3'),
    ('create_sender', 'sender=Né; channel=line; org_unit=Unit é; bsp_account=Account b é'),
    ('update_sender', 'sender=Sender é; channel=line; org_unit=Unit é; bsp_account=Account b é'),
    ('set_default_sender', 'sender=Sender é; channel=line'), ('retire_sender', 'sender=Sender é; channel=line'),
    ('create_bsp_account', 'bsp_account=Né; bsp=gupshup; number=1; is_verified=true; secrets={"k": "v"}'), ('update_bsp_account', 'bsp_account=Account b é'),
    ('bsp_secret', 'bsp_account=Account b é'), ('create_contact', 'contact=Né; name=X; email=x@example.com'),
    ('update_contact', 'contact=Contact é'), ('retire_contact', 'contact=Contact é'), ('search_contacts', 'name_part=zoe'),
    ('notify_contacts', 'topic=Topic é; template=Template é; variables={}; dedupe_key=k'),
    ('set_contact_topic', 'topic=Topic é; notify=never'), ('set_delivery_code', 'bsp=; provider_status=x; error_code=; delivery_status=sent'),
    ('set_change_request_rules', 'request_type=email'), ('set_change_request_contacts', 'request_type=email; contacts={Contact é}'),
    ('set_change_request_template', 'request_type=mobile; audience=old_id; channel=mobile; body=X'), ('change_requests', 'customer_id=c'), ('change_requests_csv', 'customer_id=c'),
    ('create_program', 'program=Né; name=X'), ('create_source', 'source=Né'), ('update_org', ''), ('update_store', 'store=Store é; name=X'),
    ('update_till', 'till=Till é; store=Store é; program=Prog é'), ('update_program', 'program=Prog é'),
    ('create_card_series', 'series=Né; name=X; method=AUTO_INC; length=9'), ('create_card_label', 'status=active; label=Né'),
    ('create_status_label', 'status=suspended; label=Né'), ('create_message_template', 'template=Né; channel=mobile; body=X'),
    ('update_message_template', 'template=Templ é; body=Y'), ('submit_message_template', 'template=Templ é'),
    ('set_template_status', 'template=Templ é; status=draft'), ('preview_message', 'template=Templ é'),
    ('message_tags', ''), ('render_email', 'blocks=[]'),
    ('define_field', 'kind=custom; entity=customer; name=Né; data_type=text'), ('set_promised_rules', 'program=Prog é; delay_days=1'),
    ('set_redemption_rules', 'program=Prog é'), ('set_transfer_rules', 'program=Prog é'),
    ('set_config', 'config_key=CONF_ORG_CURRENCY_SYMBOL; config_value=X'), ('get_config', 'config_key=CONF_ORG_CURRENCY_CODE'),
    ('grant_org', 'role_name=loyalty_pos'), ('revoke_org', 'role_name=loyalty_pos'), ('set_countries', 'base_country=SG'),
    ('verify_data', ''), ('verify_channels', ''), ('message_report', ''), ('dnd_consents_csv', ''), ('customer_interactions', 'customer_id=c'), ('customer_timeline', 'customer_id=c'), ('add_customer_note', 'customer_id=c; note=x'), ('delete_customer_note', 'customer_id=c; note_id=note'), ('search_customers', 'external_id=E é'), ('message_hits', ''),
    ('record_delivery', 'bsp_account=; provider_message_id=x; provider_status=sent'), ('verify_ledger', ''), ('register_customer', 'external_id=Né'), ('explain_registration', 'external_id=Né'),
    ('register_customer_json', 'payload={}'),
    ('update_customer', 'customer_id=c; first_name=Ada'),
    ('change_identifier', 'customer_id=c; identifier_type=external_id; new_value=Né'),
    ('upsert_profile', 'customer_id=c; source=WEBSITE'), ('set_channel', 'customer_id=c; channel=line; address=Né'),
    ('set_subscription', 'customer_id=c; channel=line; purpose=promotional; opted_in=true'),
    ('set_test_control', 'customer_id=c; test_control=test'), ('set_ndnc_status', 'mobile=+6591234567; status=unknown'),
    ('send_message', 'customer_id=c; template=Template é'), ('send_sms', 'customer_id=c; message=Hello'),
    ('send_whatsapp', 'customer_id=c; media={"type": "text", "text": "Hello"}'),
    ('send_email', 'customer_id=c; subject=Hello; body=Hello'), ('cancel_message', 'customer_id=c; message_id=1'), ('take_messages', 'channel=mobile'),
    ('extend_lease', 'customer_id=c; message_id=1; lease_no=1'), ('acknowledge_message', 'customer_id=c; message_id=1; lease_no=1'),
    ('record_inbound', 'channel=line; address=Né; body=Hello'), ('create_reminder', 'reminder=Né; topic=points_expiry; days_before=1; template=Template é'),
    ('update_reminder', 'reminder=Cake é'), ('retire_reminder', 'reminder=Cake é'), ('set_retention', 'what=inbound'),
    ('send_code', 'purpose=coupon; customer_id=c'), ('enter_code', 'purpose=generic; code=000000; customer_id=c'),
    ('verify_code', 'attempt=00000000-0000-0000-0000-000000000000'), ('unblock_verification', 'purpose=generic; customer_id=c'),
    ('set_verification_rules', 'purpose=generic'), ('set_verification_template', 'purpose=generic; channel=mobile; body={{pin}}'),
    ('renormalize_mobiles', ''), ('find_customer', 'identifier_type=cuid; identifier_value=C é; source=WEBSITE; account_id=Account é'),
    ('release_identifier', 'customer_id=c; identifier_type=cuid; identifier_value=C é; source=WEBSITE; account_id=Account é'), ('customer_single_view', 'customer_id=c'),
    ('customer_brief', 'customer_id=c'), ('export_customer', 'customer_id=c'),
    ('customer_cards', 'customer_id=c'), ('set_default_status_label', 'status=suspended; label=Hold é'),
    ('set_restriction', 'restriction=block_transaction; labels={Hold é}'), ('set_customer_status', 'customer_id=c; label=Hold é'),
    ('set_fraud_status', 'customer_id=c; fraud_status=marked'), ('enable_customer_status', ''),
    ('check_restriction', 'customer_id=c; operation=earn_points'), ('request_deletion', 'customer_id=c'),
    ('approve_deletion', 'customer_id=c'), ('decline_deletion', 'customer_id=c'),
    ('add_transaction', 'customer_id=c; transaction_number=Né; amount=10'),
    ('add_transaction_by_identifiers', 'transaction_number=Né; amount=10; external_id=E é'),
    ('move_transaction', 'transaction_number=B é; from_customer_id=c; to_customer_id=other'),
    ('find_transaction', 'transaction_number=B é'), ('return_transaction', 'customer_id=c; transaction_number=B é; amount=1'),
    ('award_referral', 'referee_id=c; referrer_id=other; referee_points=10; referrer_points=10'),
    ('earn_points', 'customer_id=c; points=10'), ('redeem_points', 'customer_id=c; points=10'),
    ('is_redeemable', 'customer_id=c; points=10'), ('adjust_points', 'customer_id=c; points=10; entry_type=credit; reason=x'),
    ('import_points', 'customer_id=c; points=10'), ('import_opening_balance', 'customer_id=other; points=10'),
    ('change_expiry', 'customer_id=c; lot_id=lot; expires_at=2030-01-01'),
    ('transfer_points', 'from_customer_id=c; to_customer_id=other; points=10'),
    ('submit_change_request', 'request_type=external_id; customer_id=c; new_value=Né'),
    ('one_step_change', 'request_type=external_id; existing=E é; requested_to=Né'), ('approve_change_request', 'request_id=0'),
    ('decline_change_request', 'request_id=0; reason=x'), ('withdraw_change_request', 'request_id=0'), ('check_change_request', 'request_id=0'),
    ('merge_customers', 'survivor_id=c; victim_id=other'), ('preview_merge', 'survivor_id=c; victim_id=other'),
    ('redeem_coupon', 'customer_id=c; coupon_code=SAVE-1; transaction_number=Né; bill_amount=10'),
    ('is_coupon_redeemable', 'customer_id=c; coupon_code=SAVE-1'), ('reverse_coupon_redemption', 'customer_id=c; use_id=use'),
    ('revoke_coupon', 'customer_id=c; coupon_code=SAVE-1'), ('redeem_coupons_batch', 'items={}'), ('customer_coupons', 'customer_id=c'),
    ('customer_redemptions', 'customer_id=c'), ('search_incentive', 'incentive_type=coupon; code=SAVE-1'), ('verify_incentives', ''),
    ('reverse_redemption', 'customer_id=c; redemption_id=rid'), ('unlock_promised_points', 'customer_id=c; lot_id=lot'),
    ('points_balance', 'customer_id=c'), ('points_ledger', 'customer_id=c'), ('points_ledger_json', 'customer_id=c'),
    ('ledger_closing_balance', 'customer_id=c'), ('ledger_event_details', 'customer_id=c; event_id=lot'),
    ('generate_cards', 'series=Series é; count=1'), ('import_cards', 'series=Series é; card_numbers={AB9999}'),
    ('preview_card_numbers', 'series=Series é; count=1'), ('preview_external_ids', 'count=1'),
    ('generate_external_id', ''), ('replace_card', 'customer_id=c; old_card_number=AB0000'),
    ('set_default_card_label', 'status=suspended; label=Lost é'), ('issue_card', 'customer_id=c; series=Series é'),
    ('create_coupon_series', 'series=Né; name=N; discount_type=fixed; discount_value=5'), ('stop_coupon_series', 'series=Cup é'),
    ('set_issue_limit', 'series=Cup é; issue_limit=50'), ('upload_coupons', 'series=Cup é; codes={XY-12}'), ('check_limits', ''),
    ('issue_coupon', 'customer_id=c; series=Cup é'), ('issue_coupons', 'series=Cup é; customer_ids={ANN}; all_or_nothing=true'), ('issue_coupons_batch', 'items={}'),
    ('claim_offer', 'series=Cup é; campaign=Summer é'), ('release_offer', 'series=Cup é'),
    ('link_card', 'customer_id=other; card_number=AB0778'), ('unlink_card', 'card_number=AB0000'),
    ('set_card_status', 'card_number=AB0000; status=suspended'), ('expire_cards', ''), ('card_history', 'card_number=AB0000'),
    ('create_voucher', 'amount=5'), ('issue_gift_voucher', 'customer_id=c; amount=5'), ('issue_gift_voucher_for_points', 'customer_id=c; points=5'),
    ('redeem_gift_voucher', 'code=GIFT_CODE; amount=1'), ('gift_voucher_balance', 'code=GIFT_CODE'), ('reverse_voucher_redemption', 'voucher_id=GIFT; redemption_movement_id=GIFT_PAID'),
    ('adjust_gift_voucher', 'voucher_id=GIFT; amount=1; reason=x'), ('revoke_gift_voucher', 'voucher_id=GIFT; reason=x'),
    ('replace_gift_voucher_code', 'voucher_id=GIFT; reason=x'),
    ('schedule_jobs', ''), ('earn_points_batch', 'items={}'), ('redeem_points_batch', 'items={}');

UPDATE call SET arguments = replace(arguments, 'message_id=1', 'message_id=' || :'waiting');

SELECT loyalty.set_config('Café', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_redemption_rules('Café', 'Prog é', points_per_currency_unit => 1);
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('Café', NULL, 1000) \gset
SELECT movement_id AS gift_paid FROM loyalty.redeem_gift_voucher('Café', :'gift_code', 1) \gset
UPDATE call SET arguments = replace(replace(replace(arguments, 'GIFT_CODE', :'gift_code'), 'GIFT_PAID', :'gift_paid'), 'GIFT', :'gift');

SELECT loyalty.send_code('Café', 'generic', :c) \g /dev/null
\ir ../fixtures/coupons.sql
SELECT pg_temp.series('Café', 'Series é'), pg_temp.coupon('Café', 'Series é', :c, 'SAVE-1'), pg_temp.coupon('Café', 'Series é', :c, 'SAVE-2');
SELECT use_id AS use FROM loyalty.redeem_coupon('Café', :c, 'SAVE-2', 'X', 10) \gset
UPDATE call SET arguments = replace(arguments, '{ANN}', '{' || :c || '}');
SELECT loyalty.create_promotion('Café', 'Coupon é', 'X', '{"type": "fixed", "value": 1}', trigger => 'coupon');
UPDATE call SET arguments = replace(arguments, 'use_id=use', 'use_id=' || :'use');

-- What else an argument needs, and must not have beside it; '-' takes an argument away.
CREATE TEMP TABLE beside (argument text, function text, arguments text);
INSERT INTO beside VALUES
    ('account_id', NULL, 'source=WEBSITE'), ('sender', 'set_store_sender', 'sender=CAFE'), ('identifier_value', NULL, 'identifier_type=external_id; customer_id=-'),
    ('identifier_type', NULL, 'identifier_value=E é; customer_id=-'), ('transaction_till', NULL, 'transaction_number=B é'),
    ('card_external_ids', NULL, 'card_numbers={AB9999}'), ('label', 'set_card_status', 'status=suspended'),
    ('status_label', NULL, 'external_id=Né'), ('card_number', NULL, 'customer_id=-'), ('card_external_id', NULL, 'customer_id=-'),
    ('card_number', 'issue_card', 'customer_id=other; series=-; card_number=AB0777'),
    ('card_external_id', 'issue_card', 'customer_id=other; card_external_id=XY7'),
    ('card_number', 'replace_card', 'customer_id=c; card_number=AB0777'),
    ('card_external_id', 'replace_card', 'customer_id=c; card_external_id=XY7'),
    ('card_number', 'link_card', 'customer_id=other'), ('suffix', NULL, 'method=AUTO_INC; prefix=PQ'),
    ('return_number', NULL, 'amount=1'), ('identifier_value', 'find_customer', 'identifier_type=cuid'),
    ('identifier_value', 'release_identifier', 'identifier_type=cuid'), ('identifier_type', 'release_identifier', 'identifier_value=C é'),
    ('transaction_number', 'unlock_promised_points', 'transaction_number=U é; lot_id=-'),
    ('transaction_till', 'unlock_promised_points', 'transaction_number=U é; lot_id=-'),
    ('identifier_type', 'change_identifier', 'identifier_type=external_id'), ('program', 'claim_offer', 'campaign=-'),
    ('promotion', 'create_coupon_series', 'promotion=Coupon é; discount_type=-; discount_value=-'), ('allowed_values', NULL, 'data_type=text');

CREATE TEMP VIEW tried AS
    SELECT p.proname::text AS function, a.name AS argument, a.type = 'text[]'::regtype AS is_array
    FROM pg_proc p, unnest(p.proargnames[:p.pronargs], p.proargtypes::oid[]) a (name, type)
    WHERE p.pronamespace = 'loyalty'::regnamespace AND p.prokind = 'f'
      AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'c')
      AND a.type IN ('text'::regtype, 'text[]'::regtype) AND a.name IN (SELECT argument FROM key)
      AND NOT (a.name = 'address' AND p.proname IN ('send_message', 'send_sms', 'send_whatsapp', 'send_email')) -- of codes alone
      AND (a.name <> 'name' OR p.proname = 'define_field');	-- names of others are for people
SELECT is_empty('SELECT DISTINCT function FROM tried WHERE function NOT IN (SELECT function FROM call)',
    'every function with a key is tried');

-- The arguments of a call as a document, the tried one as it stands in the call, beside it or in the org.
CREATE FUNCTION pg_temp.arguments(called text, tried text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(name, NULLIF(value, '-')) FROM (
        SELECT DISTINCT ON (split_part(pair, '=', 1)) split_part(pair, '=', 1) AS name, split_part(pair, '=', 2) AS value
        FROM (SELECT 4 AS rank, 'org=Café' AS list UNION ALL SELECT 3, arguments FROM call WHERE function = called
              UNION ALL SELECT 5, argument || '=' || value FROM key WHERE argument = tried
              UNION ALL (SELECT 1, arguments FROM beside WHERE argument = tried AND COALESCE(function, called) = called
                         ORDER BY function LIMIT 1)) l,
             unnest(string_to_array(list, '; ')) pair
        ORDER BY split_part(pair, '=', 1), rank) d
    WHERE EXISTS (SELECT FROM pg_proc p WHERE p.proname = called AND p.pronamespace = 'loyalty'::regnamespace
        AND name = ANY (p.proargnames[:p.pronargs])) $$;

-- Makes a call with a value of one argument and undoes it: the SQLSTATE, or how many rows it answers that are not NULL.
CREATE FUNCTION pg_temp.outcome(called text, tried text, is_array bool, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rest jsonb := pg_temp.arguments(called, tried) - tried;
    call text := format('SELECT count(r)::text FROM loyalty.%I(%I => %L%s) r', called, tried,
        CASE WHEN is_array THEN ARRAY[value]::text ELSE value END,
        (SELECT string_agg(format(', %I => %L', k, v), '') FROM jsonb_each_text(rest) e (k, v)));
    result text;
BEGIN
    BEGIN
        EXECUTE call INTO result;
        RAISE EXCEPTION USING ERRCODE = '00001';
    EXCEPTION WHEN OTHERS THEN
        RETURN CASE SQLSTATE WHEN '00001' THEN result ELSE SQLSTATE || ' ' || SQLERRM END;
    END;
END $$;
SELECT event_id AS lot FROM loyalty.earn_points('Café', :c, 20, category => 'trigger_based', event_time => '2024-01-04') \gset
SELECT loyalty.import_cards('Café', 'Series é', '{ab0778}');
SELECT loyalty.set_participation_rules('Café', 'Prog é');
SELECT pg_temp.customer('Café', 'none', '2024-01-01') AS none \gset
UPDATE call SET arguments = replace(arguments, 'id=none', 'id=' || :none);
UPDATE call SET arguments = replace(replace(replace(replace(replace(arguments, '=rid', '=' || :'redemption_id'), 'id=c', 'id=' || :c), 'id=other', 'id=' || :other), 'id=lot', 'id=' || :lot), 'id=note', 'id=' || :note);
UPDATE beside SET arguments = replace(replace(arguments, 'id=c', 'id=' || :c), 'id=other', 'id=' || :other);

CREATE TEMP TABLE outcome AS
SELECT t.function, t.argument, v.variant, v.seen,
    pg_temp.outcome(t.function, t.argument, t.is_array, replace(v.value, '$', plain)) AS got,
    pg_temp.outcome(t.function, t.argument, t.is_array, plain) AS wanted
FROM tried t, LATERAL (SELECT trim(pg_temp.arguments(t.function, t.argument) ->> t.argument, '{}')) p (plain),
    LATERAL (VALUES ('a no-break space behind', '$' || U&'\00A0', true), ('a tab in front', E'\t$', true),
        ('blanks around', U&'\3000 $ \2009' || E'\r\n', true), ('accents apart', normalize(plain, NFD), true),
        ('an inner zero-width space', left(plain, 1) || U&'\200B' || substr(plain, 2), false),
        ('a soft hyphen behind', plain || U&'\00AD', false), ('a byte order mark in front', U&'\FEFF' || plain, false),
        ('in lower case', lower(plain), true),
        ('a line separator inside', left(plain, 1) || U&'\2028' || substr(plain, 2), false)) v (variant, value, seen)
WHERE v.variant <> 'in lower case' OR t.argument IN ('card_number', 'card_external_id', 'card_numbers', 'card_external_ids', 'redemption_id',
    'prefix', 'suffix');

-- A call that answers no row in any case tells by its error alone.
SELECT is_empty($$SELECT DISTINCT function, argument, wanted FROM outcome WHERE wanted !~ '^\d+$' AND function NOT IN
    ('approve_change_request', 'decline_change_request', 'withdraw_change_request', 'check_change_request', 'approve_deletion', 'decline_deletion', 'enable_customer_status', 'set_fraud_status', 'preview_external_ids', 'register_customer_json',
    'create_bsp_account', 'bsp_secret', 'verify_code')
    AND (function, argument) NOT IN (('create_message_template', 'topic'), ('message_tags', 'topic'))$$, 'each call succeeds with the key itself');
SELECT is(got, wanted, format('%s: %s, %s', function, argument, variant)) FROM outcome WHERE seen
ORDER BY function, argument, variant;
SELECT ok(got <> wanted AND (got ~ '^LY[0-9A-Z]\d\d ' OR got < wanted), format('%s: %s, %s', function, argument, variant))
FROM outcome WHERE NOT seen AND (function, argument) NOT IN (('explain_registration', 'card_series'),	-- which issues none
    ('set_store_location', 'address'),	-- which is prose
    ('create_message_template', 'topic'), ('message_tags', 'topic'),	-- which is a word
    ('notify_contacts', 'topic'),	-- nobody wants one that there is not
    ('send_message', 'sender'), ('send_sms', 'sender'), ('send_whatsapp', 'sender'), ('send_email', 'sender'),	-- the default stands in, with a warning
    ('send_code', 'identifier_value'), ('unblock_verification', 'identifier_value'),	-- which nobody has, and is answered alike
    ('message_hits', 'campaign'),	-- of which nothing was delivered
    ('record_delivery', 'bsp_account'))	-- which none stands for, here
ORDER BY function, argument, variant;

-- ---- the same where a key stands in a document or a list

SELECT is((SELECT string_agg(COALESCE(error_code, 'ok'), ' ' ORDER BY item_no) FROM loyalty.earn_points_batch('Café', loyalty.earn_items(
    jsonb_build_array(
        jsonb_build_object('customer_id', :c, 'points', 1, 'till', normalize('Till é', NFD), 'program', U&'Prog é\00A0', 'source', E'\tWEBSITE'),
        jsonb_build_object('card_number', E'ab0000\u3000', 'points', 1, 'event_name', ' points_award '),
        jsonb_build_object('customer_id', :c, 'points', 1, 'till', U&'Till\200B é'))), all_or_nothing => false)),
    'ok ok LY006', 'items of a batch');
SELECT is((SELECT customer_id FROM loyalty.register_customer_json('Café', jsonb_build_object('profiles', jsonb_build_array(jsonb_build_object(
    'identifiers', jsonb_build_array(jsonb_build_object('type', ' externalId', 'value', E'\u2003' || normalize('E é', NFD)))))))), :c::bigint,
    'identifiers of a document');
SELECT throws_ok($$SELECT loyalty.register_customer_json('Café', jsonb_build_object('profiles', jsonb_build_array(jsonb_build_object(
    'identifiers', jsonb_build_array(jsonb_build_object('type', 'externalId', 'value', U&'E\200B é'))))))$$, 'LY104', NULL, 'or none');
SELECT loyalty.update_customer('Café', :c, custom_fields => jsonb_build_object(E'Shoe e\u0301\u00A0', E'\tred e\u0301'));
SELECT is(loyalty.customer_single_view('Café', :c) #>> '{custom_fields,Shoe é}', 'red é', 'names of fields, and their allowed values');
SELECT throws_ok(format($$SELECT loyalty.update_customer('Café', %s, custom_fields => jsonb_build_object(U&'Shoe\200B é', 'red é'))$$, :c),
    'LY121', NULL, 'or none');
SELECT loyalty.add_transaction('Café', :c, 'L é', 10, line_items => jsonb_build_array(jsonb_build_object('item_code', E' e\u0301 ', 'amount', 10)));
SELECT is((SELECT item_code FROM loyalty.transaction_lines WHERE org = 'Café' AND transaction_number = 'L é'), 'é', 'codes of items');
SELECT lives_ok(format($$SELECT loyalty.add_transaction('Café', %s, 'L 2', 10,
    line_items => jsonb_build_array(jsonb_build_object('item_code', U&'x\200B', 'amount', 10)))$$, :c), 'which refuse no sale');

SELECT loyalty.set_config('Café', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', E'\u00A0["WEBSITE:Account e\u0301"] ');
SELECT is(loyalty.get_config('Café', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED'), '["WEBSITE:Account é"]', 'accounts that a configuration names');
SELECT loyalty.set_config('Café', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', NULL);

-- ---- the forms that are stored and found

SELECT is((SELECT count(*)::int FROM loyalty.transactions WHERE org = 'Café' AND transaction_number = 'B é'), 1, 'U6: a bill');
SELECT throws_ok(format($$SELECT loyalty.add_transaction('Café', %s, %L, 1, till => 'Till é')$$, :c, n), code, NULL, format('U6: its number again, as %L', n))
FROM (VALUES ('B é ', 'LY410'), (U&'\00A0B é', 'LY410'), (normalize('B é', NFD), 'LY410'), ('  ', 'LY001'), (U&'\00A0\3000', 'LY001'),
    (U&'B\200Bé', 'LY003'), (U&'B\202Eé', 'LY003')) v (n, code);
SELECT throws_ok(format($$SELECT loyalty.add_transaction_by_identifiers('Café', %L, 1, external_id => 'E é', till => 'Till é')$$, n), code, NULL,
    format('U6: told by identifiers, as %L', n)) FROM (VALUES (U&'B é\2007', 'LY410'), (E'\t', 'LY001'), (U&'B\FEFFé', 'LY003')) v (n, code);
SELECT throws_ok(format($$SELECT loyalty.return_transaction('Café', %s, 'B é', amount => 1, return_number => U&'R\00AD')$$, :c), 'LY003', NULL,
    'the number of a return');
SELECT throws_ok(format($$SELECT loyalty.register_customer('Café', %I => %L%s)$$, type, value,
    CASE WHEN type <> 'external_id' THEN ', external_id => ''Né''' END), code, NULL, format('U5: %s %L', type, value))
FROM (VALUES ('external_id', U&'E\2060 é', 'LY104'), ('external_id', U&'E\3164', 'LY104'), ('external_id', E'E\u0085x', 'LY104'),
    ('email', U&'a\200B@example.com', 'LY103'), ('email', U&'a\00A0b@example.com', 'LY103'), ('email', U&'a@exa\00ADmple.com', 'LY103'),
    ('mobile', U&'+659123\200E4567', 'LY102')) v (type, value, code);
SELECT is((SELECT customer_id FROM loyalty.register_customer('Café', external_id => value)), :c::bigint, format('U5: external id %L', value))
FROM (VALUES (U&'E é\00A0'), (U&'E\00A0é'), (U&'E e\0301'), (E'\r\nE é')) v (value);
SELECT is(loyalty.find_customer('Café', type, value), :c::bigint, format('found by %s %L', type, value))
FROM (VALUES ('email', U&'e\0301@EXAMPLE.com\00A0'), ('mobile', U&'+65\00A09123\20034567 '), ('card_number', ' ab0000 '),
    ('card_external_id', U&'xY1\00A0')) v (type, value);
SELECT is(loyalty.find_customer('Café', 'card_number', U&'AB\200B0000'), NULL, 'and by nothing that is not seen');
SELECT is((SELECT card_number || card_external_id FROM loyalty.customer_cards('Café', :c)), 'AB0000XY1', 'numbers of cards are in capitals');
SELECT throws_ok($$SELECT loyalty.import_cards('Café', 'Series é', '{ab0000}')$$, 'LY307', NULL, 'so that those of other letters are taken');
SELECT throws_ok($$SELECT loyalty.import_cards('Café', 'Series é', ARRAY['ab1', 'AB1 '])$$, 'LY307', NULL, 'or given twice');
SELECT throws_ok($$SELECT loyalty.create_card_series('Café', 'other', 'X', method => 'AUTO_INC', length => 6, prefix => 'AB')$$, 'LY303', NULL,
    'and a series of the same prefix is one');

-- ---- a request is the same, however its texts are typed

SELECT event_id AS once FROM loyalty.earn_points('Café', :c, 3, till => 'Till é', idempotency_key => 'key é') \gset
SELECT is((SELECT event_id FROM loyalty.earn_points('Café', :c, 3.0, till => U&'Till e\0301 ', idempotency_key => U&'\00A0key e\0301')), :once::bigint,
    'its key and its arguments');
SELECT throws_ok(format($$SELECT loyalty.earn_points('Café', %s, 4, till => 'Till é', idempotency_key => 'key é ')$$, :c), 'LY020', NULL,
    'another request has another key');
SELECT lives_ok(format($$SELECT loyalty.earn_points('Café', %s, 3, idempotency_key => U&'key\200B')$$, :c), 'what has no normal form is compared as it is');
SELECT throws_ok(format($$SELECT loyalty.adjust_points('Café', %s, 1, 'credit', reason => U&'\00A0 ')$$, :c), 'LY001', NULL, 'a reason of blanks is none');
SELECT throws_ok($$SELECT loyalty.create_store(U&'\3000', 'x', 'X')$$, 'LY001', NULL, 'and neither is a code');
SELECT loyalty.define_field('Café', 'custom', 'customer', 'must', 'text', is_required => true);
SELECT throws_ok(format($$SELECT loyalty.update_customer('Café', %s, custom_fields => '{"must": "\u00a0 "}')$$, :c), 'LY123', NULL, 'nor a field''s value');
SELECT loyalty.update_customer('Café', :c, fields => '{"city": "Gent"}'), loyalty.update_customer('Café', :c, fields => '{"city": " \t"}');
SELECT is(loyalty.customer_single_view('Café', :c) #>> '{fields,city}', NULL, 'which blanks take away');
SELECT throws_ok(format($$SELECT loyalty.upsert_profile('Café', %s, 'INSTORE', channels => '[{"type": "line", "value": " \u2003"}]')$$, :c), 'LY001', NULL,
    'nor an address in a document');
SELECT throws_ok(format($$SELECT loyalty.create_store('Café', %L, 'X')$$, repeat(U&'\0958', n)), code, NULL, format('a code of %s characters', n))
FROM (VALUES (51, 'LY002'), (101, 'LY002')) v (n, code);
SELECT * FROM finish();
ROLLBACK;
