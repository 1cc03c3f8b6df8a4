-- Deleting a customer for good: nothing of the person is left in any table of the extension, the ledger holds, what was the
-- person's is free; and every column that could hold personal data is accounted for. What is deleted was in export_customer.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';

-- ---------------------------------------------------------------- columns

CREATE TEMP VIEW columns AS
    SELECT c.relname::text AS relation, a.attname::text AS name
    FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid AND e.extname = 'loyalty'
    JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e' AND c.relkind IN ('r', 'p')
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE t.typname NOT IN ('int2', 'int4', 'int8', '_int8', 'char', 'bool', 'numeric', 'timestamptz', 'date', 'interval', 'uuid');

-- What erasers delete or replace.
CREATE TEMP TABLE erased AS SELECT split_part(x, '.', 1) AS relation, split_part(x, '.', 2) AS name FROM unnest(ARRAY[
    'card.card_external_id', 'card_change.reason', 'card_change.actor', 'card_external_id.card_external_id',
    'card_external_id.card_number', 'channel.channel', 'channel.address', 'channel.account_id', 'customer_field.field_value',
    'customer_identifier.identifier_type', 'customer_identifier.identifier_value', 'customer_identifier.reason',
    'customer_identifier.actor', 'customer_note.note', 'customer_note.actor',
    'change_request_content.old_value', 'change_request_content.new_value', 'change_request_content.payload', 'change_request_content.relied_on',
    'change_request_content.warnings', 'change_request_content.reason', 'change_request_content.actor', 'change_request_content.decision_reason',
    'change_request_content.decided_actor', 'change_request_log.actor',
    'customer_status_change.reason', 'customer_status_change.actor', 'deletion_request.reason', 'deletion_request.actor', 'deletion_request.decision_reason', 'event_note.reason',
    'event_note.actor', 'identifier.identifier_type', 'identifier.identifier_value', 'inbound_message.address', 'inbound_message.body', 'merge_line.item',
    'message.campaign', 'message.actor', 'message.reason', 'message_body.address', 'message_body.subject', 'message_body.body', 'message_body.html',
    'message_body.variables', 'message_body.components', 'message_body.external_template_id', 'message_body.header_id', 'message_body.sealed',
    'message_attachment.file_name', 'message_attachment.file_type', 'message_attachment.content_id', 'message_attachment.content',
    'message_request.cause', 'message_request.warnings',
    'mobile_ndnc.industries', 'merge_line.survivor_value', 'merge_line.victim_value', 'merge_line.final_value', 'merge_record.reason', 'merge_record.actor', 'mobile_ndnc.mobile',
    'mobile_ndnc.status', 'participation_field.field_value', 'participation_note.reason', 'participation_note.actor', 'profile.account_id', 'profile.first_name', 'profile.last_name', 'profile.mobile',
    'profile.email', 'profile.external_id', 'profile.cuid', 'registration_request.outcome',
    'registration_request.warnings', 'subscription.channel', 'subscription.account_id', 'subscription.purpose', 'subscription.consent_source', 'tagged_transaction.identifier_type',
    'tagged_transaction.identifier_value', 'tagged_transaction.reason', 'tagged_transaction.actor',
    'tagged_transaction.line_items', 'transaction_line.attributes', 'verification_address.address_digest', 'verification_attempt.entered_in',
    'verification_attempt.guess_digest', 'verification_attempt.purpose', 'verification_code.address_digest', 'verification_code.channel',
    'verification_code.code_digest', 'verification_code.purpose', 'verification_release.actor', 'verification_release.purpose',
    'verification_release.reason', 'verification_token.purpose', 'verification_use.purpose', 'incentive_note.reason', 'incentive_note.actor', 'customer_code.code', 'voucher_note.reason', 'voucher_note.actor']) x;
