-- Tenancy: whoever was granted one org can neither act in another one nor see it, through any function or view.
-- Not in one transaction, since a procedure that commits is among them; the roles are dropped at the end.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
DROP ROLE IF EXISTS test_tenant_all, test_tenant_pos, test_tenant_member, test_tenant_shy, test_tenant_gone,
    test_tenant_plain, test_tenant_creator, test_tenant_group;
SELECT no_plan();

-- Two brands with everything: ours and theirs.
DO $$
DECLARE
    brand text;
    customer bigint;
BEGIN
    FOREACH brand IN ARRAY ARRAY['ours', 'theirs'] LOOP
        PERFORM loyalty.create_org(brand, brand, base_country => 'SG');
        PERFORM loyalty.set_config(brand, 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
        PERFORM loyalty.create_store(brand, 'store', 'Store');
        PERFORM loyalty.create_program(brand, 'base', 'Base');
        PERFORM loyalty.create_till(brand, 'till', 'store');
        PERFORM loyalty.create_org_unit(brand, 'unit', 'Unit');
        PERFORM loyalty.create_event_subscriber(brand, 'hook');
        PERFORM loyalty.create_sender(brand, 'ACME', 'mobile', 'unit', is_default => true);
        PERFORM loyalty.create_contact(brand, 'zoe', 'Zoe', 'zoe@example.com', topics => '{request}');
        PERFORM loyalty.set_contact_topic(brand, 'request', 'always');
        PERFORM loyalty.set_change_request_rules(brand, 'email', 'always');
        PERFORM loyalty.set_change_request_contacts(brand, 'email', '{zoe}');
        PERFORM loyalty.set_change_request_template(brand, 'email', 'contact', 'mobile', 'X');
        PERFORM loyalty.set_config(brand, 'CONF_ORG_CURRENCY_SYMBOL', brand);
        SELECT customer_id INTO customer FROM loyalty.register_customer(brand, mobile => '+6591234567',
            email => 'ada@example.com', external_id => 'E-1', registered_on => '2024-01-01');
        PERFORM loyalty.add_transaction(brand, customer, 'B-1', 100, event_time => '2024-01-02', till => 'till',
            line_items => '[{"item_code": "a", "amount": 100}]');
        PERFORM loyalty.earn_points(brand, customer, 50, event_time => '2024-01-03');
        PERFORM loyalty.redeem_points(brand, customer, 30, event_time => '2024-01-04');
        PERFORM loyalty.earn_points(brand, customer, 5, event_time => '2024-01-05', expires_at => '2099-01-01');
        PERFORM loyalty.set_channel(brand, customer, 'line', 'ada');
        PERFORM loyalty.set_subscription(brand, customer, 'mobile', 'promotional', true);
        INSERT INTO loyalty_data.message SELECT (jsonb_populate_record(NULL::loyalty_data.message, jsonb_build_object('org_id', o.org_id,
            'customer_id', customer, 'message_id', 1, 'created_at', now(), 'not_before', now(), 'changed_at', now(), 'attempts', 1,
            'purpose', 't', 'state', 's', 'channel', 'mobile', 'parts', 1, 'is_about_deletion', false))).* FROM loyalty_data.org o WHERE o.org = brand;
        PERFORM loyalty.set_subscription(brand, customer, 'line', 'promotional', true);
        PERFORM loyalty.set_verification_rules(brand, 'coupon');
        PERFORM loyalty.send_code(brand, 'generic', customer);
        PERFORM loyalty.define_field(brand, 'custom', 'customer', 'shoe', 'integer');
        PERFORM loyalty.update_customer(brand, customer, custom_fields => '{"shoe": 38}');
        PERFORM loyalty.create_card_series(brand, 'series', 'Series', method => 'AUTO_INC', length => 6, prefix => 'C');
        PERFORM loyalty.create_promotion(brand, 'promo', 'Promo', '{"type": "fixed", "value": 1}', trigger => 'code');
        PERFORM loyalty.generate_codes(brand, 'promo', 1), loyalty.create_code(brand, 'promo', 'NAMED', redemptions => 9);
        PERFORM loyalty.link_code(brand, customer, 'NAMED');
        PERFORM loyalty.create_card_label(brand, 'suspended', 'Lost');
        PERFORM loyalty.issue_card(brand, customer, 'series');
        PERFORM loyalty.create_coupon_series(brand, 'cup', 'Cup', code_type => 'uploaded', discount_type => 'fixed', discount_value => 5);
        PERFORM loyalty.upload_coupons(brand, 'cup', '{CUP-1}'), loyalty.issue_coupon(brand, customer, 'cup');
        PERFORM loyalty.redeem_coupon(brand, customer, 'CUP-1', 'B-1', 10), loyalty.claim_offer(brand, 'cup', 'Spring');
        PERFORM loyalty.generate_cards(brand, 'series', 1);
        PERFORM loyalty.record_inbound(brand, 'mobile', '+6591234567', brand);
        PERFORM loyalty.create_message_template(brand, 't', 'mobile', 'Cake for you');
        PERFORM loyalty.create_reminder(brand, 'cake', 'birthday', 0, 't');
        PERFORM loyalty.set_retention(brand, 'messages', 30);
        PERFORM loyalty.create_status_label(brand, 'suspended', 'On hold');
        PERFORM loyalty.create_message_template(brand, 'hello', 'whatsapp', 'Hello', header_id => 'h', external_template_id => 't');
        PERFORM loyalty.set_participation_rules(brand, 'base');
        PERFORM loyalty.set_store_sender(brand, 'store', 'ACME');
        PERFORM loyalty.set_participation_status(brand, customer, 'deactivated', reason => 'r');
        PERFORM loyalty.set_participation_status(brand, customer, 'active');
        PERFORM loyalty.decline_change_request(brand, r.request_id, 'no')
            FROM loyalty.submit_change_request(brand, 'mobile', customer, new_value => '+6591234569') r;
        PERFORM loyalty.set_config(brand, 'CONF_GIFT_CARD_ENABLED', 'true');
        PERFORM loyalty.issue_gift_voucher(brand, customer, 50);
        PERFORM loyalty.request_deletion(brand, customer);
        PERFORM loyalty.decline_deletion(brand, customer);
        PERFORM loyalty.merge_customers(brand, customer, r.customer_id)
            FROM loyalty.register_customer(brand, mobile => '+6591234568', registered_on => '2024-01-01') r;
    END LOOP;
END
$$;
-- A load commits, which a test that rolls back cannot: where one stands, and a line that it refused.
INSERT INTO loyalty_data.transaction_load SELECT org_id, 'public.bills', 7, 6, 1, now(), now(), now() FROM loyalty_data.org;
-- And an account with a provider, whose keys need a file.
INSERT INTO loyalty_data.bsp_account (org_id, bsp_account_id, secret_set_at, key_id, is_verified, bsp_account, bsp, secret)
    SELECT org_id, org_id, now(), 1, true, 'wa', 'gupshup', 'sealed' FROM loyalty_data.org;
INSERT INTO loyalty_data.transaction_load_error SELECT org_id, 'public.bills', 3, 'LY410', 'taken', now() FROM loyalty_data.org;
SELECT loyalty.find_customer('ours', 'mobile', '+6591234567') AS our_customer,
       loyalty.find_customer('theirs', 'mobile', '+6591234567') AS their_customer,
       (SELECT org_id FROM loyalty_data.org WHERE org = 'ours') AS our_id,
       (SELECT org_id FROM loyalty_data.org WHERE org = 'theirs') AS their_id \gset

-- Someone who may do everything, in our org alone; and a terminal there.
CREATE ROLE test_tenant_all;
GRANT loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway TO test_tenant_all;
CREATE ROLE test_tenant_pos;
GRANT loyalty_pos TO test_tenant_pos;
SELECT loyalty.grant_org('ours', 'test_tenant_all');
SELECT loyalty.grant_org('ours', 'test_tenant_pos');

-- A call of every function whose first argument is an org. $ stands for the org.
CREATE TEMP TABLE calls (function text, call text);
INSERT INTO calls VALUES
    ('create_store', $$loyalty.create_store($, 'x', 'X')$$),
    ('create_till', $$loyalty.create_till($, 'x', 'store')$$),
    ('create_org_unit', $$loyalty.create_org_unit($, 'x', 'X')$$),
    ('update_org_unit', $$loyalty.update_org_unit($, 'unit', 'X')$$),
    ('set_store_org_unit', $$loyalty.set_store_org_unit($, 'store', 'unit')$$),
    ('set_store_location', $$loyalty.set_store_location($, 'store', latitude => 1, longitude => 103)$$),
    ('stores_near', $$loyalty.stores_near($, 1, 103)$$),
    ('create_event_subscriber', $$loyalty.create_event_subscriber($, 'x')$$),
    ('update_event_subscriber', $$loyalty.update_event_subscriber($, 'hook', 'https://example.com')$$),
    ('take_events', $$loyalty.take_events($, 'hook')$$),
    ('extend_event_lease', $$loyalty.extend_event_lease($, 'hook', %s, 1, 1)$$),
    ('acknowledge_event', $$loyalty.acknowledge_event($, 'hook', %s, 1, 1)$$),
    ('replay_events', $$loyalty.replay_events($, 'hook', '2024-01-01', customer_id => %s)$$),
    ('set_verification_rules', $$loyalty.set_verification_rules($, 'generic')$$),
    ('set_verification_template', $$loyalty.set_verification_template($, 'generic', 'mobile', '{{pin}}')$$),
    ('create_voucher', $$loyalty.create_voucher($, 5)$$),
    ('issue_gift_voucher', $$loyalty.issue_gift_voucher($, %s, 5)$$),
    ('issue_gift_voucher_for_points', $$loyalty.issue_gift_voucher_for_points($, %s, 5)$$),
    ('redeem_gift_voucher', $$loyalty.redeem_gift_voucher($, 'AAAAAAAAAAAAAAAA', 5)$$),
    ('gift_voucher_balance', $$loyalty.gift_voucher_balance($, 'AAAAAAAAAAAAAAAA')$$),
    ('reverse_voucher_redemption', $$loyalty.reverse_voucher_redemption($, 1, 1)$$),
    ('adjust_gift_voucher', $$loyalty.adjust_gift_voucher($, 1, 5, reason => 'r')$$),
    ('revoke_gift_voucher', $$loyalty.revoke_gift_voucher($, 1, reason => 'r')$$),
    ('replace_gift_voucher_code', $$loyalty.replace_gift_voucher_code($, 1, reason => 'r')$$),
    ('send_code', $$loyalty.send_code($, 'generic', %s)$$),
    ('enter_code', $$loyalty.enter_code($, 'generic', '000000', %s)$$),
    ('verify_code', $$loyalty.verify_code($, '00000000-0000-0000-0000-000000000000')$$),
    ('unblock_verification', $$loyalty.unblock_verification($, 'generic', %s)$$),
    ('create_promotion', $$loyalty.create_promotion($, 'x', 'X', '{"type": "fixed", "value": 1}')$$),
    ('change_promotion', $$loyalty.change_promotion($, 'promo')$$), ('stop_promotion', $$loyalty.stop_promotion($, 'promo')$$),
    ('generate_codes', $$loyalty.generate_codes($, 'promo', 1)$$), ('export_codes', $$loyalty.export_codes($, 'promo', 1)$$),
    ('upload_codes', $$loyalty.upload_codes($, 'promo', '{CODE}')$$), ('create_code', $$loyalty.create_code($, 'promo', 'CODE', 1)$$),
    ('revoke_code', $$loyalty.revoke_code($, 'NAMED')$$), ('revoke_code_batch', $$loyalty.revoke_code_batch($, 'promo', 1)$$),
    ('link_code', $$loyalty.link_code($, %s, 'NAMED')$$), ('unlink_code', $$loyalty.unlink_code($, %s, 'NAMED')$$),
    ('create_sender', $$loyalty.create_sender($, 'X', 'mobile')$$),
    ('update_sender', $$loyalty.update_sender($, 'ACME', 'mobile')$$),
    ('set_default_sender', $$loyalty.set_default_sender($, 'ACME', 'mobile')$$),
    ('retire_sender', $$loyalty.retire_sender($, 'ACME', 'mobile')$$),
    ('create_bsp_account', $$loyalty.create_bsp_account($, 'x', 'gupshup', NULL, true, '{"k": "v"}')$$),
    ('update_bsp_account', $$loyalty.update_bsp_account($, 'wa', '1')$$),
    ('bsp_secret', $$loyalty.bsp_secret($, 'wa')$$),
    ('create_contact', $$loyalty.create_contact($, 'x', 'X', 'x@example.com')$$),
    ('update_contact', $$loyalty.update_contact($, 'zoe', 'X')$$),
    ('retire_contact', $$loyalty.retire_contact($, 'zoe')$$),
    ('search_contacts', $$loyalty.search_contacts($, 'z')$$), ('search_customers', $$loyalty.search_customers($, 'z')$$),
    ('notify_contacts', $$loyalty.notify_contacts($, 'request', 'notice', NULL, 'k')$$),
    ('set_contact_topic', $$loyalty.set_contact_topic($, 'request', 'never')$$), ('set_delivery_code', $$loyalty.set_delivery_code($, NULL, 'x', NULL, 'sent')$$),
    ('set_change_request_rules', $$loyalty.set_change_request_rules($, 'email')$$),
    ('set_change_request_contacts', $$loyalty.set_change_request_contacts($, 'email', '{zoe}')$$),
    ('set_change_request_template', $$loyalty.set_change_request_template($, 'mobile', 'old_id', 'mobile', 'X')$$),
    ('change_requests', $$loyalty.change_requests($)$$), ('change_requests_csv', $$loyalty.change_requests_csv($)$$),
    ('update_org', $$loyalty.update_org($, 'X')$$),
    ('update_store', $$loyalty.update_store($, 'store', 'X')$$),
    ('update_till', $$loyalty.update_till($, 'till')$$),
    ('update_program', $$loyalty.update_program($, 'base', 'X')$$),
    ('create_program', $$loyalty.create_program($, 'x', 'X')$$),
    ('set_promised_rules', $$loyalty.set_promised_rules($, 'base', 1)$$),
    ('set_config', $$loyalty.set_config($, 'CONF_ORG_CURRENCY_SYMBOL', 'X')$$),
    ('get_config', $$loyalty.get_config($, 'CONF_ORG_CURRENCY_SYMBOL')$$),
    ('grant_org', $$loyalty.grant_org($, 'test_tenant_all')$$),
    ('revoke_org', $$loyalty.revoke_org($, 'test_tenant_all')$$),
    ('register_customer', $$loyalty.register_customer($, '+6598765432')$$),
    ('explain_registration', $$loyalty.explain_registration($, '+6598765432')$$),
    ('register_customer_json', $$loyalty.register_customer_json($, '{}')$$),
    ('update_customer', $$loyalty.update_customer($, %s, 'Ada')$$),
    ('change_identifier', $$loyalty.change_identifier($, %s, 'email', 'ada@example.org')$$),
    ('release_identifier', $$loyalty.release_identifier($, %s, 'email')$$),
    ('upsert_profile', $$loyalty.upsert_profile($, %s, 'INSTORE')$$),
    ('set_channel', $$loyalty.set_channel($, %s, 'line', 'x')$$),
    ('set_subscription', $$loyalty.set_subscription($, %s, 'line', 'promotional', true)$$),
    ('set_test_control', $$loyalty.set_test_control($, %s, 'test')$$),
    ('set_ndnc_status', $$loyalty.set_ndnc_status($, '+6591234567', 'unknown')$$),
    ('renormalize_mobiles', $$loyalty.renormalize_mobiles($)$$),
    ('send_message', $$loyalty.send_message($, %s, 'hello')$$),
    ('send_sms', $$loyalty.send_sms($, %s, 'Hello')$$),
    ('send_whatsapp', $$loyalty.send_whatsapp($, %s, 'Hello')$$),
    ('send_email', $$loyalty.send_email($, %s, 'Hello', 'Hello')$$),
    ('cancel_message', $$loyalty.cancel_message($, %s, 1)$$),
    ('take_messages', $$loyalty.take_messages($, 'mobile')$$),
    ('extend_lease', $$loyalty.extend_lease($, %s, 1, 1)$$),
    ('acknowledge_message', $$loyalty.acknowledge_message($, %s, 1, 1)$$),
    ('record_inbound', $$loyalty.record_inbound($, 'mobile', '+6591234567', 'Hello')$$),
    ('create_reminder', $$loyalty.create_reminder($, 'x', 'birthday', 1, 't')$$),
    ('update_reminder', $$loyalty.update_reminder($, 'cake', 2)$$),
    ('retire_reminder', $$loyalty.retire_reminder($, 'cake')$$),
    ('set_retention', $$loyalty.set_retention($, 'inbound', 1)$$),
    ('define_field', $$loyalty.define_field($, 'custom', 'customer', 'x', 'text')$$),
    ('customer_single_view', $$loyalty.customer_single_view($, %s)$$),
    ('customer_timeline', $$loyalty.customer_timeline($, %s)$$), ('add_customer_note', $$loyalty.add_customer_note($, %s, 'x')$$),
    ('delete_customer_note', $$loyalty.delete_customer_note($, %s, 1)$$),
    ('export_customer', $$loyalty.export_customer($, %s)$$),
    ('customer_brief', $$loyalty.customer_brief($, %s)$$),
    ('create_status_label', $$loyalty.create_status_label($, 'suspended', 'X')$$),
    ('set_default_status_label', $$loyalty.set_default_status_label($, 'suspended', 'On hold')$$),
    ('set_restriction', $$loyalty.set_restriction($, 'block_transaction', '{On hold}')$$),
    ('set_participation_rules', $$loyalty.set_participation_rules($, 'base')$$),
    ('set_store_sender', $$loyalty.set_store_sender($, 'store', 'ACME')$$),
    ('enrol_customer', $$loyalty.enrol_customer($, %s)$$),
    ('update_participation', $$loyalty.update_participation($, %s, '{}')$$),
    ('activate_participation', $$loyalty.activate_participation($, %s)$$),
    ('set_participation_status', $$loyalty.set_participation_status($, %s, 'active')$$),
    ('set_customer_status', $$loyalty.set_customer_status($, %s, 'On hold')$$),
    ('set_fraud_status', $$loyalty.set_fraud_status($, %s, 'marked')$$),
    ('enable_customer_status', $$loyalty.enable_customer_status($)$$),
    ('check_restriction', $$loyalty.check_restriction($, %s, 'earn_points')$$),
    ('request_deletion', $$loyalty.request_deletion($, %s)$$),
    ('approve_deletion', $$loyalty.approve_deletion($, %s)$$),
    ('decline_deletion', $$loyalty.decline_deletion($, %s)$$),
    ('set_countries', $$loyalty.set_countries($, 'SG')$$),
    ('find_customer', $$loyalty.find_customer($, 'mobile', '+6591234567')$$),
    ('add_transaction', $$loyalty.add_transaction($, %s, 'B-9', 10)$$),
    ('add_transaction_by_identifiers', $$loyalty.add_transaction_by_identifiers($, 'B-9', 10, '+6591234567')$$),
    ('move_transaction', $$loyalty.move_transaction($, 'B-1', %s, 1)$$),
    ('find_transaction', $$loyalty.find_transaction($, 'B-1')$$),
    ('return_transaction', $$loyalty.return_transaction($, %s, 'B-1')$$),
    ('earn_points', $$loyalty.earn_points($, %s, 10)$$),
    ('redeem_points', $$loyalty.redeem_points($, %s, 10)$$),
    ('set_redemption_rules', $$loyalty.set_redemption_rules($, 'base')$$),
    ('set_transfer_rules', $$loyalty.set_transfer_rules($, 'base')$$),
    ('is_redeemable', $$loyalty.is_redeemable($, %s, 10)$$),
    ('transfer_points', $$loyalty.transfer_points($, %s, 1, 10)$$),
    ('award_referral', $$loyalty.award_referral($, %s, 1, 10, 10)$$),
    ('adjust_points', $$loyalty.adjust_points($, %s, 10, 'credit', reason => 'x')$$),
    ('import_points', $$loyalty.import_points($, %s, 10)$$),
    ('import_opening_balance', $$loyalty.import_opening_balance($, %s, 10)$$),
    ('change_expiry', $$loyalty.change_expiry($, %s, 1, NULL)$$),
    ('merge_customers', $$loyalty.merge_customers($, %s, 0)$$),
    ('submit_change_request', $$loyalty.submit_change_request($, 'mobile', %s, new_value => '91234500')$$),
    ('one_step_change', $$loyalty.one_step_change($, 'mobile', '+6591234567', '91234500')$$),
    ('approve_change_request', $$loyalty.approve_change_request($, 0)$$),
    ('decline_change_request', $$loyalty.decline_change_request($, 0, 'x')$$),
    ('withdraw_change_request', $$loyalty.withdraw_change_request($, 0)$$),
    ('check_change_request', $$loyalty.check_change_request($, 0)$$),
    ('preview_merge', $$loyalty.preview_merge($, %s, 0)$$),
    ('earn_points_batch', $$loyalty.earn_points_batch($,
        ARRAY[ROW(%s, 10, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::loyalty.earn_item])$$),
    ('redeem_points_batch', $$loyalty.redeem_points_batch($,
        ARRAY[ROW(%s, 10, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::loyalty.redeem_item])$$),
    ('reverse_redemption', $$loyalty.reverse_redemption($, %s, 'ABCDEF')$$),
    ('redeem_coupon', $$loyalty.redeem_coupon($, %s, 'SAVE-1', 'B-1', 10)$$),
    ('is_coupon_redeemable', $$loyalty.is_coupon_redeemable($, %s, 'SAVE-1')$$),
    ('reverse_coupon_redemption', $$loyalty.reverse_coupon_redemption($, %s, 1)$$),
    ('revoke_coupon', $$loyalty.revoke_coupon($, %s, 'SAVE-1')$$),
    ('search_incentive', $$loyalty.search_incentive($, 'coupon', 'SAVE-1')$$), ('verify_incentives', $$loyalty.verify_incentives($)$$),
    ('redeem_coupons_batch', $$loyalty.redeem_coupons_batch($,
        jsonb_build_array(jsonb_build_object('customer_id', %s, 'coupon_code', 'SAVE-1')))$$),
    ('customer_coupons', $$loyalty.customer_coupons($, %s)$$), ('customer_redemptions', $$loyalty.customer_redemptions($, %s)$$),
    ('unlock_promised_points', $$loyalty.unlock_promised_points($, %s, 'B-1')$$),
    ('points_balance', $$loyalty.points_balance($, %s)$$),
    ('points_ledger', $$loyalty.points_ledger($, %s)$$),
    ('points_ledger_json', $$loyalty.points_ledger_json($, %s)$$),
    ('ledger_closing_balance', $$loyalty.ledger_closing_balance($, %s)$$),
    ('ledger_event_details', $$loyalty.ledger_event_details($, %s, 1)$$),
    ('schedule_jobs', $$loyalty.schedule_jobs($)$$),
    ('verify_ledger', $$loyalty.verify_ledger($)$$),
    ('verify_data', $$loyalty.verify_data($)$$), ('verify_channels', $$loyalty.verify_channels($)$$),
    ('record_delivery', $$loyalty.record_delivery($, NULL, 'none', 'sent')$$), ('message_report', $$loyalty.message_report($)$$), ('message_hits', $$loyalty.message_hits($)$$),
    ('customer_interactions', $$loyalty.customer_interactions($, %s)$$), ('dnd_consents_csv', $$loyalty.dnd_consents_csv($)$$),
    ('create_card_series', $$loyalty.create_card_series($, 'x', 'X')$$),
    ('create_message_template', $$loyalty.create_message_template($, 'x', 'mobile', 'X')$$),
    ('update_message_template', $$loyalty.update_message_template($, 'hello', 'X')$$),
    ('submit_message_template', $$loyalty.submit_message_template($, 'hello')$$),
    ('set_template_status', $$loyalty.set_template_status($, 'hello', 'pending')$$),
    ('preview_message', $$loyalty.preview_message($, 'hello')$$),
    ('message_tags', $$loyalty.message_tags($)$$),
    ('render_email', $$loyalty.render_email($, '[]')$$),
    ('create_card_label', $$loyalty.create_card_label($, 'active', 'X')$$),
    ('set_default_card_label', $$loyalty.set_default_card_label($, 'suspended', 'Lost')$$),
    ('generate_cards', $$loyalty.generate_cards($, 'series', 1)$$),
    ('import_cards', $$loyalty.import_cards($, 'series', ARRAY['X'])$$),
    ('preview_card_numbers', $$loyalty.preview_card_numbers($, 'series', 1)$$),
    ('preview_external_ids', $$loyalty.preview_external_ids($, 1)$$),
    ('generate_external_id', $$loyalty.generate_external_id($)$$),
    ('issue_card', $$loyalty.issue_card($, %s, 'series')$$),
    ('create_coupon_series', $$loyalty.create_coupon_series($, 'x', 'X', discount_type => 'fixed', discount_value => 5)$$),
    ('stop_coupon_series', $$loyalty.stop_coupon_series($, 'cup')$$),
    ('set_issue_limit', $$loyalty.set_issue_limit($, 'cup', 5)$$),
    ('upload_coupons', $$loyalty.upload_coupons($, 'cup', '{XXXX}')$$),
    ('check_limits', $$loyalty.check_limits($)$$),
    ('issue_coupon', $$loyalty.issue_coupon($, %s, 'cup')$$),
    ('issue_coupons', $$loyalty.issue_coupons($, 'cup', ARRAY[%s::bigint], all_or_nothing => true)$$),
    ('issue_coupons_batch', $$loyalty.issue_coupons_batch($,
        ARRAY[jsonb_populate_record(NULL::loyalty.issue_coupon_item, '{"customer_id": %s, "series": "cup"}')])$$),
    ('claim_offer', $$loyalty.claim_offer($, 'cup', 'x')$$), ('release_offer', $$loyalty.release_offer($, 'cup')$$),
    ('replace_card', $$loyalty.replace_card($, %s, 'C00000')$$),
    ('link_card', $$loyalty.link_card($, %s, 'C00001')$$),
    ('unlink_card', $$loyalty.unlink_card($, 'C00000')$$),
    ('set_card_status', $$loyalty.set_card_status($, 'C00000', 'active')$$),
    ('expire_cards', $$loyalty.expire_cards($)$$),
    ('customer_cards', $$loyalty.customer_cards($, %s)$$),
    ('card_history', $$loyalty.card_history($, 'C00000')$$);
UPDATE calls SET call = format(call, :their_customer) WHERE call LIKE '%\%s%';
GRANT SELECT ON calls TO PUBLIC;

-- create_org takes the code of an org that is to be; procedures are tried below.
SELECT results_eq(
    $$SELECT p.proname::text COLLATE "C" FROM pg_proc p WHERE p.pronamespace = 'loyalty'::regnamespace
        AND p.proargnames[1] = 'org' AND p.proname <> 'create_org' AND p.prokind = 'f' ORDER BY 1$$,
    $$SELECT function COLLATE "C" FROM calls ORDER BY 1$$,
    'every function about an org is tried');

-- ---------------------------------------------------------------- acting

SET ROLE test_tenant_all;
SELECT throws_ok('SELECT * FROM ' || replace(call, '$', '''theirs'''), 'LY004', 'org "theirs" does not exist',
    function || ': an org that was not granted does not exist') FROM calls;
SELECT throws_ok('SELECT * FROM ' || replace(call, '$', '''nowhere'''), 'LY004', 'org "nowhere" does not exist',
    function || ': as one that really does not') FROM calls;
\set ON_ERROR_STOP 0
CALL loyalty.expire_points('theirs');
\set answered :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'answered'::text, 'LY004', 'expire_points: an org that was not granted does not exist');
CALL loyalty.expire_points('ours');
\set ON_ERROR_STOP 0
CALL loyalty.finish_messages('theirs');
\set answered :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'answered'::text, 'LY004', 'finish_messages: an org that was not granted does not exist');
\set ON_ERROR_STOP 0
CALL loyalty.escalate_change_requests('theirs');
\set answered :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'answered'::text, 'LY004', 'escalate_change_requests: an org that was not granted does not exist');
\set ON_ERROR_STOP 0
CALL loyalty.expire_gift_vouchers('theirs');
\set answered :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'answered'::text, 'LY004', 'expire_gift_vouchers: an org that was not granted does not exist');
\set ON_ERROR_STOP 0
CALL loyalty.convert_promised_points('theirs');
\set answered :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'answered'::text, 'LY004', 'convert_promised_points: an org that was not granted does not exist');
CALL loyalty.convert_promised_points('ours');
\set ON_ERROR_STOP 0
CALL loyalty.open_program_accounts('theirs', 'base');
\set answered :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'answered'::text, 'LY004', 'open_program_accounts: an org that was not granted does not exist');
\set ON_ERROR_STOP 0
CALL loyalty.close_day('theirs');
\set answered :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'answered'::text, 'LY004', 'close_day: an org that was not granted does not exist');
SELECT throws_ok($$SELECT loyalty.create_org('theirs', 'Mine')$$, 'LY009', NULL, 'create_org: the code of another org is taken');