-- What says nothing of a person: reference data of orgs, catalogues, hashes, numbers of bills and of cards without an owner,
-- random ids, words of the library, names of roles.
CREATE TEMP TABLE impersonal AS SELECT split_part(x, '.', 1) AS relation, split_part(x, '.', 2) AS name FROM unnest(ARRAY[
    'code_key.secret', 'gift_voucher.last_four', 'voucher_movement.transaction_number', 'promotion.promotion', 'promotion.name', 'promotion_version.stacking_group', 'promotion_version.benefit', 'promotion_version.condition',
    'code_space.seed', 'code_space.prefix', 'code_batch.distribution', 'code_batch.partner', 'promo_code.code', 'promo_code.display_code', 'promo_code.distribution',
    'promo_code.partner', 'verification_setting.purpose', 'verification_template.body', 'verification_template.channel', 'verification_template.language',
    'verification_template.purpose', 'verification_template.subject',
    'message_template.template', 'message_template.channel', 'message_template.topic', 'message_template.variable_names',
    'template_version.language', 'template_version.subject', 'template_version.body', 'template_version.blocks', 'template_version.components',
    'template_version.variable_limits', 'template_version.header_id', 'template_version.external_template_id', 'template_version.reason',
    'card.card_number', 'card_change.change', 'card_label.label', 'card_series.series', 'card_series.name',
    'card_series.card_type', 'card_series.prefix', 'card_series.suffix', 'config.config_key', 'config.config_value',
    'day_seal.account_digest', 'day_seal.seal_hash', 'ledger_day.last_seal_hash', 'ledger_day.day_hash', 'key_use.use_hash',
    'ledger_event.bill_hash',
    'deletion_request.requested_by', 'deletion_request.decided_by', 'deletion_request.decided_actor', 'change_request.requested_by', 'change_request.decided_by', 'change_request_log.role', 'event_type.event_name', 'field.kind', 'field.entity',
    'field.name', 'field.data_type', 'field.allowed_values', 'ledger_account.last_hash', 'ledger_entry.entry_hash',
    'message.channel', 'message.cause', 'message.language', 'message_queue.channel', 'inbound_message.channel', 'inbound_message.sender', 'job_run.job', 'ledger_event.redemption_id', 'merge_line.participant', 'merge_line.rule', 'merge_line.warning', 'merge_record.warnings', 'number_series.method', 'number_series.prefix', 'number_series.suffix',
    'number_series.seed', 'number_series_event.event_name', 'made_trigger.table_name', 'made_trigger.trigger_name', 'made_trigger.function_name', 'object_capability.name', 'object_capability.capability', 'org.org', 'org.name', 'org.time_zone', 'org.base_country',
    'org.supported_countries', 'org_access.role_name', 'program.program', 'program.name', 'program.rounding',
    'program.expiry_unit', 'program.expiry_type', 'reminder.reminder', 'reminder.topic', 'reminder.channel', 'retention.what', 'source.source', 'status_label.label', 'status_label.description',
    'store.store', 'store.name', 'table_distribution.table_name', 'table_distribution.distribution', 'table_distribution.key_column', 'tagged_transaction.transaction_number', 'till.till', 'transaction.transaction_number', 'transaction_line.item_code',
    'transaction_number.transaction_number', 'transaction_load.relation', 'transaction_load_error.relation',
    'message_status.provider_status', 'message_status.error_code', 'message_status.cause', 'provider_message.provider_message_id',
    'provider_message.early_reports', 'delivery_code.bsp', 'delivery_code.provider_status', 'delivery_code.error_code', 'delivery_code.cause',
    'org_delivery_code.bsp', 'org_delivery_code.provider_status', 'org_delivery_code.error_code', 'org_delivery_code.cause',
    'transaction_load_error.error_code', 'transaction_load_error.error']) x;
-- Of stores and units of an org, senders and accounts with providers; contacts are people of the org, whom retire_contact forgets.
INSERT INTO impersonal SELECT split_part(x, '.', 1), split_part(x, '.', 2) FROM unnest(ARRAY[
    'activation_term.term', 'activation_term.field_ids', 'event_delivery.event_name', 'event_delivery.payload', 'event_subscriber.endpoint', 'event_subscriber.event_names',
    'event_subscriber.secret', 'event_subscriber.subscriber', 'bsp_account.bsp', 'bsp_account.bsp_account', 'bsp_account.number', 'bsp_account.secret', 'contact_topic.topic', 'change_request_setting.communicate',
    'change_request_template.attachments', 'change_request_template.channel', 'participation.missing_at_first', 'change_request_template.language', 'org_contact.contact',
    'org_contact.email', 'org_contact.mobile', 'org_contact.name', 'org_contact.search_name', 'org_contact.topics', 'org_unit.name',
    'org_unit.org_unit', 'sender.channel', 'sender.sender', 'store.address', 'store.city', 'store.latitude', 'store.longitude',
    'store.opening_hours']) x;
-- Of promotions, series and codes; campaigns are names of the org's. Codes and numbers of bills stay with their uses, under the bare id.
INSERT INTO impersonal SELECT split_part(x, '.', 1), split_part(x, '.', 2) FROM unnest(ARRAY[
    'coupon.campaign', 'coupon.coupon_code', 'coupon.display_code', 'coupon_series.description', 'coupon_series.generic_code', 'coupon_series.name',
    'coupon_series.series', 'coupon_stock.coupon_code', 'coupon_stock.display_code', 'generic_coupon.campaign', 'incentive_request.answer',
    'incentive_use.code', 'incentive_use.transaction_number', 'offer_claim.actor', 'offer_claim.campaign', 'use_limit.code']) x;
SELECT is_empty('SELECT * FROM columns EXCEPT (SELECT * FROM erased UNION ALL SELECT * FROM impersonal)',
    'every column that could hold something of a person is erased, or says nothing of one: an eraser, or a line above');
SELECT is_empty('(SELECT * FROM erased UNION ALL SELECT * FROM impersonal) EXCEPT SELECT * FROM columns', 'and no more are listed');
SELECT is_empty('SELECT * FROM erased INTERSECT SELECT * FROM impersonal', 'each once');

-- ---------------------------------------------------------------- a person with everything, and one merged into it

SELECT loyalty.create_org('sg', 'Singapore', 'Asia/Singapore', 'SG');
SELECT loyalty.set_config('sg', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_program('sg', 'p', 'P', expiry_unit => 'months', expiry_value => 12);
SELECT loyalty.create_program('sg', 'q', 'Q');
SELECT loyalty.create_event_subscriber('sg', 'hook');
SELECT loyalty.set_config('sg', k, 'true') FROM unnest(ARRAY['CONF_USERS_USE_EXTERNAL_ID', 'CONF_CLIENT_V2_API_ENABLED',
    'CONF_ALLOW_MOBILE_UPDATE', 'CONF_ALLOW_EMAIL_UPDATE', 'CONF_USERS_IS_EMAIL_UNIQUE', 'CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE']) k;
SELECT loyalty.define_field('sg', k, 'customer', k || 'f', 'text') FROM unnest(ARRAY['standard', 'extended', 'custom']) k;
SELECT loyalty.create_card_series('sg', 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44');
SELECT loyalty.generate_cards('sg', 's', 3);
-- Every text that anybody says of the person has "secret" or this number in it.
SELECT customer_id AS root FROM loyalty.register_customer('sg', '91231111', 'secret@example.com', 'SECRET1', 'Secretfirst', 'Secretlast',
    idempotency_key => 'secretkey', registered_on => '2023-01-01', fields => '{"standardf": "secret"}',
    extended_fields => '{"extendedf": "secret"}', custom_fields => '{"customf": "secret"}') \gset
SELECT customer_id AS victim FROM loyalty.register_customer('sg', '91231113', 'secret3@example.com', 'SECRET3', 'Secretthird',
    registered_on => '2023-01-01') \gset
SELECT customer_id AS other FROM loyalty.register_customer('sg', '81232222', 'other@example.com', 'OTHER', 'Olga',
    registered_on => '2023-01-01') \gset
SELECT loyalty.create_coupon_series('sg', 'cup', 'Cup', code_type => 'generic', generic_code => 'CUPS', discount_type => 'fixed', discount_value => 5,
    coupons_per_customer => 2), loyalty.create_coupon_series('sg', 'own', 'Own', discount_type => 'fixed', discount_value => 5);
SELECT loyalty.issue_coupon('sg', c, s, reason => 'secret reason', actor => 'secret actor', idempotency_key => 'secret ' || s)
    FROM unnest(ARRAY[:root, :victim]::bigint[]) c, unnest('{cup,own}'::text[]) s;
SELECT loyalty.change_identifier('sg', :root, 'mobile', '91231112', 'secret reason', 'secret actor');
SELECT loyalty.change_identifier('sg', :root, 'email', 'Secret2@example.com');
SELECT loyalty.upsert_profile('sg', :root, 'WECHAT', 'secretaccount', 'Secretwe', 'Secretchat', '91231114', 'secretwe@example.com',
    'SECRET2', 'secretcuid', '[{"type": "wechat", "value": "secretwechat"}]');
SELECT loyalty.set_channel('sg', c, 'mobile', '91231115'), loyalty.set_channel('sg', c, 'line', 'secretline'),
    loyalty.set_subscription('sg', c, 'line', 'promotional', true, consent_source => 'secret source')
FROM unnest(ARRAY[:root, :victim]::bigint[]) c;
SELECT loyalty.set_ndnc_status('sg', '9123111' || n, 'registered') FROM generate_series(1, 5) n;
SELECT loyalty.set_ndnc_status('sg', '81232222', 'registered');
SELECT loyalty.define_field('sg', 'custom', 'participation', 'partf', 'text'), loyalty.set_participation_rules('sg', 'p', terms => '{card}');
SELECT loyalty.set_participation_status('sg', c, 'deactivated', reason => 'secret', actor => 'secret'),
    loyalty.set_participation_status('sg', c, 'active'), loyalty.update_participation('sg', c, '{"partf": "secret"}')
FROM unnest(ARRAY[:root, :victim]::bigint[]) c;
SELECT loyalty.issue_card('sg', :root, card_number => '44000000', card_external_id => 'SECRETCARD', reason => 'secret', actor => 'secret');
SELECT loyalty.issue_card('sg', :root, card_number => '44000001', reason => 'secret', actor => 'secret');
SELECT loyalty.unlink_card('sg', '44000001', 'secret', 'secret');
SELECT loyalty.issue_card('sg', :other, card_number => '44000002', card_external_id => 'OTHERCARD', reason => 'other');
SELECT loyalty.earn_points('sg', :root, 100, expires_at => '2024-05-01', event_time => '2024-01-01');
SELECT loyalty.earn_points('sg', :root, 40, reason => 'secret', actor => 'secret');
SELECT loyalty.earn_points('sg', :root, 7, redeemable_from => '2025-01-01');
SELECT loyalty.earn_points('sg', :root, 30, category => 'promised');
SELECT loyalty.earn_points('sg', :root, 20, category => 'trigger_based', program => 'q');
SELECT loyalty.redeem_points('sg', :root, 5, reason => 'secret', actor => 'secret');
SELECT loyalty.add_transaction('sg', :root, 'B-1', 10, reason => 'secret');
SELECT loyalty.set_config('sg', 'CONF_GIFT_CARD_ENABLED', 'true');
SELECT loyalty.issue_gift_voucher('sg', c, 5, reason => 'secret', actor => 'secret') FROM unnest(ARRAY[:root, :victim]::bigint[]) c;
SELECT loyalty.earn_points('sg', :other, 50, reason => 'other');
SELECT loyalty.add_transaction('sg', :victim, 'B-2', 0, reason => 'secret');
SELECT loyalty.set_fraud_status('sg', :victim, 'marked', 'secret', 'secret');
SELECT loyalty.enable_customer_status('sg');
SELECT loyalty.create_status_label('sg', 'suspended', 'Hold');
SELECT loyalty.set_customer_status('sg', c, 'Hold', 'secret', 'secret') FROM unnest(ARRAY[:root, :victim]::bigint[]) c;
SELECT loyalty.record_inbound('sg', 'mobile', '91231112', 'secret question', provider_message_id => 'secretid'),
    loyalty.record_inbound('sg', 'mobile', '91231115', 'secret too'), loyalty.record_inbound('sg', 'mobile', '81232222', 'other');
SELECT loyalty.add_customer_note('sg', c, 'secret note', 'secret', 'secretkey') FROM unnest(ARRAY[:root, :victim]::bigint[]) c;
SELECT loyalty.add_customer_note('sg', :other, 'other note');
SELECT template_id FROM loyalty.create_message_template('sg', 'cake', 'mobile', 'x');
SELECT state FROM loyalty.send_email('sg', :root, 'secret subject', 'secret body', campaign => 'secret campaign', idempotency_key => 'mail',
    attachments => '[{"file_name": "secret.txt", "file_type": "txt", "file_data": "secret"}]');
SELECT status FROM loyalty.submit_change_request('sg', 'email', :root, new_value => 'secret9@example.net', reason => 'secret', actor => 'secret', idempotency_key => 'secretkey');
SELECT status FROM loyalty.submit_change_request('sg', 'goodwill_points', :victim, payload => '{"points": 1}', reason => 'secret', actor => 'secret');
SELECT status FROM loyalty.submit_change_request('sg', 'email', :other, new_value => 'other9@example.com', reason => 'other', actor => 'other');
SELECT state FROM loyalty.send_email('sg', :other, 'other subject', 'other body');
INSERT INTO loyalty_data.reminder_sent (org_id, customer_id, reminder_id, occasion, sent_at)
    SELECT org_id, :root, loyalty.create_reminder('sg', 'cake', 'birthday', 0, 'cake'), '2024-03-01', now() FROM loyalty_data.org;

-- Codes of both; what is entered in this transaction is judged in none of its calls.
SELECT loyalty.create_sender('sg', 'CODES', 'mobile', is_default => true), loyalty.unblock_verification('sg', 'coupon', :root);
SELECT loyalty.send_code('sg', 'generic', c), loyalty.enter_code('sg', 'generic', 'secret', c) FROM unnest(ARRAY[:root, :victim, :other]::bigint[]) c;
INSERT INTO loyalty_data.verification_use (org_id, customer_id, purpose, run_no, used_at)
    SELECT org_id, customer_id, purpose, run_no, now() FROM loyalty_data.verification_attempt;
INSERT INTO loyalty_data.verification_release (org_id, customer_id, purpose, run_no, released_at, reason, actor)
    SELECT org_id, customer_id, purpose, run_no, now(), CASE customer_id WHEN :other THEN 'other' ELSE 'secret' END, CASE customer_id WHEN :other THEN 'other' ELSE 'secret' END
    FROM loyalty_data.verification_attempt;

-- Codes that are linked to a person, of one use and of many, say nothing of it.
SELECT loyalty.create_promotion('sg', 'promo', 'Promo', '{"type": "fixed", "value": 1}', trigger => 'code'), loyalty.create_code('sg', 'promo', 'MANY', redemptions => 9),
    loyalty.upload_codes('sg', 'promo', '{ONCE-1,ONCE-2,ONCE-3}');
SELECT loyalty.link_code('sg', c, 'MANY'), loyalty.link_code('sg', c, 'ONCE-' || n) FROM unnest(ARRAY[:root, :victim, :other]::bigint[]) WITH ORDINALITY u (c, n);

-- One is merged into the other.
SELECT loyalty.merge_customers('sg', :root, :victim, reason => 'secret', actor => 'secret');

-- Where a text occurs: in every row of every table of the extension, as text.
CREATE FUNCTION pg_temp.places(pattern text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    relation text;
    n bigint;
BEGIN
    FOR relation IN SELECT c.relname FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid AND e.extname = 'loyalty'
        JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
        WHERE c.relkind IN ('r', 'p') ORDER BY 1 LOOP
        EXECUTE format('SELECT count(*) FROM loyalty_data.%I x WHERE replace(x::text, ''bsp_secret'', '''') ~* $1', relation) INTO n USING pattern;
        IF n > 0 THEN
            RETURN NEXT relation;
        END IF;
    END LOOP;
END
$$;
SELECT bag_eq($$SELECT pg_temp.places('secret|9123111')$$, ARRAY['card', 'card_change', 'card_external_id', 'change_request_content', 'change_request_log', 'channel', 'customer_field',
    'customer_identifier', 'customer_note', 'customer_status_change', 'event_note', 'identifier', 'incentive_note', 'inbound_message', 'merge_line', 'message', 'message_attachment', 'message_body', 'merge_record', 'participation_field', 'participation_note', 'verification_release', 'mobile_ndnc', 'profile', 'subscription', 'voucher_note'],
    'the person is in every table that can hold one');
SELECT is((SELECT count(*) FROM loyalty_data.registration_request WHERE customer_id = :root), 1::bigint, 'and made a request');

-- ---------------------------------------------------------------- export: what the deletion erases, and what it leaves as numbers

CREATE TEMP TABLE exported AS SELECT t.key AS relation, t.value AS rows
    FROM jsonb_each(loyalty.export_customer('sg', :root) -> 'tables') t;
-- Tables that name a customer, or hold something that a deletion erases. The number of a bill is in the bill; the label of a
-- customer, in words, comes with what its row says. Movements come with their vouchers.
CREATE TEMP VIEW held AS
    SELECT c.relname::text AS relation FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id'
        WHERE c.relnamespace = 'loyalty_data'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'transaction_number'
    UNION SELECT relation FROM erased UNION SELECT 'status_label' UNION SELECT 'voucher_movement';
SELECT set_eq('SELECT relation FROM exported', 'SELECT relation FROM held', 'every table that holds something of a customer is in the list');
SELECT bag_eq($$SELECT relation FROM exported WHERE rows::text ~* 'secret|9123111'$$, $$SELECT pg_temp.places('secret|9123111')$$,
    'the person is exported out of every table that has something of it');
SELECT is_empty($$SELECT e.relation, e.name FROM erased e JOIN exported x USING (relation), jsonb_array_elements(x.rows) r
    -- Whoever could compare digests would learn of a guess before it is judged.
    WHERE NOT r ? e.name AND e.name !~ '_digest$' AND e.name <> 'entered_in'$$, 'with every column that a deletion erases');
CREATE FUNCTION pg_temp.rows_of(relation text, ids bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM loyalty_data.%I t WHERE (to_jsonb(t) ->> ''customer_id'')::bigint = ANY ($1)', relation) INTO n USING ids;
    RETURN n;
END
$$;
SELECT is_empty(format($$SELECT x.relation FROM exported x JOIN pg_attribute a ON a.attrelid = format('loyalty_data.%%I', x.relation)::regclass
    AND a.attname = 'customer_id' WHERE x.relation NOT IN ('card_change', 'inbound_message')
    AND jsonb_array_length(x.rows) <> pg_temp.rows_of(x.relation, ARRAY[%s, %s]::bigint[])$$, :root, :victim), 'each with all rows of both');
SELECT ok(NOT EXISTS (SELECT FROM exported WHERE replace(rows::text, 'other_card_id', '') ~* 'other|8123222'), 'and nothing of anybody else');
SELECT ok(NOT EXISTS (SELECT FROM exported, jsonb_array_elements(rows) r WHERE r ?| '{org_id,till_id,source_id,program_id,label_id,entry_hash}'),
    'ids of reference data are said in words');
SELECT is(loyalty.export_customer('sg', c), loyalty.export_customer('sg', :root), 'named by ' || c) FROM unnest(ARRAY[:victim]::bigint[]) c;
SELECT is(loyalty.export_customer('sg', identifier_type => t, identifier_value => v), loyalty.export_customer('sg', :root), 'named by ' || t)
FROM (VALUES ('mobile', '91231112'), ('external_id', 'SECRET3'), ('card_number', '44000000')) n(t, v);

-- ---------------------------------------------------------------- deletion

CREATE TEMP TABLE before AS SELECT
    (SELECT md5(string_agg(e::text, ',' ORDER BY e.event_id, e.entry_no, e.program_id, e.category)) FROM loyalty_data.ledger_entry e) AS entries,
    (SELECT md5(string_agg(t::text, ',' ORDER BY t.transaction_id)) FROM loyalty_data.transaction t) AS bills,
    (SELECT max(event_id) FROM loyalty_data.ledger_entry) AS last_event,
    (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM (SELECT p::text FROM loyalty_data.profile p WHERE customer_id = :other
        UNION ALL SELECT i::text FROM loyalty_data.customer_identifier i WHERE customer_id = :other
        UNION ALL SELECT c::text FROM loyalty_data.card c WHERE customer_id = :other
        UNION ALL SELECT h::text FROM loyalty_data.card_change h WHERE customer_id = :other
        UNION ALL SELECT n::text FROM loyalty_data.event_note n WHERE customer_id = :other
        UNION ALL SELECT n::text FROM loyalty_data.customer_note n WHERE customer_id = :other
        UNION ALL SELECT d::text FROM loyalty_data.mobile_ndnc d WHERE mobile = '+6581232222') o(x)) AS others;
SELECT loyalty.request_deletion('sg', :root, 'secret reason');
CREATE ROLE test_officer IN ROLE loyalty_admin;
SELECT loyalty.grant_org('sg', 'test_officer');
SET ROLE test_officer;
SELECT throws_ok(format($$SELECT loyalty.approve_deletion('sg', %s)$$, :victim), 'LY125', NULL, 'of the survivor alone');
SELECT loyalty.approve_deletion('sg', :root);
RESET ROLE;

SELECT is_empty($$SELECT pg_temp.places('secret|9123111')$$, 'nothing of the person is left in any table');
SELECT ok(loyalty.export_customer('sg', :root)::text !~* 'secret|9123111', 'nor in the export');
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('sg', :root, page_size => 100) t WHERE t::text ~* 'secret|9123111'), 0::bigint, 'nor in the timeline');
SELECT cmp_ok((SELECT count(*) FROM loyalty.customer_timeline('sg', :root, page_size => 100)), '>', 20::bigint, 'which has what is left');
SELECT throws_ok(format('SELECT loyalty.add_customer_note(''sg'', %s, ''x'')', :root), 'LY206', NULL, 'nothing is written down any more');
SELECT throws_ok(format('SELECT loyalty.delete_customer_note(''sg'', %s, 1)', :root), 'LY206', NULL, 'nor taken away');
SELECT results_eq('SELECT status COLLATE "default", count(*) FROM loyalty.coupons GROUP BY 1', $$VALUES ('revoked', 4::bigint)$$, 'coupons that were not redeemed are revoked');
SELECT is_empty(format($$SELECT key FROM jsonb_each(loyalty.export_customer('sg', %s) -> 'tables') WHERE jsonb_array_length(value) = 0
    EXCEPT SELECT unnest(ARRAY['customer_identifier', 'customer_note', 'profile', 'channel', 'subscription', 'customer_field', 'registration_request', 'identifier',
        'mobile_ndnc', 'card', 'card_change', 'card_external_id', 'event_note', 'tagged_transaction', 'transaction_line', 'referral',
        'inbound_request', 'reminder_sent', 'lot_expiry_change', 'reversal', 'lot_claim', 'message_status', 'provider_message',
        'message_body', 'message_attachment', 'message_queue', 'message_request', 'change_request_content', 'change_request_claim', 'verification_address', 'verification_code',
        'verification_attempt', 'verification_token', 'verification_use', 'verification_release', 'participation_note', 'participation_field', 'incentive_note', 'incentive_use', 'use_return', 'customer_code', 'promo_code', 'gift_voucher', 'voucher_movement', 'voucher_note', 'voucher_request'])$$, :root), 'which shows what is left: numbers under a bare id');
SELECT is((SELECT count(*) FROM loyalty_data.registration_request WHERE customer_id = :root), 0::bigint, 'no request either');
SELECT results_eq('SELECT display_code COLLATE "default", customer_id FROM loyalty_data.promo_code ORDER BY code', format($$VALUES ('MANY', NULL), ('ONCE-1', NULL), ('ONCE-2', NULL), ('ONCE-3', %s::bigint)$$, :other),
    'codes stay, and know nobody but others');
SELECT is_empty(format('SELECT 1 FROM loyalty_data.card WHERE customer_id IN (%s, %s) UNION ALL
    SELECT 1 FROM loyalty_data.card_change WHERE customer_id IN (%1$s, %2$s)', :root, :victim), 'no card knows whose it was');
SELECT bag_eq($$SELECT card_number::text, status::text FROM loyalty_data.card$$,
    $$VALUES ('44000000', 'd'), ('44000001', 'i'), ('44000002', 'i')$$, 'the card of the person is deleted, others are not');
SELECT is(loyalty.find_customer('sg', t, v), NULL, v || ' finds nobody') FROM (VALUES ('mobile', '91231112'), ('mobile', '91231113'),
    ('email', 'secret2@example.com'), ('external_id', 'SECRET1'), ('external_id', 'SECRET3'), ('card_number', '44000000'),
    ('card_external_id', 'SECRETCARD')) x(t, v);
SELECT is((SELECT string_agg(x::text, ',' ORDER BY x::text) FROM (SELECT p::text FROM loyalty_data.profile p WHERE customer_id = :other
        UNION ALL SELECT i::text FROM loyalty_data.customer_identifier i WHERE customer_id = :other
        UNION ALL SELECT c::text FROM loyalty_data.card c WHERE customer_id = :other
        UNION ALL SELECT h::text FROM loyalty_data.card_change h WHERE customer_id = :other
        UNION ALL SELECT n::text FROM loyalty_data.event_note n WHERE customer_id = :other
        UNION ALL SELECT n::text FROM loyalty_data.customer_note n WHERE customer_id = :other
        UNION ALL SELECT d::text FROM loyalty_data.mobile_ndnc d WHERE mobile = '+6581232222') o(x)), (SELECT others FROM before),
    'others keep everything');
SELECT is((SELECT string_agg(status || ' ' || label || ' ' || (erased_at IS NOT NULL)::text, ',' ORDER BY customer_id)
    FROM loyalty.customer_statuses WHERE customer_id IN (:root, :victim)), 'deleted deleted true,deleted deleted true',
    'the whole group is deleted');

-- the ledger
SELECT is((SELECT md5(string_agg(e::text, ',' ORDER BY e.event_id, e.entry_no, e.program_id, e.category)) FROM loyalty_data.ledger_entry e,
    before b WHERE e.event_id <= b.last_event), (SELECT entries FROM before), 'entries stay as they are');
SELECT is((SELECT md5(string_agg(t::text, ',' ORDER BY t.transaction_id)) FROM loyalty_data.transaction t), (SELECT bills FROM before),
    'and bills');
SELECT bag_eq(format($$SELECT program, category, entry_type, points, house_account FROM loyalty.points_ledger_entries
    WHERE customer_id = %s AND event_name = 'customer_deletion'$$, :root),
    $$VALUES ('p', 'regular', 'debit', 52.000, 'adjusted'), ('p', 'promised', 'debit', 30.000, 'adjusted'),
        ('q', 'trigger_based', 'debit', 20.000, 'adjusted')$$, 'each balance leaves by one debit, promised ones too');
SELECT is((SELECT count(DISTINCT event_id) FROM loyalty.points_ledger_entries WHERE event_name = 'customer_deletion'), 1::bigint,
    'one event');
SELECT is((SELECT sum(abs(balance)) FROM loyalty.customer_points WHERE customer_id = :root), 0.000, 'no liability stays');
SELECT is((SELECT sum(remaining) FROM loyalty_data.points_lot WHERE customer_id = :root), 0.000, 'no open lot');
SELECT is((SELECT points FROM loyalty.points_ledger_entries WHERE customer_id = :root AND event_name = 'points_expiry'), 100.000,
    'what was due expired before');
SELECT is_empty($$SELECT * FROM loyalty.verify_ledger('sg') WHERE NOT ok$$, 'the ledger holds');
SELECT is((SELECT sum(debit) - sum(credit) FROM loyalty.trial_balance), 0.000, 'the trial balance too');

-- the person may come again, as somebody new, with everything that was free
SELECT ok(customer_id NOT IN (:root, :victim) AND outcome = 'created', 'the person registers anew')
FROM loyalty.register_customer('sg', '91231112', 'secret2@example.com', 'SECRET1', idempotency_key => 'secretkey');
SELECT isnt(loyalty.find_customer('sg', 'mobile', '91231112'), NULL, 'and is found');
SELECT is((SELECT current_points FROM loyalty.points_balance('sg', loyalty.find_customer('sg', 'mobile', '91231112'))), 0.000,
    'with nothing of the old account');
SELECT lives_ok(format($$SELECT loyalty.issue_card('sg', %s, 's', card_external_id => 'SECRETCARD')$$,
    loyalty.find_customer('sg', 'mobile', '91231112')), 'the external id of the card is free');
SELECT throws_ok(format($$SELECT loyalty.link_card('sg', %s, '44000000')$$, loyalty.find_customer('sg', 'mobile', '91231112')), 'LY309',
    NULL, 'its number is not');

-- ---------------------------------------------------------------- shared contact data, arrears, campaign users

-- A mobile that somebody else has keeps what the register says of it.
SELECT loyalty.create_org('dual', 'Dual', base_country => 'SG');
SELECT loyalty.create_program('dual', 'p', 'P');
SELECT loyalty.set_config('dual', 'CONF_USERS_USE_EXTERNAL_ID', 'true');
SELECT loyalty.set_config('dual', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.set_config('dual', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'true');
SELECT loyalty.set_config('dual', 'CONF_INSTORE_V2_ENABLED', 'true');
SELECT customer_id AS one FROM loyalty.register_customer('dual', '91233333', external_id => 'ONE') \gset
SELECT customer_id AS two FROM loyalty.register_customer('dual', '91233333', external_id => 'TWO') \gset
SELECT loyalty.set_ndnc_status('dual', '91233333', 'registered');
SELECT loyalty.request_deletion('dual', :one), loyalty.request_deletion('dual', :two);
SELECT loyalty.grant_org('dual', 'test_officer');
SET ROLE test_officer;
SELECT loyalty.approve_deletion('dual', :one);
RESET ROLE;
SELECT is((SELECT count(*) FROM loyalty_data.mobile_ndnc WHERE mobile = '+6591233333'), 1::bigint, 'somebody else has the mobile');
SELECT is(jsonb_array_length(loyalty.export_customer('dual', c) #> '{tables,mobile_ndnc}'), n, 'what the register says is exported for who has it')
FROM (VALUES (:one, 0), (:two, 1)) v(c, n);
SET ROLE test_officer;
SELECT loyalty.approve_deletion('dual', :two);
RESET ROLE;
SELECT is((SELECT count(*) FROM loyalty_data.mobile_ndnc WHERE mobile = '+6591233333'), 0::bigint, 'nobody has it any more');
SELECT is((SELECT count(DISTINCT event_id) FROM loyalty_data.entry_with_event WHERE event_code = 42), 1::bigint, 'accounts that are zero need no event');

-- What two of a group were called is told of once.
SELECT customer_id AS three FROM loyalty.register_customer('dual', '88884444', external_id => 'THREE') \gset
SELECT customer_id AS four FROM loyalty.register_customer('dual', '88884444', external_id => 'FOUR') \gset
SELECT loyalty.set_ndnc_status('dual', '88884444', 'registered');
SELECT loyalty.merge_customers('dual', :three, :four, accept_warnings => true);
SELECT is(jsonb_array_length(loyalty.export_customer('dual', :four) #> '{tables,mobile_ndnc}'), 1, 'a mobile of two who are one now is exported once');
SELECT is_empty(format($$SELECT t.key, r FROM jsonb_each(loyalty.export_customer('dual', %s) -> 'tables') t, jsonb_array_elements(t.value) r
    GROUP BY 1, 2 HAVING count(*) > 1$$, :three), 'and so is every row');

-- A balance below zero leaves by a credit.
SELECT loyalty.create_program('sg', 'owing', 'Owing', allow_negative_on_return => true);
SELECT customer_id AS debtor FROM loyalty.register_customer('sg', '91235555') \gset
SELECT loyalty.add_transaction('sg', :debtor, 'D-1', 50, program => 'owing');
SELECT loyalty.redeem_points('sg', :debtor, 50, program => 'owing');
SELECT loyalty.return_transaction('sg', :debtor, 'D-1');
SELECT is((SELECT sum(balance) FROM loyalty.customer_points WHERE customer_id = :debtor), -50.000, 'points are owed');
SELECT loyalty.request_deletion('sg', :debtor);
SET ROLE test_officer;
SELECT loyalty.approve_deletion('sg', :debtor);
RESET ROLE;
SELECT bag_eq(format($$SELECT entry_type, points, house_account, balance_after FROM loyalty.points_ledger_entries
    WHERE customer_id = %s AND event_name = 'customer_deletion'$$, :debtor), $$VALUES ('credit', 50.000, 'adjusted', 0.000)$$,
    'and are owed no more');
SELECT is((SELECT sum(arrears) FROM loyalty.customer_points WHERE customer_id = :debtor), 0.000, 'no arrears are left');

-- A campaign user has no accounts.
SELECT customer_id AS guest FROM loyalty.register_customer('sg', '91234444', loyalty_type => 'non_loyalty') \gset
SELECT loyalty.request_deletion('sg', :guest);
SET ROLE test_officer;
SELECT lives_ok(format($$SELECT loyalty.approve_deletion('sg', %s)$$, :guest), 'a campaign user is deleted');
RESET ROLE;
SELECT is_empty($$SELECT pg_temp.places('91234444')$$, 'as everybody');
SELECT is_empty($$SELECT * FROM loyalty.verify_ledger('sg') WHERE NOT ok$$, 'the ledger holds after all');
SELECT is_empty($$SELECT * FROM loyalty.verify_ledger('dual') WHERE NOT ok$$, 'in both orgs');
SELECT * FROM finish();
ROLLBACK;