-- A customer of theirs is nobody in our org.
SELECT throws_ok(format($$SELECT loyalty.earn_points('ours', %s, 10)$$, :their_customer), 'LY107', NULL,
    'earn_points: their customer, our org');
SELECT throws_ok(format($$SELECT loyalty.return_transaction('ours', %s, 'B-1')$$, :their_customer), 'LY107', NULL,
    'return_transaction: their customer, our org');
SELECT throws_ok(format($$SELECT loyalty.redeem_points('ours', %s, 10)$$, :their_customer), 'LY107', NULL,
    'redeem_points: their customer, our org');
SELECT throws_ok(format($$SELECT loyalty.add_transaction('ours', %s, 'B-9', 10)$$, :their_customer), 'LY107', NULL,
    'add_transaction: their customer, our org');
SELECT throws_ok(format($$SELECT loyalty.points_balance('ours', %s)$$, :their_customer), 'LY107', NULL,
    'points_balance: their customer, our org');
SELECT throws_ok(format($$SELECT loyalty.points_ledger('ours', %s)$$, :their_customer), 'LY107', NULL,
    'points_ledger: their customer, our org');
SELECT throws_ok('SELECT ' || replace(call, '$', '''ours'''), 'LY107', NULL, function || ': their customer, our org')
    FROM calls WHERE function IN ('merge_customers', 'preview_merge', 'reverse_redemption', 'earn_points_batch', 'redeem_points_batch', 'is_redeemable', 'transfer_points', 'move_transaction', 'award_referral', 'adjust_points',
        'import_points', 'import_opening_balance', 'change_expiry', 'update_customer', 'change_identifier', 'release_identifier', 'upsert_profile', 'set_channel',
        'issue_coupon', 'issue_coupons', 'issue_coupons_batch', 'send_code', 'enter_code', 'unblock_verification', 'issue_gift_voucher', 'issue_gift_voucher_for_points',
        'send_message', 'send_sms', 'send_whatsapp', 'send_email', 'cancel_message', 'set_subscription', 'set_test_control', 'customer_single_view', 'customer_brief', 'export_customer', 'customer_timeline', 'add_customer_note', 'delete_customer_note', 'points_ledger_json', 'ledger_closing_balance', 'set_fraud_status', 'check_restriction',
        'request_deletion', 'approve_deletion', 'decline_deletion', 'submit_change_request');
SELECT isnt(loyalty.find_customer('ours', 'mobile', '+6591234567'), :their_customer::bigint,
    'find_customer: the same mobile is another customer in our org');
SELECT is(loyalty.visible_orgs(), ARRAY[:our_id], 'visible_orgs: ours');
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'orgs_visible'), '1', 'health_check: one org is visible');

-- ---------------------------------------------------------------- seeing

-- Every view that anybody may read, but for those that are not about orgs, names the org of each row.
SELECT is_empty(
    $$SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind IN ('v', 'm')
        AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org')
        AND c.relname NOT IN ('error_codes', 'functions', 'views')$$,
    'every view has a column org');
CREATE TEMP TABLE views AS SELECT c.relname::text AS view FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind IN ('v', 'm') AND a.attname = 'org' ORDER BY 1;
GRANT SELECT ON views TO PUBLIC;
CREATE FUNCTION pg_temp.orgs_in(view text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT string_agg(DISTINCT org, %L ORDER BY org) FROM loyalty.%I', ',', view) INTO answer;
    RETURN answer;
END
$$;
-- A cheap predicate that would meet the rows of others if the view let it.
CREATE FUNCTION pg_temp.snoop(org text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
    IF org <> 'ours' THEN
        RAISE EXCEPTION 'leaked';
    END IF;
    RETURN true;
END
$$;
CREATE FUNCTION pg_temp.snooped(view text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    answer bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM loyalty.%I WHERE pg_temp.snoop(org)', view) INTO answer;
    RETURN answer;
END
$$;
SELECT is(pg_temp.orgs_in(view), 'ours', view || ': shows our org and no other') FROM views;
SELECT cmp_ok(pg_temp.snooped(view), '>', 0::bigint, view || ': a function in WHERE meets no row of others') FROM views;
RESET ROLE;
SELECT is(pg_temp.orgs_in(view), 'ours,theirs', view || ': superusers see both') FROM (
    SELECT c.relname::text AS view FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind IN ('v', 'm') AND a.attname = 'org' ORDER BY 1) v;

-- ---------------------------------------------------------------- the terminal

SET ROLE test_tenant_pos;
SELECT lives_ok($$SELECT loyalty.register_customer('ours', '+6591111111')$$, 'a terminal registers in our org');
SELECT throws_ok($$SELECT loyalty.register_customer('theirs', '+6591111111')$$, 'LY004', NULL, 'and not in theirs');
SELECT throws_ok('SELECT * FROM ' || replace(call, '$', '''ours'''), '42501', NULL, function || ': not for terminals')
    FROM calls WHERE function IN ('update_org', 'update_store', 'update_till', 'update_program', 'create_store', 'create_till', 'create_program', 'set_config', 'grant_org', 'revoke_org',
        'verify_ledger', 'verify_data', 'update_customer', 'change_identifier', 'release_identifier', 'set_test_control', 'set_ndnc_status', 'define_field',
        'customer_single_view', 'customer_timeline', 'add_customer_note', 'delete_customer_note', 'customer_interactions', 'export_customer', 'set_countries', 'create_status_label', 'set_default_status_label', 'set_restriction',
        'set_customer_status', 'set_fraud_status', 'enable_customer_status', 'request_deletion', 'approve_deletion',
        'decline_deletion', 'renormalize_mobiles', 'create_voucher', 'adjust_gift_voucher', 'revoke_gift_voucher', 'replace_gift_voucher_code', 'one_step_change', 'approve_change_request', 'decline_change_request', 'check_change_request');
SELECT throws_ok($$SELECT loyalty.create_org('x', 'X')$$, '42501', NULL, 'create_org: not for terminals');
SELECT throws_ok($$SELECT loyalty.health_check()$$, '42501', NULL, 'health_check: not for terminals');
SELECT throws_ok($$SELECT loyalty_data.next_id()$$, '42501', NULL, 'next_id: for nobody');
SELECT throws_ok($$SELECT FROM loyalty.customer_points$$, '42501', NULL, 'customer_points: not for terminals');
SELECT is(pg_temp.orgs_in('org_config'), 'ours', 'org_config: our org');
RESET ROLE;

-- ---------------------------------------------------------------- grants come and go

SELECT loyalty.revoke_org('ours', 'test_tenant_pos');
SET ROLE test_tenant_pos;
SELECT throws_ok($$SELECT loyalty.register_customer('ours', '+6592222222')$$, 'LY004', NULL,
    'a revoke takes effect at the next statement');
SELECT is(loyalty.visible_orgs(), '{}'::int[], 'and nothing is visible');
RESET ROLE;

-- Through a role that was granted, unless the membership does not inherit.
CREATE ROLE test_tenant_group;
CREATE ROLE test_tenant_member;
CREATE ROLE test_tenant_shy NOINHERIT;
GRANT loyalty_pos TO test_tenant_group;
GRANT test_tenant_group TO test_tenant_member, test_tenant_shy;
GRANT loyalty_pos TO test_tenant_shy;
SELECT loyalty.grant_org('ours', 'test_tenant_group');
SET ROLE test_tenant_member;
SELECT is(loyalty.visible_orgs(), ARRAY[:our_id], 'members of a role have what it was granted');
SELECT lives_ok($$SELECT loyalty.register_customer('ours', '+6593333333')$$, 'and act there');
RESET ROLE;
REVOKE test_tenant_group FROM test_tenant_member;
GRANT loyalty_pos TO test_tenant_member;
SET ROLE test_tenant_member;
SELECT throws_ok($$SELECT loyalty.register_customer('ours', '+6594444444')$$, 'LY004', NULL,
    'who leaves the role loses it at once');
RESET ROLE;
SET ROLE test_tenant_shy;
SELECT throws_ok($$SELECT loyalty.register_customer('ours', '+6595555555')$$, '42501', NULL,
    'NOINHERIT does not inherit');
SET ROLE test_tenant_group;
SELECT lives_ok($$SELECT loyalty.register_customer('ours', '+6595555555')$$, 'but may become the role');
RESET ROLE;

-- A role that is dropped takes its access along; the grant by name can still be taken back.
CREATE ROLE test_tenant_gone;
SELECT loyalty.grant_org('ours', 'test_tenant_gone');
DROP ROLE test_tenant_gone;
SET ROLE test_tenant_all;
SELECT lives_ok($$SELECT loyalty.get_config('ours', 'CONF_ORG_CURRENCY_SYMBOL')$$, 'a grant without its role harms nobody');
SELECT is(loyalty.visible_orgs(), ARRAY[:our_id], 'nor what is visible');
SELECT lives_ok($$SELECT loyalty.revoke_org('ours', 'test_tenant_gone')$$, 'and it can be revoked');
SELECT throws_ok($$SELECT loyalty.revoke_org('ours', 'test_tenant_gone')$$, 'LY019', NULL, 'once');
SELECT is((SELECT count(*)::int FROM loyalty.org_config WHERE org = 'ours' AND config_value = 'ours'), 1,
    'what was set in our org is there');
RESET ROLE;

-- Whoever creates an org has access to it, and nobody else.
CREATE ROLE test_tenant_creator;
GRANT loyalty_admin TO test_tenant_creator;
SET ROLE test_tenant_creator;
SELECT lives_ok($$SELECT loyalty.create_org('mine', 'Mine')$$, 'an admin creates an org');
SELECT lives_ok($$SELECT loyalty.create_program('mine', 'base', 'Base')$$, 'and acts in it');
SELECT lives_ok($$SELECT loyalty.grant_org('mine', 'test_tenant_pos')$$, 'and opens it to others');
SELECT throws_ok($$SELECT loyalty.grant_org('ours', 'test_tenant_creator')$$, 'LY004', NULL,
    'but not an org that is not open to it');
SET ROLE test_tenant_all;
SELECT throws_ok($$SELECT loyalty.get_config('mine', 'CONF_ORG_CURRENCY_SYMBOL')$$, 'LY004', NULL,
    'others have no access to a new org');
SET ROLE test_tenant_pos;
SELECT lives_ok($$SELECT loyalty.get_config('mine', 'CONF_ORG_CURRENCY_SYMBOL')$$, 'those it was opened to have');
RESET ROLE;

-- A site's SECURITY DEFINER function acts as its owner.
CREATE ROLE test_tenant_plain;
CREATE SCHEMA site AUTHORIZATION test_tenant_all;
GRANT USAGE ON SCHEMA site TO test_tenant_plain;
SET ROLE test_tenant_all;
CREATE FUNCTION site.symbol(org text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$SELECT loyalty.get_config(org, 'CONF_ORG_CURRENCY_SYMBOL')$$;
SET ROLE test_tenant_plain;
SELECT is(site.symbol('ours'), 'ours', 'a SECURITY DEFINER function has its owner''s access');
SELECT throws_ok($$SELECT site.symbol('theirs')$$, 'LY004', NULL, 'and no more');
RESET ROLE;

-- ---------------------------------------------------------------- without any role

-- Grants of an org give no function; a plain role does not even get into the schema.
SELECT loyalty.grant_org('ours', 'test_tenant_plain');
SET ROLE test_tenant_plain;
SELECT throws_ok('SELECT * FROM ' || replace(call, '$', '''ours'''), '42501', NULL, function || ': not for plain roles')
    FROM calls;
RESET ROLE;
GRANT USAGE ON SCHEMA loyalty, loyalty_data TO test_tenant_plain;
SET ROLE test_tenant_plain;
SELECT throws_ok('SELECT * FROM ' || replace(call, '$', '''ours'''), '42501', NULL,
    function || ': not even with the schema opened to them') FROM calls;
SELECT throws_ok(format('SELECT FROM loyalty.%I', view), '42501', NULL, view || ': not for plain roles') FROM views;
SELECT throws_ok('CALL loyalty.expire_points(''ours'')', '42501', NULL, 'expire_points: not for plain roles');
SELECT throws_ok(format('SELECT %s()', f), '42501', NULL, f || ': not for plain roles')
    FROM unnest(ARRAY['loyalty.clock', 'loyalty_data.next_id', 'loyalty.visible_orgs', 'loyalty.health_check', 'loyalty.config_catalogue',
        'loyalty_data.error_code_list', 'loyalty.restriction_list', 'loyalty.guarded_operations']) f;
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'loyalty_data'::regnamespace
        AND has_function_privilege('test_tenant_plain', p.oid, 'EXECUTE') AND p.prorettype <> 'trigger'::regtype$$,
    'no function inside is open to plain roles');
RESET ROLE;

-- ---------------------------------------------------------------- tables

-- Closed to everyone, whatever capability roles they have.
SELECT is_empty(
    $$SELECT c.relname, r.rolname, p FROM pg_class c, pg_roles r,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
      WHERE c.relnamespace = 'loyalty_data'::regnamespace AND c.relkind IN ('r', 'p')
        AND r.rolname IN ('test_tenant_all', 'test_tenant_plain') AND has_table_privilege(r.oid, c.oid, p)$$,
    'no table is open to any role');
SELECT is_empty(
    $$SELECT c.relname, r.rolname FROM pg_class c, pg_roles r
      WHERE c.relnamespace = 'loyalty_data'::regnamespace AND c.relkind = 'S'
        AND r.rolname IN ('test_tenant_all', 'test_tenant_plain')
        AND has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE')$$,
    'no sequence is open to any role');
CREATE TEMP TABLE tables AS SELECT c.relname::text AS name FROM pg_class c
    WHERE c.relnamespace = 'loyalty_data'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1;
GRANT SELECT ON tables TO PUBLIC;
-- Not by the schema alone.
GRANT USAGE ON SCHEMA loyalty_data TO test_tenant_all;
SET ROLE test_tenant_all;
SELECT throws_ok(format('SELECT FROM loyalty_data.%I', name), '42501', NULL, name || ': cannot be read directly') FROM tables;
SELECT throws_ok(format('DELETE FROM loyalty_data.%I', name), '42501', NULL, name || ': cannot be written directly') FROM tables;
SELECT throws_ok($$CREATE TABLE loyalty.mine (a int)$$, '42501', NULL, 'nobody creates in the schema');
RESET ROLE;

SELECT is((SELECT count(*)::int FROM loyalty_data.customer WHERE org_id = :their_id), 2, 'nothing happened in the other org');

SELECT * FROM finish();
DROP SCHEMA site CASCADE;
DROP OWNED BY test_tenant_all, test_tenant_plain;
DROP ROLE test_tenant_all, test_tenant_pos, test_tenant_member, test_tenant_shy, test_tenant_plain, test_tenant_creator,
    test_tenant_group;
