-- The objects of the extension, one by one, so that none appears, vanishes or changes its signature unseen; and what holds
-- for all of them: closed to PUBLIC, commented, in backups, guarded.
--
-- After a change that is meant, put the list in place of the old one that this query gives in a fresh database:
--     SELECT object FROM actual ORDER BY object;
-- where the view "actual" is the one below.
BEGIN;
SELECT plan(35);

CREATE TEMP VIEW member AS
    SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
    WHERE e.extname = 'loyalty' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';

CREATE TEMP VIEW routine AS
    SELECT p.*, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS signature
    FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;

CREATE TEMP VIEW relation AS
    SELECT c.* FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;

-- Functions with arguments, defaults and result; views with columns; tables with their keys; everything else by name.
CREATE TEMP VIEW actual AS
    SELECT CASE r.prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || r.pronamespace::regnamespace || '.' || r.proname || '('
        || pg_get_function_arguments(r.oid) || ')' || COALESCE(' returns ' || pg_get_function_result(r.oid), '') AS object
    FROM routine r
    UNION ALL
    SELECT 'view ' || c.relnamespace::regnamespace || '.' || c.relname || '(' || (
        SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) || ')'
    FROM relation c WHERE c.relkind IN ('v', 'm')
    UNION ALL
    SELECT 'table ' || c.relnamespace::regnamespace || '.' || c.relname || COALESCE(' ' || (
        SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'), '')
    FROM relation c WHERE c.relkind IN ('r', 'p')
    UNION ALL
    SELECT 'sequence ' || c.relnamespace::regnamespace || '.' || c.relname FROM relation c WHERE c.relkind = 'S'
    UNION ALL
    SELECT 'index ' || substr(pg_get_indexdef(i.indexrelid), strpos(pg_get_indexdef(i.indexrelid), ' INDEX ') + 7)
    FROM pg_index i JOIN relation c ON c.oid = i.indrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    UNION ALL
    SELECT 'trigger ' || t.tgname || ' on ' || c.relname FROM pg_trigger t JOIN relation c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT o.type || ' ' || o.identity FROM member m, pg_identify_object(m.classid, m.objid, 0) o
    WHERE m.classid NOT IN ('pg_proc'::regclass, 'pg_class'::regclass);

CREATE TEMP TABLE expected (object text);
COPY expected FROM stdin WITH (FORMAT csv, DELIMITER E'\t', QUOTE E'\b');
cast (pg_catalog.jsonb AS loyalty.earn_item[])
cast (pg_catalog.jsonb AS loyalty.issue_coupon_item[])
cast (pg_catalog.jsonb AS loyalty.redeem_coupon_item[])
cast (pg_catalog.jsonb AS loyalty.redeem_item[])
function loyalty.acknowledge_event(org text, subscriber text, customer_id bigint, event_id bigint, lease_no integer, outcome text DEFAULT 'delivered'::text) returns text
function loyalty.acknowledge_message(org text, customer_id bigint, message_id bigint, lease_no integer, outcome text DEFAULT 'sent'::text, provider_message_id text DEFAULT NULL::text, error_code text DEFAULT NULL::text) returns text
function loyalty.activate_participation(org text, customer_id bigint, program text DEFAULT NULL::text, till text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT status text, OUT missing text[], OUT code_sent boolean) returns record
function loyalty.add_customer_note(org text, customer_id bigint, note text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text) returns bigint
function loyalty.add_transaction(org text, customer_id bigint, transaction_number text, amount numeric, discount numeric DEFAULT NULL::numeric, transaction_type text DEFAULT 'regular'::text, points numeric DEFAULT NULL::numeric, line_items jsonb DEFAULT NULL::jsonb, bill_promotion_points numeric DEFAULT NULL::numeric, customer_promotion_points numeric DEFAULT NULL::numeric, category text DEFAULT 'regular'::text, redeemable_from timestamp with time zone DEFAULT NULL::timestamp with time zone, outlier_status text DEFAULT 'normal'::text, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text) returns loyalty.add_transaction_result
function loyalty.add_transaction_by_identifiers(org text, transaction_number text, amount numeric, mobile text DEFAULT NULL::text, email text DEFAULT NULL::text, external_id text DEFAULT NULL::text, first_name text DEFAULT NULL::text, last_name text DEFAULT NULL::text, loyalty_type text DEFAULT 'loyalty'::text, discount numeric DEFAULT NULL::numeric, transaction_type text DEFAULT 'regular'::text, points numeric DEFAULT NULL::numeric, line_items jsonb DEFAULT NULL::jsonb, bill_promotion_points numeric DEFAULT NULL::numeric, customer_promotion_points numeric DEFAULT NULL::numeric, category text DEFAULT 'regular'::text, redeemable_from timestamp with time zone DEFAULT NULL::timestamp with time zone, outlier_status text DEFAULT 'normal'::text, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, account_id text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT event_id bigint, OUT transaction_id bigint, OUT customer_id bigint, OUT outcome text, OUT points numeric, OUT current_points numeric, OUT warnings text[]) returns record
function loyalty.adjust_gift_voucher(org text, voucher_id bigint, amount numeric, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT movement_id bigint, OUT balance numeric, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.adjust_points(org text, customer_id bigint, points numeric, entry_type text, category text DEFAULT 'regular'::text, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT event_id bigint, OUT points numeric, OUT current_points numeric) returns record
function loyalty.approve_change_request(org text, request_id bigint, accept_warnings boolean DEFAULT false, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, OUT status text, OUT result_id bigint) returns record
function loyalty.approve_deletion(org text, customer_id bigint) returns void
function loyalty.award_referral(org text, referee_id bigint, referrer_id bigint, referee_points numeric, referrer_points numeric, transaction_number text DEFAULT NULL::text, transaction_till text DEFAULT NULL::text, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT event_id bigint, OUT referral_id bigint, OUT referee_points numeric, OUT referrer_points numeric, OUT current_points numeric) returns record
function loyalty.bsp_secret(org text, bsp_account text) returns jsonb
function loyalty.cancel_message(org text, customer_id bigint, message_id bigint, reason text DEFAULT NULL::text) returns void
function loyalty.card_history(org text, card_number text) returns TABLE(changed_at timestamp with time zone, change text, customer_id bigint, old_status text, new_status text, label text, reason text, actor text, other_card_id bigint)
function loyalty.change_expiry(org text, customer_id bigint, lot_id bigint, expires_at timestamp with time zone, immediately boolean DEFAULT false, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT event_id bigint, OUT old_expires_at timestamp with time zone, OUT old_last_day date, OUT new_expires_at timestamp with time zone, OUT new_last_day date, OUT expired_points numeric, OUT current_points numeric) returns record
function loyalty.change_identifier(org text, customer_id bigint, identifier_type text, new_value text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns void
function loyalty.change_promotion(org text, promotion text, name text DEFAULT NULL::text, benefit jsonb DEFAULT NULL::jsonb, condition jsonb DEFAULT NULL::jsonb, starts_at timestamp with time zone DEFAULT NULL::timestamp with time zone, ends_at timestamp with time zone DEFAULT NULL::timestamp with time zone, first_day date DEFAULT NULL::date, last_day date DEFAULT NULL::date, priority integer DEFAULT NULL::integer, stacking text DEFAULT NULL::text, stacking_group text DEFAULT NULL::text, favour text DEFAULT NULL::text, spread boolean DEFAULT NULL::boolean, maximum_discount numeric DEFAULT NULL::numeric, times_per_bill integer DEFAULT NULL::integer, redemptions_total bigint DEFAULT NULL::bigint, anonymous boolean DEFAULT NULL::boolean, return_policy text DEFAULT NULL::text, restore_on_return boolean DEFAULT NULL::boolean) returns integer
function loyalty.change_requests(org text, request_types text[] DEFAULT NULL::text[], from_date date DEFAULT NULL::date, to_date date DEFAULT NULL::date, statuses text[] DEFAULT '{pending,approved,declined}'::text[], customer_id bigint DEFAULT NULL::bigint, page_size integer DEFAULT 50, page_key text DEFAULT NULL::text, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(request_id bigint, request_type text, status text, requested_at timestamp with time zone, local_time timestamp without time zone, requested_by text, origin text, source text, till text, customer_id bigint, original_customer_id bigint, customer_name text, existing_value text, requested_value text, target_id bigint, payload jsonb, warnings text[], reason text, actor text, decided_at timestamp with time zone, decided_by text, decision_reason text, one_step boolean, auto_approved boolean, result_id bigint, escalated_step integer, page_key text)
function loyalty.change_requests_csv(org text, request_types text[] DEFAULT NULL::text[], from_date date DEFAULT NULL::date, to_date date DEFAULT NULL::date, statuses text[] DEFAULT '{pending,approved,declined}'::text[], customer_id bigint DEFAULT NULL::bigint, raw boolean DEFAULT false, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(csv_line text)
function loyalty.check_change_request(org text, request_id bigint, OUT passes boolean, OUT changed text[]) returns record
function loyalty.check_limits(org text) returns integer
function loyalty.check_restriction(org text, customer_id bigint DEFAULT NULL::bigint, operation text DEFAULT NULL::text, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text, OUT allowed boolean, OUT effects text[], OUT restrictions text[], OUT status text, OUT label text) returns record
function loyalty.claim_offer(org text, series text, campaign text DEFAULT NULL::text, program text DEFAULT NULL::text, actor text DEFAULT NULL::text) returns void
function loyalty.clock() returns timestamp with time zone
function loyalty.config_catalogue() returns TABLE(config_key text, value_type text, default_value text, allowed text, description text)
function loyalty.create_bsp_account(org text, bsp_account text, bsp text, number text, is_verified boolean, secrets jsonb) returns integer
function loyalty.create_card_label(org text, status text, label text) returns integer
function loyalty.create_card_series(org text, series text, name text, card_type text DEFAULT 'physical'::text, method text DEFAULT 'RANDOM_LUHN'::text, length integer DEFAULT 16, prefix text DEFAULT NULL::text, suffix text DEFAULT NULL::text, serial_offset bigint DEFAULT 0, max_active_per_customer integer DEFAULT NULL::integer, validity interval DEFAULT NULL::interval, checksum_includes text DEFAULT 'NONE'::text, issue text DEFAULT 'never'::text, program text DEFAULT NULL::text) returns integer
function loyalty.create_code(org text, promotion text, code text, redemptions bigint DEFAULT NULL::bigint, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, distribution text DEFAULT NULL::text, partner text DEFAULT NULL::text) returns void
function loyalty.create_contact(org text, contact text, name text, email text DEFAULT NULL::text, mobile text DEFAULT NULL::text, topics text[] DEFAULT '{}'::text[]) returns integer
function loyalty.create_coupon_series(org text, series text, name text, promotion text DEFAULT NULL::text, code_type text DEFAULT 'unique'::text, issue_limit bigint DEFAULT NULL::bigint, notify_at bigint DEFAULT NULL::bigint, redemptions_total bigint DEFAULT NULL::bigint, redemptions_per_coupon integer DEFAULT 1, redemptions_per_customer bigint DEFAULT NULL::bigint, coupons_per_customer bigint DEFAULT NULL::bigint, validity interval DEFAULT NULL::interval, starts_at timestamp with time zone DEFAULT NULL::timestamp with time zone, ends_at timestamp with time zone DEFAULT NULL::timestamp with time zone, any_user boolean DEFAULT false, discount_type text DEFAULT NULL::text, discount_value numeric DEFAULT NULL::numeric, maximum_discount numeric DEFAULT NULL::numeric, minimum_bill numeric DEFAULT NULL::numeric, stores text[] DEFAULT NULL::text[], days text[] DEFAULT NULL::text[], hours text[] DEFAULT NULL::text[], valid_from_days integer DEFAULT NULL::integer, days_between_issues integer DEFAULT NULL::integer, days_between_redemptions integer DEFAULT NULL::integer, generic_code text DEFAULT NULL::text, code_prefix text DEFAULT 'C'::text, code_length integer DEFAULT 10, description text DEFAULT NULL::text) returns integer
function loyalty.create_event_subscriber(org text, subscriber text, endpoint text DEFAULT NULL::text, event_names text[] DEFAULT NULL::text[], secret text DEFAULT NULL::text, include_identifiers boolean DEFAULT false) returns integer
function loyalty.create_message_template(org text, template text, channel text, body text DEFAULT NULL::text, subject text DEFAULT NULL::text, blocks jsonb DEFAULT NULL::jsonb, components jsonb DEFAULT NULL::jsonb, purpose text DEFAULT 'transactional'::text, topic text DEFAULT NULL::text, variable_names text[] DEFAULT NULL::text[], variable_limits jsonb DEFAULT NULL::jsonb, language text DEFAULT NULL::text, header_id text DEFAULT NULL::text, external_template_id text DEFAULT NULL::text, as_draft boolean DEFAULT false, OUT template_id integer, OUT version_no integer, OUT status text, OUT warnings text[]) returns record
function loyalty.create_org(org text, name text, time_zone text DEFAULT 'UTC'::text, base_country text DEFAULT NULL::text, currency_code text DEFAULT NULL::text, currency_symbol text DEFAULT NULL::text) returns integer
function loyalty.create_org_unit(org text, org_unit text, name text) returns integer
function loyalty.create_program(org text, program text, name text, is_default boolean DEFAULT false, points_per_unit numeric DEFAULT 1, decimals integer DEFAULT 0, rounding text DEFAULT 'half_up'::text, expiry_unit text DEFAULT 'never'::text, expiry_value integer DEFAULT NULL::integer, expiry_date date DEFAULT NULL::date, expiry_type text DEFAULT 'fixed'::text, allow_negative_on_return boolean DEFAULT false) returns integer
function loyalty.create_promotion(org text, promotion text, name text, benefit jsonb, condition jsonb DEFAULT NULL::jsonb, trigger text DEFAULT 'automatic'::text, starts_at timestamp with time zone DEFAULT NULL::timestamp with time zone, ends_at timestamp with time zone DEFAULT NULL::timestamp with time zone, first_day date DEFAULT NULL::date, last_day date DEFAULT NULL::date, priority integer DEFAULT 100, stacking text DEFAULT 'stack'::text, stacking_group text DEFAULT NULL::text, favour text DEFAULT 'brand'::text, spread boolean DEFAULT true, maximum_discount numeric DEFAULT NULL::numeric, times_per_bill integer DEFAULT NULL::integer, redemptions_total bigint DEFAULT NULL::bigint, redemptions_per_code bigint DEFAULT 1, redemptions_per_customer bigint DEFAULT NULL::bigint, anonymous boolean DEFAULT true, return_policy text DEFAULT 'share'::text, restore_on_return boolean DEFAULT true) returns integer
function loyalty.create_reminder(org text, reminder text, topic text, days_before integer, template text, channel text DEFAULT NULL::text, program text DEFAULT NULL::text) returns integer
function loyalty.create_sender(org text, sender text, channel text, org_unit text DEFAULT NULL::text, is_default boolean DEFAULT false, bsp_account text DEFAULT NULL::text, is_verified boolean DEFAULT true) returns integer
function loyalty.create_source(source text, needs_account boolean DEFAULT false) returns integer
function loyalty.create_status_label(org text, status text, label text, description text DEFAULT NULL::text) returns integer
function loyalty.create_store(org text, store text, name text) returns integer
function loyalty.create_till(org text, till text, store text, program text DEFAULT NULL::text) returns integer
function loyalty.create_voucher(org text, amount numeric, count integer DEFAULT 1, expires_on date DEFAULT NULL::date, validity interval DEFAULT NULL::interval, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text) returns TABLE(voucher_id bigint, voucher_code text, expires_at timestamp with time zone, last_day date)
function loyalty.customer_brief(org text, customer_id bigint DEFAULT NULL::bigint, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns jsonb
function loyalty.customer_cards(org text, customer_id bigint DEFAULT NULL::bigint, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(card_number text, card_external_id text, card_id bigint, series text, status text, label text, program text, issued_at timestamp with time zone, expires_at timestamp with time zone, last_day date)
function loyalty.customer_coupons(org text, customer_id bigint DEFAULT NULL::bigint, statuses text[] DEFAULT NULL::text[], series text DEFAULT NULL::text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT 50, page_key text DEFAULT NULL::text, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(coupon_id bigint, coupon_code text, series text, name text, description text, discount_type text, discount_value numeric, maximum_discount numeric, status text, issued_at timestamp with time zone, valid_from timestamp with time zone, expires_at timestamp with time zone, last_day date, redemptions bigint, redemptions_left bigint, campaign text, revoked_at timestamp with time zone, page_key text)
function loyalty.customer_interactions(org text, customer_id bigint DEFAULT NULL::bigint, channel text DEFAULT NULL::text, from_date date DEFAULT NULL::date, to_date date DEFAULT NULL::date, page_size integer DEFAULT 50, page_key text DEFAULT NULL::text, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(message_id bigint, channel text, purpose text, state text, delivery_status text, cause text, template text, sender text, source text, campaign text, address text, subject text, body text, created_at timestamp with time zone, changed_at timestamp with time zone, local_time timestamp without time zone, page_key text)
function loyalty.customer_redemptions(org text, customer_id bigint DEFAULT NULL::bigint, redemption_types text[] DEFAULT NULL::text[], from_time timestamp with time zone DEFAULT NULL::timestamp with time zone, to_time timestamp with time zone DEFAULT NULL::timestamp with time zone, merchant_store_id text DEFAULT NULL::text, coupon_id_from bigint DEFAULT NULL::bigint, coupon_id_to bigint DEFAULT NULL::bigint, page_size integer DEFAULT 50, page_key text DEFAULT NULL::text, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(redemption_type text, use_id bigint, redemption_id text, coupon_id bigint, coupon_code text, series text, points numeric, discount numeric, bill_amount numeric, transaction_number text, transaction_id bigint, till text, store text, source text, event_time timestamp with time zone, recorded_at timestamp with time zone, returned_at timestamp with time zone, reversed_points numeric, page_key text)
function loyalty.customer_single_view(org text, customer_id bigint DEFAULT NULL::bigint, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns jsonb
function loyalty.customer_timeline(org text, customer_id bigint DEFAULT NULL::bigint, kinds text[] DEFAULT NULL::text[], from_time timestamp with time zone DEFAULT NULL::timestamp with time zone, to_time timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT 50, page_key text DEFAULT NULL::text, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(recorded_at timestamp with time zone, event_time timestamp with time zone, kind text, action text, id bigint, customer_id bigint, summary jsonb, page_key text)
function loyalty.decline_change_request(org text, request_id bigint, reason text, actor text DEFAULT NULL::text) returns void
function loyalty.decline_deletion(org text, customer_id bigint, reason text DEFAULT NULL::text) returns void
function loyalty.define_field(org text, kind text, entity text, name text, data_type text, is_required boolean DEFAULT false, allowed_values text[] DEFAULT NULL::text[]) returns integer
function loyalty.delete_customer_note(org text, customer_id bigint, note_id bigint) returns void
function loyalty.dnd_consents_csv(org text) returns TABLE(csv_line text)
function loyalty.earn_items(items jsonb) returns loyalty.earn_item[]
function loyalty.earn_points(org text, customer_id bigint, points numeric, category text DEFAULT 'regular'::text, event_name text DEFAULT 'points_award'::text, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, redeemable_from timestamp with time zone DEFAULT NULL::timestamp with time zone, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text) returns loyalty.earn_points_result
function loyalty.earn_points_batch(org text, items loyalty.earn_item[], all_or_nothing boolean DEFAULT true, actor text DEFAULT NULL::text) returns TABLE(item_no integer, event_id bigint, lot_id bigint, points numeric, current_points numeric, expires_at timestamp with time zone, last_day date, error_code text, error text)
function loyalty.enable_customer_status(org text) returns bigint
function loyalty.enrol_customer(org text, customer_id bigint, fields jsonb DEFAULT NULL::jsonb, program text DEFAULT NULL::text, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT status text, OUT missing text[]) returns record
function loyalty.enter_code(org text, purpose text, code text, customer_id bigint DEFAULT NULL::bigint, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text, OUT attempt uuid, OUT attempts_left integer) returns record
function loyalty.expire_cards(org text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) returns bigint
function loyalty.explain_registration(org text, mobile text DEFAULT NULL::text, email text DEFAULT NULL::text, external_id text DEFAULT NULL::text, first_name text DEFAULT NULL::text, last_name text DEFAULT NULL::text, registered_on timestamp with time zone DEFAULT NULL::timestamp with time zone, loyalty_type text DEFAULT 'loyalty'::text, base_till text DEFAULT NULL::text, fields jsonb DEFAULT NULL::jsonb, extended_fields jsonb DEFAULT NULL::jsonb, custom_fields jsonb DEFAULT NULL::jsonb, card_series text DEFAULT NULL::text, status_label text DEFAULT NULL::text, status_label_reason text DEFAULT NULL::text, till text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, account_id text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT decision_row integer, OUT outcome text, OUT customer_id bigint, OUT owners jsonb, OUT warnings text[], OUT checks text[]) returns record
function loyalty.export_codes(org text, promotion text, batch_no integer) returns SETOF text
function loyalty.export_customer(org text, customer_id bigint DEFAULT NULL::bigint, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns jsonb
function loyalty.extend_event_lease(org text, subscriber text, customer_id bigint, event_id bigint, lease_no integer, lease_seconds integer DEFAULT 60) returns timestamp with time zone
function loyalty.extend_lease(org text, customer_id bigint, message_id bigint, lease_no integer, lease_seconds integer DEFAULT 60) returns timestamp with time zone
function loyalty.find_customer(org text, identifier_type text, identifier_value text, source text DEFAULT NULL::text, account_id text DEFAULT NULL::text) returns bigint
function loyalty.find_transaction(org text, transaction_number text, till text DEFAULT NULL::text) returns TABLE(customer_id bigint, transaction_id bigint, transaction_type text, parent_transaction_id bigint, event_time timestamp with time zone, recorded_at timestamp with time zone, amount numeric, returned_amount numeric, left_amount numeric, till text, store text)
function loyalty.generate_cards(org text, series text, count integer) returns integer
function loyalty.generate_codes(org text, promotion text, quantity bigint, prefix text DEFAULT NULL::text, length integer DEFAULT 10, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, check_symbol boolean DEFAULT false, distribution text DEFAULT NULL::text, partner text DEFAULT NULL::text, OUT batch_no integer, OUT generated bigint) returns record
function loyalty.generate_external_id(org text) returns text
function loyalty.get_config(org text, config_key text) returns text
function loyalty.gift_voucher_balance(org text, code text, OUT voucher_id bigint, OUT balance numeric, OUT status text, OUT issued_at timestamp with time zone, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.grant_org(org text, role_name name) returns void
function loyalty.guarded_operations() returns TABLE(operation text, restriction text, effect text, kind text)
function loyalty.health_check() returns TABLE(item text, value text)
function loyalty.help(topic text DEFAULT NULL::text) returns TABLE(name text, description text)
function loyalty.import_cards(org text, series text, card_numbers text[], card_external_ids text[] DEFAULT NULL::text[]) returns integer
function loyalty.import_opening_balance(org text, customer_id bigint, points numeric, category text DEFAULT 'regular'::text, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT event_id bigint, OUT points numeric, OUT current_points numeric) returns record
function loyalty.import_points(org text, customer_id bigint, points numeric, event_name text DEFAULT 'points_import'::text, category text DEFAULT 'regular'::text, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT event_id bigint, OUT points numeric, OUT current_points numeric) returns record
function loyalty.is_coupon_redeemable(org text, customer_id bigint, coupon_code text, bill_amount numeric DEFAULT NULL::numeric, transaction_number text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT redeemable boolean, OUT coupon_id bigint, OUT series text, OUT discount numeric, OUT redemptions_left bigint, OUT expires_at timestamp with time zone, OUT last_day date, OUT failed_condition text, OUT condition_required text, OUT condition_actual text) returns record
function loyalty.is_redeemable(org text, customer_id bigint, points numeric, transaction_number text DEFAULT NULL::text, transaction_till text DEFAULT NULL::text, up_to boolean DEFAULT false, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT redeemable boolean, OUT points numeric, OUT failed_condition text, OUT failed_program text, OUT required numeric, OUT actual numeric, OUT available_points numeric, OUT currency_value numeric) returns record
function loyalty.issue_card(org text, customer_id bigint, series text DEFAULT NULL::text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT card_id bigint, OUT card_number text, OUT status text, OUT label text, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.issue_coupon(org text, customer_id bigint, series text, campaign text DEFAULT NULL::text, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text) returns loyalty.issue_coupon_result
function loyalty.issue_coupon_items(items jsonb) returns loyalty.issue_coupon_item[]
function loyalty.issue_coupons(org text, series text, customer_ids bigint[], campaign text DEFAULT NULL::text, all_or_nothing boolean DEFAULT false, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text) returns TABLE(item_no integer, coupon_id bigint, coupon_code text, expires_at timestamp with time zone, last_day date, error_code text, error text)
function loyalty.issue_coupons_batch(org text, items loyalty.issue_coupon_item[], all_or_nothing boolean DEFAULT true, actor text DEFAULT NULL::text) returns TABLE(item_no integer, coupon_id bigint, coupon_code text, expires_at timestamp with time zone, last_day date, error_code text, error text)
function loyalty.issue_gift_voucher(org text, customer_id bigint, amount numeric, expires_on date DEFAULT NULL::date, validity interval DEFAULT NULL::interval, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT voucher_id bigint, OUT voucher_code text, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.issue_gift_voucher_for_points(org text, customer_id bigint, points numeric, expires_on date DEFAULT NULL::date, validity interval DEFAULT NULL::interval, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT event_id bigint, OUT voucher_id bigint, OUT voucher_code text, OUT amount numeric, OUT redeemed_points numeric, OUT current_points numeric, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.ledger_closing_balance(org text, customer_id bigint DEFAULT NULL::bigint, program text DEFAULT NULL::text, category text DEFAULT NULL::text, entry_type text DEFAULT NULL::text, from_time timestamp with time zone DEFAULT NULL::timestamp with time zone, to_time timestamp with time zone DEFAULT NULL::timestamp with time zone, tills text[] DEFAULT NULL::text[], store text DEFAULT NULL::text, source text DEFAULT NULL::text, known_at timestamp with time zone DEFAULT NULL::timestamp with time zone, include_till_concept_events boolean DEFAULT false, include_merged boolean DEFAULT false, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(customer_id bigint, program text, category text, closing_balance numeric, entry_no integer, effective_at timestamp with time zone)
function loyalty.ledger_event_details(org text, customer_id bigint DEFAULT NULL::bigint, event_id bigint DEFAULT NULL::bigint, include_merged boolean DEFAULT false, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(customer_id bigint, entry_no integer, entry_type text, program text, category text, house_account text, entry_points numeric, balance_after numeric, lot_id bigint, movement text, points numeric, award_type text, awarded_at timestamp with time zone, redeemable_from timestamp with time zone, expires_at timestamp with time zone, last_day date, old_expires_at timestamp with time zone, old_last_day date, origin_customer_id bigint, origin_lot_id bigint)
function loyalty.link_card(org text, customer_id bigint, card_number text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns void
function loyalty.link_code(org text, customer_id bigint, code text, mode text DEFAULT 'DISCOUNT'::text, OUT promotion text, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.luhn_check_digit(digits text) returns text
function loyalty.luhn_is_valid(number text) returns boolean
function loyalty.merge_customers(org text, survivor_id bigint, victim_id bigint, accept_warnings boolean DEFAULT true, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT merge_id bigint, OUT survivor_id bigint, OUT warnings text[]) returns record
function loyalty.message_hits(org text, days integer DEFAULT 7, from_date date DEFAULT NULL::date, to_date date DEFAULT NULL::date, campaign text DEFAULT NULL::text, channel text DEFAULT NULL::text) returns TABLE(campaign text, channel text, delivered_customers bigint, hit_customers bigint, hit_rate numeric, bills bigint, sales numeric, control_customers bigint, control_sales numeric, incremental_sales numeric)
function loyalty.message_report(org text, from_date date DEFAULT NULL::date, to_date date DEFAULT NULL::date, campaign text DEFAULT NULL::text, channel text DEFAULT NULL::text) returns TABLE(campaign text, channel text, message_day date, sent bigint, delivered bigint, read bigint, failed bigint, dnd bigint)
function loyalty.message_tags(org text, topic text DEFAULT NULL::text) returns TABLE(topic text, tag text, meaning text, example text)
function loyalty.mod7_check_digit(digits text) returns text
function loyalty.mod7_is_valid(number text) returns boolean
function loyalty.move_transaction(org text, transaction_number text, from_customer_id bigint, to_customer_id bigint, transaction_till text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT event_id bigint, OUT transaction_id bigint, OUT from_points numeric, OUT to_points numeric, OUT current_points numeric, OUT warnings text[]) returns record
function loyalty.notify_contacts(org text, topic text, template text, variables jsonb, dedupe_key text, amount numeric DEFAULT NULL::numeric) returns integer
function loyalty.one_step_change(org text, request_type text, existing text, requested_to text, accept_warnings boolean DEFAULT true, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, OUT request_id bigint, OUT result_id bigint) returns record
function loyalty.points_balance(org text, customer_id bigint DEFAULT NULL::bigint, program text DEFAULT NULL::text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, known_at timestamp with time zone DEFAULT NULL::timestamp with time zone, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text, OUT current_points numeric, OUT promised_points numeric, OUT trigger_based_points numeric, OUT lifetime_points numeric, OUT redeemed_points numeric, OUT expired_points numeric, OUT returned_points numeric, OUT available_points numeric, OUT coming_expiries jsonb) returns record
function loyalty.points_ledger(org text, customer_id bigint DEFAULT NULL::bigint, program text DEFAULT NULL::text, category text DEFAULT NULL::text, entry_type text DEFAULT NULL::text, from_time timestamp with time zone DEFAULT NULL::timestamp with time zone, to_time timestamp with time zone DEFAULT NULL::timestamp with time zone, tills text[] DEFAULT NULL::text[], store text DEFAULT NULL::text, source text DEFAULT NULL::text, newest_first boolean DEFAULT true, page_size integer DEFAULT 100, after_key text DEFAULT NULL::text, known_at timestamp with time zone DEFAULT NULL::timestamp with time zone, include_till_concept_events boolean DEFAULT false, include_merged boolean DEFAULT false, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text) returns TABLE(customer_id bigint, event_id bigint, event_name text, event_time timestamp with time zone, effective_at timestamp with time zone, recorded_at timestamp with time zone, entry_no integer, entry_type text, program text, category text, points numeric, balance_after numeric, points_on_event numeric, till text, store text, source text, transaction_id bigint, transaction_number text, redemption_id text, reason text, has_more boolean, next_key text)
function loyalty.points_ledger_json(org text, customer_id bigint DEFAULT NULL::bigint, program text DEFAULT NULL::text, category text DEFAULT NULL::text, entry_type text DEFAULT NULL::text, from_time timestamp with time zone DEFAULT NULL::timestamp with time zone, to_time timestamp with time zone DEFAULT NULL::timestamp with time zone, tills text[] DEFAULT NULL::text[], store text DEFAULT NULL::text, source text DEFAULT NULL::text, newest_first boolean DEFAULT true, page_size integer DEFAULT 10, after_key text DEFAULT NULL::text, known_at timestamp with time zone DEFAULT NULL::timestamp with time zone, include_till_concept_events boolean DEFAULT false, include_merged boolean DEFAULT false, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text, with_total boolean DEFAULT false) returns jsonb
function loyalty.preview_card_numbers(org text, series text, count integer) returns SETOF text
function loyalty.preview_external_ids(org text, count integer) returns SETOF text
function loyalty.preview_merge(org text, survivor_id bigint, victim_id bigint, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone) returns TABLE(line_no integer, participant text, item text, survivor_value text, victim_value text, final_value text, rule text, warning text)
function loyalty.preview_message(org text, template text, variables jsonb DEFAULT NULL::jsonb, language text DEFAULT NULL::text, OUT version_no integer, OUT status text, OUT language text, OUT subject text, OUT body text, OUT html text, OUT components jsonb) returns record
function loyalty.record_delivery(org text, bsp_account text, provider_message_id text, provider_status text, error_code text DEFAULT NULL::text, occurred_at timestamp with time zone DEFAULT NULL::timestamp with time zone) returns text
function loyalty.record_inbound(org text, channel text, address text, body text, provider_message_id text DEFAULT NULL::text, sender text DEFAULT NULL::text, received_at timestamp with time zone DEFAULT NULL::timestamp with time zone, idempotency_key text DEFAULT NULL::text, OUT message_id bigint, OUT customer_id bigint, OUT action text) returns record
function loyalty.redeem_coupon(org text, customer_id bigint, coupon_code text, transaction_number text, bill_amount numeric, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT use_id bigint, OUT coupon_id bigint, OUT transaction_id bigint, OUT series text, OUT discount numeric, OUT redemptions_left bigint) returns record
function loyalty.redeem_coupon_items(items jsonb) returns loyalty.redeem_coupon_item[]
function loyalty.redeem_coupons_batch(org text, items loyalty.redeem_coupon_item[], all_or_nothing boolean DEFAULT true, actor text DEFAULT NULL::text) returns TABLE(item_no integer, use_id bigint, coupon_id bigint, transaction_id bigint, series text, discount numeric, redemptions_left bigint, error_code text, error text)
function loyalty.redeem_gift_voucher(org text, code text, amount numeric, transaction_number text DEFAULT NULL::text, up_to boolean DEFAULT false, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT movement_id bigint, OUT voucher_id bigint, OUT redeemed_amount numeric, OUT balance numeric, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.redeem_items(items jsonb) returns loyalty.redeem_item[]
function loyalty.redeem_points(org text, customer_id bigint, points numeric, transaction_number text DEFAULT NULL::text, transaction_till text DEFAULT NULL::text, up_to boolean DEFAULT false, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns loyalty.redeem_points_result
function loyalty.redeem_points_batch(org text, items loyalty.redeem_item[], all_or_nothing boolean DEFAULT true, actor text DEFAULT NULL::text) returns TABLE(item_no integer, event_id bigint, redemption_id text, points numeric, current_points numeric, error_code text, error text)
function loyalty.register_customer(org text, mobile text DEFAULT NULL::text, email text DEFAULT NULL::text, external_id text DEFAULT NULL::text, first_name text DEFAULT NULL::text, last_name text DEFAULT NULL::text, registered_on timestamp with time zone DEFAULT NULL::timestamp with time zone, loyalty_type text DEFAULT 'loyalty'::text, base_till text DEFAULT NULL::text, fields jsonb DEFAULT NULL::jsonb, extended_fields jsonb DEFAULT NULL::jsonb, custom_fields jsonb DEFAULT NULL::jsonb, card_series text DEFAULT NULL::text, status_label text DEFAULT NULL::text, status_label_reason text DEFAULT NULL::text, till text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, account_id text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT customer_id bigint, OUT outcome text, OUT warnings text[]) returns record
function loyalty.register_customer_json(org text, payload jsonb, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT customer_id bigint, OUT outcome text, OUT warnings text[]) returns record
function loyalty.release_identifier(org text, customer_id bigint, identifier_type text, identifier_value text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, account_id text DEFAULT NULL::text, actor text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns void
function loyalty.release_offer(org text, series text) returns boolean
function loyalty.render_email(org text, blocks jsonb, variables jsonb DEFAULT NULL::jsonb, OUT html text, OUT body text, OUT style_sheet text) returns record
function loyalty.renormalize_mobiles(org text, dry_run boolean DEFAULT true, after_customer_id bigint DEFAULT 0, count integer DEFAULT 1000, actor text DEFAULT NULL::text) returns TABLE(customer_id bigint, outcome text, other_customer_id bigint)
function loyalty.replace_card(org text, customer_id bigint, old_card_number text, series text DEFAULT NULL::text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT card_id bigint, OUT card_number text, OUT status text, OUT label text, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.replace_gift_voucher_code(org text, voucher_id bigint, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text) returns text
function loyalty.replay_events(org text, subscriber text, from_time timestamp with time zone, to_time timestamp with time zone DEFAULT NULL::timestamp with time zone, customer_id bigint DEFAULT NULL::bigint) returns bigint
function loyalty.request_deletion(org text, customer_id bigint, reason text DEFAULT NULL::text) returns bigint
function loyalty.restriction_list() returns TABLE(restriction text, status text)
function loyalty.retire_contact(org text, contact text) returns void
function loyalty.retire_reminder(org text, reminder text) returns void
function loyalty.retire_sender(org text, sender text, channel text) returns void
function loyalty.return_transaction(org text, customer_id bigint, transaction_number text, line_items jsonb DEFAULT NULL::jsonb, amount numeric DEFAULT NULL::numeric, transaction_till text DEFAULT NULL::text, return_number text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT event_id bigint, OUT transaction_id bigint, OUT amount numeric, OUT points numeric, OUT current_points numeric) returns record
function loyalty.reverse_coupon_redemption(org text, customer_id bigint, use_id bigint, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT return_id bigint, OUT reversed_use_id bigint, OUT coupon_id bigint, OUT redemptions_left bigint) returns record
function loyalty.reverse_redemption(org text, customer_id bigint, redemption_id text, points numeric DEFAULT NULL::numeric, redemption_event_id bigint DEFAULT NULL::bigint, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT event_id bigint, OUT points numeric, OUT points_available numeric, OUT points_expired numeric, OUT current_points numeric) returns record
function loyalty.reverse_voucher_redemption(org text, voucher_id bigint, redemption_movement_id bigint, amount numeric DEFAULT NULL::numeric, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT movement_id bigint, OUT reversed_amount numeric, OUT balance numeric, OUT expires_at timestamp with time zone, OUT last_day date) returns record
function loyalty.revoke_code(org text, code text) returns void
function loyalty.revoke_code_batch(org text, promotion text, batch_no integer) returns void
function loyalty.revoke_coupon(org text, customer_id bigint, coupon_code text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text) returns integer
function loyalty.revoke_gift_voucher(org text, voucher_id bigint, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, store text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT movement_id bigint, OUT revoked_amount numeric) returns record
function loyalty.revoke_org(org text, role_name name) returns void
function loyalty.schedule_jobs(org text) returns TABLE(job text, times text, command text, scheduled boolean, crontab_line text)
function loyalty.search_contacts(org text, name_part text) returns TABLE(contact text, name text, email text, mobile text, topics text[])
function loyalty.search_customers(org text, name text DEFAULT NULL::text, mobile text DEFAULT NULL::text, email text DEFAULT NULL::text, external_id text DEFAULT NULL::text, page_size integer DEFAULT 50, page_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text) returns TABLE(customer_id bigint, first_name text, last_name text, mobile text, email text, external_id text, loyalty_type text, registered_on timestamp with time zone, page_key text)
function loyalty.search_incentive(org text, incentive_type text, code text, OUT valid boolean, OUT reason text, OUT incentive_id bigint, OUT shown_code text, OUT offer text, OUT name text, OUT status text, OUT customer_id bigint, OUT issued_at timestamp with time zone, OUT expires_at timestamp with time zone, OUT last_day date, OUT redemptions bigint, OUT redemptions_left bigint, OUT balance numeric) returns record
function loyalty.send_code(org text, purpose text, customer_id bigint DEFAULT NULL::bigint, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text, channel text DEFAULT NULL::text, amount numeric DEFAULT NULL::numeric, program text DEFAULT NULL::text, OUT sent_at timestamp with time zone, OUT expires_at timestamp with time zone) returns record
function loyalty.send_email(org text, customer_id bigint, subject text, body text DEFAULT NULL::text, blocks jsonb DEFAULT NULL::jsonb, variables jsonb DEFAULT '{}'::jsonb, purpose text DEFAULT 'transactional'::text, sender text DEFAULT NULL::text, priority text DEFAULT NULL::text, not_before timestamp with time zone DEFAULT NULL::timestamp with time zone, valid_until timestamp with time zone DEFAULT NULL::timestamp with time zone, attachments jsonb DEFAULT NULL::jsonb, campaign text DEFAULT NULL::text, address text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT message_id bigint, OUT state text, OUT cause text, OUT sender text, OUT warnings text[]) returns record
function loyalty.send_message(org text, customer_id bigint, template text, variables jsonb DEFAULT '{}'::jsonb, channel text DEFAULT NULL::text, language text DEFAULT NULL::text, purpose text DEFAULT NULL::text, sender text DEFAULT NULL::text, priority text DEFAULT NULL::text, not_before timestamp with time zone DEFAULT NULL::timestamp with time zone, valid_until timestamp with time zone DEFAULT NULL::timestamp with time zone, attachments jsonb DEFAULT NULL::jsonb, campaign text DEFAULT NULL::text, address text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT message_id bigint, OUT state text, OUT cause text, OUT sender text, OUT warnings text[]) returns record
function loyalty.send_sms(org text, customer_id bigint, message text, purpose text DEFAULT 'transactional'::text, sender text DEFAULT NULL::text, priority text DEFAULT NULL::text, not_before timestamp with time zone DEFAULT NULL::timestamp with time zone, valid_until timestamp with time zone DEFAULT NULL::timestamp with time zone, campaign text DEFAULT NULL::text, address text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT message_id bigint, OUT state text, OUT cause text, OUT sender text, OUT warnings text[]) returns record
function loyalty.send_whatsapp(org text, customer_id bigint, message text DEFAULT NULL::text, media jsonb DEFAULT NULL::jsonb, purpose text DEFAULT NULL::text, sender text DEFAULT NULL::text, priority text DEFAULT NULL::text, not_before timestamp with time zone DEFAULT NULL::timestamp with time zone, valid_until timestamp with time zone DEFAULT NULL::timestamp with time zone, campaign text DEFAULT NULL::text, address text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, OUT message_id bigint, OUT state text, OUT cause text, OUT sender text, OUT warnings text[]) returns record
function loyalty.set_card_status(org text, card_number text, status text, label text DEFAULT NULL::text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text) returns void
function loyalty.set_change_request_contacts(org text, request_type text, contacts text[], step integer DEFAULT 0, after_hours integer DEFAULT NULL::integer) returns void
function loyalty.set_change_request_rules(org text, request_type text, notify text DEFAULT 'never'::text, notify_amount numeric DEFAULT NULL::numeric, auto_approve boolean DEFAULT false, auto_approve_points numeric DEFAULT NULL::numeric, communicate text[] DEFAULT '{}'::text[], otp text DEFAULT 'off'::text) returns void
function loyalty.set_change_request_template(org text, request_type text, audience text, channel text, body text DEFAULT NULL::text, subject text DEFAULT NULL::text, blocks jsonb DEFAULT NULL::jsonb, attachments jsonb DEFAULT NULL::jsonb, language text DEFAULT NULL::text, OUT template text, OUT version_no integer) returns record
function loyalty.set_channel(org text, customer_id bigint, channel text, address text, is_verified boolean DEFAULT NULL::boolean, is_primary boolean DEFAULT NULL::boolean, device text DEFAULT NULL::text, source text DEFAULT 'INSTORE'::text, account_id text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns void
function loyalty.set_config(org text, config_key text, config_value text) returns void
function loyalty.set_contact_topic(org text, topic text, notify text, amount numeric DEFAULT NULL::numeric) returns void
function loyalty.set_countries(org text, base_country text, supported_countries text[] DEFAULT '{}'::text[]) returns void
function loyalty.set_customer_status(org text, customer_id bigint, label text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns void
function loyalty.set_default_card_label(org text, status text, label text) returns void
function loyalty.set_default_sender(org text, sender text, channel text) returns void
function loyalty.set_default_status_label(org text, status text, label text) returns void
function loyalty.set_delivery_code(org text, bsp text, provider_status text, error_code text, delivery_status text DEFAULT NULL::text, cause text DEFAULT NULL::text) returns void
function loyalty.set_fraud_status(org text, customer_id bigint, fraud_status text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns void
function loyalty.set_issue_limit(org text, series text, issue_limit bigint DEFAULT NULL::bigint, notify_at bigint DEFAULT NULL::bigint) returns void
function loyalty.set_ndnc_status(org text, mobile text, status text, industries text[] DEFAULT NULL::text[]) returns void
function loyalty.set_participation_rules(org text, program text, enabled boolean DEFAULT true, automatic_registration boolean DEFAULT false, phone_confirmation boolean DEFAULT false, terms text[] DEFAULT '{}'::text[], stores text[] DEFAULT '{}'::text[]) returns void
function loyalty.set_participation_status(org text, customer_id bigint, status text, program text DEFAULT NULL::text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text) returns void
function loyalty.set_promised_rules(org text, program text, delay_days integer DEFAULT 0, expiry_from text DEFAULT 'conversion'::text) returns void
function loyalty.set_redemption_rules(org text, program text, points_per_currency_unit numeric DEFAULT NULL::numeric, minimum numeric DEFAULT NULL::numeric, maximum numeric DEFAULT NULL::numeric, multiple numeric DEFAULT NULL::numeric, balance_required numeric DEFAULT NULL::numeric, lifetime_points_required numeric DEFAULT NULL::numeric, per_day numeric DEFAULT NULL::numeric, per_week numeric DEFAULT NULL::numeric, per_month numeric DEFAULT NULL::numeric) returns void
function loyalty.set_restriction(org text, restriction text, labels text[]) returns void
function loyalty.set_retention(org text, what text, days integer DEFAULT NULL::integer) returns void
function loyalty.set_store_location(org text, store text, address text DEFAULT NULL::text, city text DEFAULT NULL::text, latitude double precision DEFAULT NULL::double precision, longitude double precision DEFAULT NULL::double precision, opening_hours text DEFAULT NULL::text) returns void
function loyalty.set_store_org_unit(org text, store text, org_unit text DEFAULT NULL::text) returns void
function loyalty.set_store_sender(org text, store text, sender text DEFAULT NULL::text) returns void
function loyalty.set_subscription(org text, customer_id bigint, channel text, purpose text, opted_in boolean, consented_at timestamp with time zone DEFAULT NULL::timestamp with time zone, consent_source text DEFAULT NULL::text, device text DEFAULT NULL::text, source text DEFAULT NULL::text, account_id text DEFAULT NULL::text) returns void
function loyalty.set_template_status(org text, template text, status text, language text DEFAULT NULL::text, version_no integer DEFAULT NULL::integer, external_template_id text DEFAULT NULL::text, reason text DEFAULT NULL::text, OUT template_id integer, OUT version_no integer, OUT status text, OUT warnings text[]) returns record
function loyalty.set_test_control(org text, customer_id bigint, test_control text) returns void
function loyalty.set_transfer_rules(org text, program text, points_per_day numeric DEFAULT NULL::numeric, points_per_7_days numeric DEFAULT NULL::numeric, points_per_30_days numeric DEFAULT NULL::numeric, transfers_per_day integer DEFAULT NULL::integer, transfers_per_7_days integer DEFAULT NULL::integer, transfers_per_30_days integer DEFAULT NULL::integer, renew_expiry boolean DEFAULT false, exclude_registration_awards boolean DEFAULT true) returns void
function loyalty.set_verification_rules(org text, purpose text, resend_seconds integer DEFAULT 60, life_seconds integer DEFAULT 300, attempts integer DEFAULT 3, block_seconds integer DEFAULT 43200, code_length integer DEFAULT 6, code_characters text DEFAULT 'digits'::text, codes_per_day integer DEFAULT 10, failures_max integer DEFAULT 100, proof_seconds integer DEFAULT 300, proof_required boolean DEFAULT false, binds_amount boolean DEFAULT false) returns void
function loyalty.set_verification_template(org text, purpose text, channel text, body text, language text DEFAULT NULL::text, subject text DEFAULT NULL::text) returns void
function loyalty.stop_coupon_series(org text, series text) returns void
function loyalty.stop_promotion(org text, promotion text) returns void
function loyalty.stores_near(org text, latitude double precision, longitude double precision, count integer DEFAULT 5) returns TABLE(store text, name text, address text, city text, latitude double precision, longitude double precision, opening_hours text, metres bigint)
function loyalty.submit_change_request(org text, request_type text, customer_id bigint DEFAULT NULL::bigint, old_value text DEFAULT NULL::text, new_value text DEFAULT NULL::text, target_id bigint DEFAULT NULL::bigint, payload jsonb DEFAULT NULL::jsonb, existing text DEFAULT NULL::text, requested_to text DEFAULT NULL::text, origin text DEFAULT 'api'::text, accept_warnings boolean DEFAULT true, old_verification uuid DEFAULT NULL::uuid, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT request_id bigint, OUT status text, OUT warnings text[]) returns record
function loyalty.submit_message_template(org text, template text, language text DEFAULT NULL::text, OUT template_id integer, OUT version_no integer, OUT status text, OUT warnings text[]) returns record
function loyalty.take_events(org text, subscriber text, quantity integer DEFAULT 10, lease_seconds integer DEFAULT 60) returns TABLE(event_id bigint, customer_id bigint, lease_no integer, attempt integer, event_name text, payload text, webhook_timestamp bigint, signature text, previous_event_id bigint, is_replay boolean)
function loyalty.take_messages(org text, channel text, quantity integer DEFAULT 10, lease_seconds integer DEFAULT 60, worker text DEFAULT NULL::text) returns TABLE(message_id bigint, customer_id bigint, lease_no integer, attempt integer, purpose text, address text, subject text, body text, html text, attachments jsonb, sender text, bsp_account text, variables jsonb, components jsonb, external_template_id text, header_id text, language text, campaign text, valid_until timestamp with time zone, leased_until timestamp with time zone)
function loyalty.transfer_points(org text, from_customer_id bigint, to_customer_id bigint, points numeric, program text DEFAULT NULL::text, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid, OUT event_id bigint, OUT transfer_id bigint, OUT points numeric, OUT current_points numeric) returns record
function loyalty.unblock_verification(org text, purpose text, customer_id bigint DEFAULT NULL::bigint, identifier_type text DEFAULT NULL::text, identifier_value text DEFAULT NULL::text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text) returns void
function loyalty.unlink_card(org text, card_number text, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text) returns void
function loyalty.unlink_code(org text, customer_id bigint, code text) returns void
function loyalty.unlock_promised_points(org text, customer_id bigint, transaction_number text DEFAULT NULL::text, transaction_till text DEFAULT NULL::text, line_no integer DEFAULT NULL::integer, lot_id bigint DEFAULT NULL::bigint, event_time timestamp with time zone DEFAULT NULL::timestamp with time zone, till text DEFAULT NULL::text, reason text DEFAULT NULL::text, source text DEFAULT NULL::text, actor text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, card_number text DEFAULT NULL::text, card_external_id text DEFAULT NULL::text, OUT event_id bigint, OUT lot_count integer, OUT points numeric, OUT current_points numeric) returns record
function loyalty.update_bsp_account(org text, bsp_account text, number text DEFAULT NULL::text, is_verified boolean DEFAULT NULL::boolean, secrets jsonb DEFAULT NULL::jsonb) returns void
function loyalty.update_contact(org text, contact text, name text DEFAULT NULL::text, email text DEFAULT NULL::text, mobile text DEFAULT NULL::text, topics text[] DEFAULT NULL::text[]) returns void
function loyalty.update_customer(org text, customer_id bigint, first_name text DEFAULT NULL::text, last_name text DEFAULT NULL::text, base_till text DEFAULT NULL::text, fields jsonb DEFAULT NULL::jsonb, extended_fields jsonb DEFAULT NULL::jsonb, custom_fields jsonb DEFAULT NULL::jsonb) returns void
function loyalty.update_event_subscriber(org text, subscriber text, endpoint text DEFAULT NULL::text, event_names text[] DEFAULT NULL::text[], secret text DEFAULT NULL::text, include_identifiers boolean DEFAULT NULL::boolean, state text DEFAULT NULL::text) returns void
function loyalty.update_message_template(org text, template text, body text DEFAULT NULL::text, subject text DEFAULT NULL::text, blocks jsonb DEFAULT NULL::jsonb, components jsonb DEFAULT NULL::jsonb, variable_names text[] DEFAULT NULL::text[], variable_limits jsonb DEFAULT NULL::jsonb, language text DEFAULT NULL::text, header_id text DEFAULT NULL::text, external_template_id text DEFAULT NULL::text, as_draft boolean DEFAULT false, OUT template_id integer, OUT version_no integer, OUT status text, OUT warnings text[]) returns record
function loyalty.update_org(org text, name text DEFAULT NULL::text, time_zone text DEFAULT NULL::text) returns void
function loyalty.update_org_unit(org text, org_unit text, name text) returns void
function loyalty.update_participation(org text, customer_id bigint, fields jsonb, program text DEFAULT NULL::text, till text DEFAULT NULL::text, OUT status text, OUT missing text[]) returns record
function loyalty.update_program(org text, program text, name text DEFAULT NULL::text, is_default boolean DEFAULT NULL::boolean, points_per_unit numeric DEFAULT NULL::numeric, decimals integer DEFAULT NULL::integer, rounding text DEFAULT NULL::text, expiry_unit text DEFAULT NULL::text, expiry_value integer DEFAULT NULL::integer, expiry_date date DEFAULT NULL::date, expiry_type text DEFAULT NULL::text, allow_negative_on_return boolean DEFAULT NULL::boolean) returns void
function loyalty.update_reminder(org text, reminder text, days_before integer DEFAULT NULL::integer, template text DEFAULT NULL::text, channel text DEFAULT NULL::text) returns void
function loyalty.update_sender(org text, sender text, channel text, org_unit text DEFAULT NULL::text, bsp_account text DEFAULT NULL::text, is_verified boolean DEFAULT NULL::boolean) returns void
function loyalty.update_store(org text, store text, name text) returns void
function loyalty.update_till(org text, till text, clear_program boolean DEFAULT false, program text DEFAULT NULL::text, store text DEFAULT NULL::text) returns void
function loyalty.upload_codes(org text, promotion text, codes text[], expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, distribution text DEFAULT NULL::text, partner text DEFAULT NULL::text) returns integer
function loyalty.upload_coupons(org text, series text, codes text[]) returns integer
function loyalty.upsert_profile(org text, customer_id bigint, source text, account_id text DEFAULT NULL::text, first_name text DEFAULT NULL::text, last_name text DEFAULT NULL::text, mobile text DEFAULT NULL::text, email text DEFAULT NULL::text, external_id text DEFAULT NULL::text, cuid text DEFAULT NULL::text, channels jsonb DEFAULT NULL::jsonb, source_keys jsonb DEFAULT NULL::jsonb, actor text DEFAULT NULL::text, verification uuid DEFAULT NULL::uuid) returns void
function loyalty.verify_channels(org text) returns TABLE(invariant text, ok boolean, detail text)
function loyalty.verify_code(org text, attempt uuid, OUT verified boolean, OUT blocked_until timestamp with time zone) returns record
function loyalty.verify_data(org text) returns TABLE(invariant text, ok boolean, detail text)
function loyalty.verify_incentives(org text) returns TABLE(invariant text, ok boolean, detail text)
function loyalty.verify_ledger(org text, expected_seal text DEFAULT NULL::text) returns TABLE(invariant text, ok boolean, detail text)
function loyalty.visible_orgs() returns integer[]
function loyalty.withdraw_change_request(org text, request_id bigint, reason text DEFAULT NULL::text, actor text DEFAULT NULL::text) returns void
function loyalty_data.card_status_word(status "char") returns text
function loyalty_data.checked_items(items jsonb, item_type regtype) returns jsonb
function loyalty_data.code_space_made() returns trigger
function loyalty_data.consent_end(consented_at timestamp with time zone, time_zone text) returns timestamp with time zone
function loyalty_data.coupon_status_word(expires_at timestamp with time zone, is_revoked boolean, redemptions integer, as_of timestamp with time zone) returns text
function loyalty_data.error_code_list() returns TABLE(sqlstate text, name text, meaning text)
function loyalty_data.fraud_status_word(fraud_status "char") returns text
function loyalty_data.label_restriction_list(label text, status "char", own integer, of_all integer) returns text[]
function loyalty_data.last_day(expires_at timestamp with time zone, time_zone text) returns date
function loyalty_data.ledger_guard() returns trigger
function loyalty_data.ledger_word(code "char", code_set text) returns text
function loyalty_data.message_word(code "char", code_set text) returns text
function loyalty_data.name_key(first_name text, last_name text) returns text
function loyalty_data.next_id() returns bigint
function loyalty_data.number_series_made() returns trigger
function loyalty_data.number_series_usage(org_id integer, number_series_id integer, OUT capacity bigint, OUT used bigint) returns record
function loyalty_data.org_changed() returns trigger
function loyalty_data.request_word(code "char", code_set text) returns text
function loyalty_data.status_word(status "char") returns text
function loyalty_data.template_status_name(status "char") returns text
index card_change_customer ON loyalty_data.card_change USING btree (org_id, customer_id) WHERE (customer_id IS NOT NULL)
index card_customer ON loyalty_data.card USING btree (org_id, customer_id) WHERE (customer_id IS NOT NULL)
index card_expiry ON loyalty_data.card USING btree (org_id, expires_at) WHERE ((expires_at IS NOT NULL) AND (status = ANY ('{i,a,s}'::"char"[])))
index card_label_default ON loyalty_data.card_label USING btree (org_id, status) WHERE is_default
index change_request_pending ON loyalty_data.change_request USING btree (org_id, customer_id, request_id) WHERE (status = 'p'::"char")
index change_request_target ON loyalty_data.change_request USING btree (org_id, target_id) WHERE (target_id IS NOT NULL)
index change_request_time ON loyalty_data.change_request USING btree (org_id, requested_at, request_id)
index channel_address ON loyalty_data.channel USING btree (org_id, channel, address)
index coupon_customer ON loyalty_data.coupon USING btree (org_id, customer_id, coupon_id) WHERE (customer_id IS NOT NULL)
index coupon_series_issued ON loyalty_data.coupon USING btree (org_id, series_id, issued_at) WHERE (customer_id IS NOT NULL)
index coupon_stock_series ON loyalty_data.coupon_stock USING btree (org_id, series_id, stock_no)
index customer_field_day ON loyalty_data.customer_field USING btree (org_id, field_id, "right"(field_value, 5), customer_id) WHERE (field_id = ANY (ARRAY['-1'::integer, '-3'::integer]))
index customer_field_number ON loyalty_data.customer_field USING btree (org_id, field_id, number_value) WHERE (number_value IS NOT NULL)
index customer_field_value ON loyalty_data.customer_field USING btree (org_id, field_id, field_value)
index customer_identifier_value ON loyalty_data.customer_identifier USING btree (org_id, identifier_type, identifier_value) WHERE (held_until IS NULL)
index customer_note_idempotency ON loyalty_data.customer_note USING btree (org_id, customer_id, idempotency_digest) WHERE (idempotency_digest IS NOT NULL)
index customer_owner ON loyalty_data.customer USING btree (org_id, COALESCE(merged_into, customer_id))
index deletion_request_open ON loyalty_data.deletion_request USING btree (org_id, customer_id) WHERE (decided_at IS NULL)
index event_head_dead ON loyalty_data.event_head USING btree (org_id, subscriber_id) WHERE (dead > 0)
index event_head_order ON loyalty_data.event_head USING btree (org_id, subscriber_id, available_at, customer_id) WHERE is_waiting
index generic_coupon_issued ON loyalty_data.generic_coupon USING btree (org_id, series_id, issued_at)
index gift_voucher_customer ON loyalty_data.gift_voucher USING btree (org_id, customer_id) WHERE (customer_id IS NOT NULL)
index gift_voucher_expiry ON loyalty_data.gift_voucher USING btree (org_id, expires_at, voucher_id) WHERE (balance > (0)::numeric)
index inbound_message_day ON loyalty_data.inbound_message USING brin (recorded_at)
index inbound_message_unknown ON loyalty_data.inbound_message USING btree (org_id, address) WHERE (customer_id = 0)
index inbound_request_customer ON loyalty_data.inbound_request USING btree (org_id, customer_id, message_id)
index incentive_use_number ON loyalty_data.incentive_use USING btree (org_id, customer_id, transaction_number, use_id)
index incentive_use_series ON loyalty_data.incentive_use USING btree (org_id, series_id, event_time) WHERE (series_id IS NOT NULL)
index incentive_use_time ON loyalty_data.incentive_use USING btree (org_id, customer_id, event_time, use_id)
index ledger_account_expiry ON loyalty_data.ledger_account USING btree (org_id, next_expiry_at) WHERE (next_expiry_at IS NOT NULL)
index ledger_entry_day ON loyalty_data.ledger_entry USING brin (posting_day)
index ledger_event_idempotency ON loyalty_data.ledger_event USING btree (org_id, customer_id, idempotency_digest) WHERE (idempotency_digest IS NOT NULL)
index ledger_event_redemption ON loyalty_data.ledger_event USING btree (org_id, customer_id, redemption_id) WHERE (redemption_id IS NOT NULL)
index ledger_event_transaction ON loyalty_data.ledger_event USING btree (org_id, customer_id, transaction_id) WHERE ((transaction_id IS NOT NULL) AND ((event_code = 30) OR (event_code = 35)))
index lot_movement_redemption ON loyalty_data.lot_movement USING btree (org_id, customer_id, event_id) WHERE (movement_type = 'r'::"char")
index message_day ON loyalty_data.message USING brin (created_at)
index message_queue_end ON loyalty_data.message_queue USING btree (org_id, valid_until) WHERE (valid_until IS NOT NULL)
index message_queue_order ON loyalty_data.message_queue USING btree (org_id, channel, priority, available_at, message_id)
index message_status_day ON loyalty_data.message_status USING brin (recorded_at)
index mobile_ndnc_learned ON loyalty_data.mobile_ndnc USING btree (org_id, learned_customer_id, learned_message_id) WHERE (learned_message_id IS NOT NULL)
index participation_open ON loyalty_data.participation USING btree (org_id, customer_id, program_id) WHERE (status = 'n'::"char")
index points_lot_later ON loyalty_data.points_lot USING btree (org_id, customer_id, redeemable_from) WHERE ((redeemable_from IS NOT NULL) AND is_open)
index points_lot_open ON loyalty_data.points_lot USING btree (org_id, category, customer_id, expires_at) WITH (deduplicate_items=off) WHERE is_open
index points_lot_origin ON loyalty_data.points_lot USING btree (org_id, customer_id, origin_lot_id) WHERE (origin_lot_id IS NOT NULL)
index points_lot_transaction ON loyalty_data.points_lot USING btree (org_id, customer_id, transaction_id) WHERE (transaction_id IS NOT NULL)
index profile_first_name ON loyalty_data.profile USING btree (org_id, loyalty_data.name_key(first_name, last_name) COLLATE "C", customer_id)
index profile_last_name ON loyalty_data.profile USING btree (org_id, loyalty_data.name_key(last_name, first_name) COLLATE "C", customer_id)
index program_default ON loyalty_data.program USING btree (org_id) WHERE is_default
index promo_code_customer ON loyalty_data.promo_code USING btree (org_id, customer_id) WHERE (customer_id IS NOT NULL)
index promo_code_promotion ON loyalty_data.promo_code USING btree (org_id, promotion_id, batch_no)
index provider_message_of_customer ON loyalty_data.provider_message USING btree (org_id, customer_id)
index provider_message_waiting ON loyalty_data.provider_message USING btree (org_id, waiting_since) WHERE (waiting_since IS NOT NULL)
index referral_bill ON loyalty_data.referral USING btree (org_id, customer_id, transaction_id) WHERE (transaction_id IS NOT NULL)
index registration_request_customer ON loyalty_data.registration_request USING btree (org_id, customer_id)
index reversal_reversed ON loyalty_data.reversal USING btree (org_id, customer_id, reversed_event_id)
index sender_of_org ON loyalty_data.sender USING btree (org_id, channel) WHERE is_default
index source_word ON loyalty_data.source USING btree (upper(translate(source, ' -_'::text, ''::text)))
index status_label_default ON loyalty_data.status_label USING btree (org_id, status) WHERE is_default
index tagged_transaction_id ON loyalty_data.tagged_transaction USING btree (org_id, transaction_id)
index transaction_parent ON loyalty_data.transaction USING btree (org_id, parent_customer_id, parent_id) WHERE (parent_id IS NOT NULL)
index use_limit_owner ON loyalty_data.use_limit USING btree (org_id, owner_id)
index verification_attempt_day ON loyalty_data.verification_attempt USING brin (entered_at)
index verification_code_day ON loyalty_data.verification_code USING brin (sent_at)
index verification_token_of_customer ON loyalty_data.verification_token USING btree (org_id, customer_id)
index voucher_movement_key ON loyalty_data.voucher_movement USING btree (org_id, voucher_id, idempotency_digest) WHERE (idempotency_digest IS NOT NULL)
procedure loyalty.apply_retention(IN org text, IN as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, IN batch_size integer DEFAULT 1000)
procedure loyalty.close_day(IN org text, IN posting_day date DEFAULT NULL::date, INOUT seal_hash text DEFAULT NULL::text)
procedure loyalty.convert_promised_points(IN org text, IN as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, IN batch_size integer DEFAULT 1000)
procedure loyalty.escalate_change_requests(IN org text, IN as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, IN batch_size integer DEFAULT 100)
procedure loyalty.expire_gift_vouchers(IN org text, IN as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, IN batch_size integer DEFAULT 1000)
procedure loyalty.expire_points(IN org text, IN as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, IN batch_size integer DEFAULT 1000)
procedure loyalty.finish_messages(IN org text, IN as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, IN batch_size integer DEFAULT 1000)
procedure loyalty.load_transactions(IN org text, IN relation regclass, IN batch_size integer DEFAULT 1000, IN date_format text DEFAULT 'ISO'::text)
procedure loyalty.open_program_accounts(IN org text, IN program text, IN batch_size integer DEFAULT 1000)
procedure loyalty.send_reminders(IN org text, IN as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, IN batch_size integer DEFAULT 100)
schema loyalty
sequence loyalty_data.id_seq
sequence loyalty_data.reference_id_seq
sequence loyalty_data.source_id_seq
table loyalty_data.activation_store PRIMARY KEY (org_id, program_id, store_id)
table loyalty_data.activation_term PRIMARY KEY (org_id, program_id, term_no)
table loyalty_data.bsp_account PRIMARY KEY (org_id, bsp_account_id)
table loyalty_data.card PRIMARY KEY (org_id, card_number)
table loyalty_data.card_change PRIMARY KEY (org_id, card_id, change_id)
table loyalty_data.card_external_id PRIMARY KEY (org_id, card_external_id)
table loyalty_data.card_label PRIMARY KEY (org_id, label_id)
table loyalty_data.card_series PRIMARY KEY (org_id, series_id)
table loyalty_data.change_request PRIMARY KEY (org_id, customer_id, request_id)
table loyalty_data.change_request_claim PRIMARY KEY (org_id, claim_digest)
table loyalty_data.change_request_contact PRIMARY KEY (org_id, request_type, step, contact_id)
table loyalty_data.change_request_content PRIMARY KEY (org_id, customer_id, request_id)
table loyalty_data.change_request_key PRIMARY KEY (org_id, request_id)
table loyalty_data.change_request_log PRIMARY KEY (org_id, customer_id, request_id, log_no)
table loyalty_data.change_request_repeat PRIMARY KEY (org_id, idempotency_digest)
table loyalty_data.change_request_setting PRIMARY KEY (org_id, request_type)
table loyalty_data.change_request_template PRIMARY KEY (org_id, request_type, audience, channel, language)
table loyalty_data.channel PRIMARY KEY (org_id, customer_id, channel, address)
table loyalty_data.code_batch PRIMARY KEY (org_id, space_id, first_position)
table loyalty_data.code_key PRIMARY KEY (secret_id)
table loyalty_data.code_space PRIMARY KEY (org_id, space_id)
table loyalty_data.config PRIMARY KEY (org_id, config_key)
table loyalty_data.contact_notice PRIMARY KEY (org_id, dedupe_digest)
table loyalty_data.contact_topic PRIMARY KEY (org_id, topic)
table loyalty_data.coupon PRIMARY KEY (org_id, coupon_code)
table loyalty_data.coupon_series PRIMARY KEY (org_id, series_id)
table loyalty_data.coupon_stock PRIMARY KEY (org_id, coupon_code)
table loyalty_data.customer PRIMARY KEY (org_id, customer_id)
table loyalty_data.customer_code PRIMARY KEY (org_id, customer_id, promotion_id, code)
table loyalty_data.customer_field PRIMARY KEY (org_id, customer_id, field_id)
table loyalty_data.customer_identifier PRIMARY KEY (org_id, customer_id, identifier_type, identifier_value, held_from)
table loyalty_data.customer_note PRIMARY KEY (org_id, customer_id, note_id)
table loyalty_data.customer_status_change PRIMARY KEY (org_id, customer_id, change_id)
table loyalty_data.customer_use PRIMARY KEY (org_id, customer_id, limit_id)
table loyalty_data.day_seal PRIMARY KEY (org_id, seal_no)
table loyalty_data.day_total PRIMARY KEY (org_id, posting_day, program_id, category, house_account)
table loyalty_data.deletion_request PRIMARY KEY (org_id, customer_id, request_id)
table loyalty_data.deletion_request_key PRIMARY KEY (org_id, request_id)
table loyalty_data.delivery_code PRIMARY KEY (bsp, provider_status, error_code)
table loyalty_data.event_delivery PRIMARY KEY (org_id, customer_id, subscriber_id, event_no)
table loyalty_data.event_head PRIMARY KEY (org_id, customer_id, subscriber_id)
table loyalty_data.event_note PRIMARY KEY (org_id, customer_id, event_id)
table loyalty_data.event_subscriber PRIMARY KEY (org_id, subscriber_id)
table loyalty_data.event_type PRIMARY KEY (event_code)
table loyalty_data.field PRIMARY KEY (org_id, field_id)
table loyalty_data.generated_external_id PRIMARY KEY (org_id, external_id_digest)
table loyalty_data.generic_coupon PRIMARY KEY (org_id, customer_id, series_id, coupon_id)
table loyalty_data.gift_voucher PRIMARY KEY (org_id, voucher_id)
table loyalty_data.identifier PRIMARY KEY (org_id, identifier_type, identifier_value)
table loyalty_data.inbound_message PRIMARY KEY (org_id, customer_id, message_id)
table loyalty_data.inbound_request PRIMARY KEY (org_id, key_digest)
table loyalty_data.incentive_note PRIMARY KEY (org_id, customer_id, note_id)
table loyalty_data.incentive_request PRIMARY KEY (org_id, customer_id, idempotency_digest)
table loyalty_data.incentive_use PRIMARY KEY (org_id, customer_id, use_id)
table loyalty_data.job_run PRIMARY KEY (org_id, job)
table loyalty_data.key_use PRIMARY KEY (org_id, key_id, event_id)
table loyalty_data.ledger_account PRIMARY KEY (org_id, customer_id, program_id, category)
table loyalty_data.ledger_day PRIMARY KEY (org_id)
table loyalty_data.ledger_entry PRIMARY KEY (org_id, customer_id, program_id, category, entry_no)
table loyalty_data.ledger_event PRIMARY KEY (org_id, customer_id, event_id)
table loyalty_data.limit_slot PRIMARY KEY (org_id, limit_id, slot_no)
table loyalty_data.lot_claim PRIMARY KEY (org_id, customer_id, lot_id, program_id, category, entry_no)
table loyalty_data.lot_expiry_change PRIMARY KEY (org_id, customer_id, lot_id, entry_no)
table loyalty_data.lot_movement PRIMARY KEY (org_id, customer_id, lot_id, entry_no, movement_type)
table loyalty_data.made_trigger PRIMARY KEY (table_name, trigger_name)
table loyalty_data.merge_line PRIMARY KEY (org_id, customer_id, line_no)
table loyalty_data.merge_record PRIMARY KEY (org_id, customer_id)
table loyalty_data.message PRIMARY KEY (org_id, customer_id, message_id)
table loyalty_data.message_attachment PRIMARY KEY (org_id, customer_id, message_id, attachment_no)
table loyalty_data.message_body PRIMARY KEY (org_id, customer_id, message_id)
table loyalty_data.message_queue PRIMARY KEY (org_id, customer_id, message_id)
table loyalty_data.message_request PRIMARY KEY (org_id, customer_id, key_digest)
table loyalty_data.message_status PRIMARY KEY (org_id, customer_id, message_id, status_no)
table loyalty_data.message_template PRIMARY KEY (org_id, template_id)
table loyalty_data.mobile_ndnc PRIMARY KEY (org_id, mobile)
table loyalty_data.number_series PRIMARY KEY (org_id, number_series_id)
table loyalty_data.number_series_event PRIMARY KEY (org_id, number_series_id, event_id)
table loyalty_data.object_capability PRIMARY KEY (name)
table loyalty_data.offer_claim PRIMARY KEY (org_id, offer_id)
table loyalty_data.org PRIMARY KEY (org_id)
table loyalty_data.org_access PRIMARY KEY (org_id, role_name)
table loyalty_data.org_contact PRIMARY KEY (org_id, contact_id)
table loyalty_data.org_delivery_code PRIMARY KEY (org_id, bsp, provider_status, error_code)
table loyalty_data.org_unit PRIMARY KEY (org_id, org_unit_id)
table loyalty_data.participation PRIMARY KEY (org_id, customer_id, program_id)
table loyalty_data.participation_change PRIMARY KEY (org_id, customer_id, program_id, change_no)
table loyalty_data.participation_field PRIMARY KEY (org_id, customer_id, program_id, field_id)
table loyalty_data.participation_note PRIMARY KEY (org_id, customer_id, program_id, change_no)
table loyalty_data.points_lot PRIMARY KEY (org_id, customer_id, lot_id)
table loyalty_data.profile PRIMARY KEY (org_id, customer_id, source_id, account_id)
table loyalty_data.program PRIMARY KEY (org_id, program_id)
table loyalty_data.program_activation PRIMARY KEY (org_id, program_id)
table loyalty_data.program_limit PRIMARY KEY (org_id, program_id)
table loyalty_data.promo_code PRIMARY KEY (org_id, code)
table loyalty_data.promotion PRIMARY KEY (org_id, promotion_id)
table loyalty_data.promotion_version PRIMARY KEY (org_id, promotion_id, version)
table loyalty_data.provider_message PRIMARY KEY (org_id, bsp_account_id, provider_message_id)
table loyalty_data.referral PRIMARY KEY (org_id, customer_id, referral_id)
table loyalty_data.registration_request PRIMARY KEY (org_id, idempotency_digest)
table loyalty_data.reminder PRIMARY KEY (org_id, reminder_id)
table loyalty_data.reminder_sent PRIMARY KEY (org_id, customer_id, reminder_id, occasion)
table loyalty_data.retention PRIMARY KEY (org_id, what)
table loyalty_data.reversal PRIMARY KEY (org_id, customer_id, event_id, reversed_event_id, lot_id)
table loyalty_data.sender PRIMARY KEY (org_id, sender_id)
table loyalty_data.source PRIMARY KEY (source_id)
table loyalty_data.status_label PRIMARY KEY (org_id, label_id)
table loyalty_data.status_setting PRIMARY KEY (org_id)
table loyalty_data.store PRIMARY KEY (org_id, store_id)
table loyalty_data.store_sender PRIMARY KEY (org_id, store_id)
table loyalty_data.subscription PRIMARY KEY (org_id, customer_id, channel, source_id, account_id, purpose, consent_no)
table loyalty_data.table_distribution PRIMARY KEY (table_name)
table loyalty_data.tagged_transaction PRIMARY KEY (org_id, identifier_type, identifier_value, transaction_id)
table loyalty_data.template_version PRIMARY KEY (org_id, template_id, language, version_no)
table loyalty_data.till PRIMARY KEY (org_id, till_id)
table loyalty_data.transaction PRIMARY KEY (org_id, customer_id, transaction_id)
table loyalty_data.transaction_line PRIMARY KEY (org_id, customer_id, transaction_id, line_no)
table loyalty_data.transaction_load PRIMARY KEY (org_id, relation)
table loyalty_data.transaction_load_error PRIMARY KEY (org_id, relation, line_no)
table loyalty_data.transaction_number PRIMARY KEY (org_id, transaction_number, till_id)
table loyalty_data.use_limit PRIMARY KEY (org_id, limit_id)
table loyalty_data.use_return PRIMARY KEY (org_id, customer_id, use_id)
table loyalty_data.verification_address PRIMARY KEY (org_id, address_digest)
table loyalty_data.verification_attempt PRIMARY KEY (org_id, customer_id, purpose, run_no, attempt_no)
table loyalty_data.verification_code PRIMARY KEY (org_id, customer_id, purpose, code_no)
table loyalty_data.verification_release PRIMARY KEY (org_id, customer_id, purpose, run_no)
table loyalty_data.verification_setting PRIMARY KEY (org_id, purpose)
table loyalty_data.verification_template PRIMARY KEY (org_id, purpose, channel, language)
table loyalty_data.verification_token PRIMARY KEY (org_id, token_digest)
table loyalty_data.verification_use PRIMARY KEY (org_id, customer_id, purpose, run_no)
table loyalty_data.voucher_code PRIMARY KEY (org_id, code_digest)
table loyalty_data.voucher_movement PRIMARY KEY (org_id, voucher_id, movement_no)
table loyalty_data.voucher_note PRIMARY KEY (org_id, voucher_id, movement_no)
table loyalty_data.voucher_request PRIMARY KEY (org_id, idempotency_digest)
trigger code_space_made on code_space
trigger ledger_guard on day_seal
trigger ledger_guard on day_total
trigger ledger_guard on incentive_use
trigger ledger_guard on key_use
trigger ledger_guard on ledger_account
trigger ledger_guard on ledger_day
trigger ledger_guard on ledger_entry
trigger ledger_guard on ledger_event
trigger ledger_guard on lot_claim
trigger ledger_guard on lot_expiry_change
trigger ledger_guard on lot_movement
trigger ledger_guard on points_lot
trigger ledger_guard on promotion_version
trigger ledger_guard on referral
trigger ledger_guard on reversal
trigger ledger_guard on transaction
trigger ledger_guard on transaction_line
trigger ledger_guard on transaction_number
trigger ledger_guard on use_return
trigger ledger_guard on voucher_movement
trigger number_series_made on number_series
trigger org_changed on activation_term
trigger org_changed on config
trigger org_changed on event_subscriber
trigger org_changed on key_use
trigger org_changed on ledger_day
trigger org_changed on org
trigger org_changed on org_access
trigger org_changed on program
trigger org_changed on program_activation
trigger org_changed on program_limit
trigger org_changed on source
trigger org_changed on status_label
trigger org_changed on status_setting
trigger org_changed on store
trigger org_changed on till
trigger org_changed on verification_setting
type loyalty.add_transaction_result
type loyalty.earn_item
type loyalty.earn_points_result
type loyalty.issue_coupon_item
type loyalty.issue_coupon_result
type loyalty.redeem_coupon_item
type loyalty.redeem_item
type loyalty.redeem_points_result
view loyalty.bsp_accounts(org text, bsp_account text, bsp text, number text, is_verified boolean, secret_set_at timestamp with time zone)
view loyalty.card_series_usage(org text, series text, name text, card_type text, method text, length integer, prefix text, suffix text, serial_offset bigint, capacity bigint, used bigint, available bigint, used_percent numeric, warned_at timestamp with time zone)
view loyalty.cards(org text, card_number text, card_external_id text, card_id bigint, series text, series_name text, card_type text, customer_id bigint, status text, label text, program text, created_at timestamp with time zone, issued_at timestamp with time zone, expires_at timestamp with time zone, last_day date)
view loyalty.change_request_contacts(org text, request_type text, step smallint, after_hours smallint, contact text)
view loyalty.change_request_log(org text, customer_id bigint, original_customer_id bigint, request_id bigint, request_type text, log_no integer, change text, logged_at timestamp with time zone, local_time timestamp without time zone, role text, actor text, subject_id bigint)
view loyalty.change_request_settings(org text, request_type text, notify text, notify_amount numeric(18,3), is_auto_approved boolean, auto_approve_points numeric(18,3), communicate text[], otp text)
view loyalty.change_request_templates(org text, request_type text, audience text, channel text, template text, attachment_count integer, language text)
view loyalty.contact_topics(org text, topic text, notify text, amount numeric(18,3))
view loyalty.contacts(org text, contact text, name text, email text, mobile text, topics text[])
view loyalty.coupon_series_usage(org text, series text, name text, description text, code_type text, is_for_any_user boolean, created_at timestamp with time zone, starts_at timestamp with time zone, ends_at timestamp with time zone, stopped_at timestamp with time zone, promotion text, discount_type text, discount_value numeric, maximum_discount numeric(18,3), validity interval, valid_from_days integer, days_between_issues integer, days_between_redemptions integer, redemptions_per_coupon integer, coupons_per_customer bigint, redemptions_total bigint, redemptions_per_customer bigint, issue_limit bigint, notify_at bigint, issued bigint, remaining bigint, last_issued_at timestamp with time zone, redeemed bigint, last_redeemed_at timestamp with time zone, redemption_rate numeric, claimed_by text, campaign text, program text)
view loyalty.coupons(org text, customer_id bigint, original_customer_id bigint, coupon_id bigint, series text, coupon_code text, issued_at timestamp with time zone, valid_from timestamp with time zone, expires_at timestamp with time zone, last_day date, revoked_at timestamp with time zone, redemptions integer, redemptions_left integer, status text, campaign text, till text)
view loyalty.customer_channels(org text, customer_id bigint, channel text, address text, source text, account_id text, is_verified boolean, is_primary boolean, updated_at timestamp with time zone, verified_at timestamp with time zone)
view loyalty.customer_fields(org text, customer_id bigint, kind text, name text, data_type text, field_value text, number_value numeric, updated_at timestamp with time zone)
view loyalty.customer_identifier_history(org text, customer_id bigint, identifier_type text, source text, account_id text, identifier_value text, held_from timestamp with time zone, held_until timestamp with time zone, reason text, actor text, verified_at timestamp with time zone)
view loyalty.customer_points(org text, customer_id bigint, original_customer_id bigint, program text, category text, balance numeric(18,3), arrears numeric(18,3), lifetime_points numeric(18,3), redeemed_points numeric(18,3), expired_points numeric(18,3), returned_points numeric(18,3), last_entry_no integer, last_effective_at timestamp with time zone, last_effective_date date, next_expiry_at timestamp with time zone, next_last_day date)
view loyalty.customer_profiles(org text, customer_id bigint, source text, account_id text, first_name text, last_name text, mobile text, email text, external_id text, cuid text, updated_at timestamp with time zone)
view loyalty.customer_status_log(org text, customer_id bigint, changed_at timestamp with time zone, label text, previous_label text, status text, previous_status text, fraud_status text, previous_fraud_status text, reason text, actor text, change_id bigint)
view loyalty.customer_statuses(org text, customer_id bigint, merged_into bigint, status text, label text, fraud_status text, erased_at timestamp with time zone)
view loyalty.customer_subscriptions(org text, customer_id bigint, channel text, source text, account_id text, purpose text, consent_no integer, status text, consented_at timestamp with time zone, recorded_at timestamp with time zone, consent_source text, is_current boolean)
view loyalty.daily_totals(org text, program text, posting_day date, category text, house_account text, credits numeric, debits numeric, entries bigint, is_sealed boolean)
view loyalty.deletion_requests(org text, customer_id bigint, request_id bigint, requested_at timestamp with time zone, requested_by name, reason text, former_label text, decision text, decided_at timestamp with time zone, decided_by name, till text, source text, actor text, decision_reason text)
view loyalty.delivery_codes(org text, bsp text, provider_status text, error_code text, delivery_status text, cause text, is_own boolean)
view loyalty.dnd_consents(org text, customer_id bigint, mobile text, source text, account_id text, consented_at timestamp with time zone, valid_until timestamp with time zone, consent_source text)
view loyalty.error_codes(sqlstate text, name text, meaning text)
view loyalty.event_backlog(org text, subscriber text, customers bigint, waiting bigint, oldest_at timestamp with time zone, most_attempts integer, dead bigint)
view loyalty.event_subscribers(org text, subscriber text, state text, endpoint text, event_names text[], has_identifiers boolean, is_signed boolean)
view loyalty.functions(capability text, name text, signature text, may_call text[], what_for text)
view loyalty.gift_voucher_movements(org text, customer_id bigint, original_customer_id bigint, voucher_id bigint, movement_no integer, movement_id bigint, movement text, amount numeric(18,3), balance_after numeric(18,3), reversed_no integer, event_id bigint, transaction_number text, event_time timestamp with time zone, event_date date, recorded_at timestamp with time zone, source text, till text, store text, reason text, actor text)
view loyalty.gift_vouchers(org text, customer_id bigint, original_customer_id bigint, voucher_id bigint, voucher_code text, issued_amount numeric(18,3), balance numeric(18,3), status text, issued_at timestamp with time zone, expires_at timestamp with time zone, last_day date, revoked_at timestamp with time zone)
view loyalty.inbound_messages(org text, customer_id bigint, original_customer_id bigint, message_id bigint, channel text, sender text, action text, received_at timestamp with time zone, recorded_at timestamp with time zone, address text, body text)
view loyalty.incentive_redemptions(org text, customer_id bigint, original_customer_id bigint, use_id bigint, coupon_id bigint, coupon_customer_id bigint, series text, promotion text, bill_amount numeric(18,3), discount numeric(18,3), transaction_id bigint, transaction_number text, till text, store text, source text, event_time timestamp with time zone, recorded_at timestamp with time zone, returned_at timestamp with time zone)
view loyalty.interactions(org text, customer_id bigint, message_id bigint, channel text, purpose text, state text, delivery_status text, cause text, template text, sender text, source text, campaign text, language text, attempts smallint, parts smallint, created_at timestamp with time zone, changed_at timestamp with time zone, local_time timestamp without time zone)
view loyalty.journal(org text, program text, posting_day date, effective_at timestamp with time zone, event_id bigint, original_customer_id bigint, entry_no integer, category text, account text, debit numeric, credit numeric)
view loyalty.lot_trace(org text, customer_id bigint, original_customer_id bigint, lot_id bigint, program text, category text, award_type text, transaction_id bigint, line_no integer, entry_no integer, movement text, points numeric(18,3), house_account text, event_id bigint, event_name text, event_time timestamp with time zone, effective_at timestamp with time zone, recorded_at timestamp with time zone, from_customer_id bigint, from_lot_id bigint)
view loyalty.merge_details(org text, merge_id bigint, victim_id bigint, survivor_id bigint, line_no integer, participant text, item text, survivor_value text, victim_value text, final_value text, rule text, warning text)
view loyalty.merge_log(org text, merge_id bigint, victim_id bigint, survivor_id bigint, customer_id bigint, event_time timestamp with time zone, recorded_at timestamp with time zone, origin text, till text, actor text, reason text, warnings text[])
view loyalty.message_charges(org text, sender text, store text, channel text, purpose text, message_day date, messages bigint, parts bigint)
view loyalty.message_reports(org text, campaign text, channel text, message_day date, sent bigint, delivered bigint, read bigint, failed bigint, dnd bigint)
view loyalty.message_templates(org text, template text, channel text, purpose text, topic text, language text, version_no integer, status text, reason text, is_sent boolean, subject text, body text, blocks jsonb, components jsonb, variable_names text[], variable_limits jsonb, header_id text, external_template_id text, created_at timestamp with time zone, updated_at timestamp with time zone)
view loyalty.metrics(org text, name text, labels jsonb, value numeric)
view loyalty.offer_claims(org text, series text, claimed_by text, campaign text, program text, claimed_at timestamp with time zone, actor text)
view loyalty.org_config(org text, config_key text, value_type text, config_value text, is_default boolean, default_value text, allowed text, description text)
view loyalty.org_units(org text, org_unit text, name text, store_count bigint)
view loyalty.participation_history(org text, customer_id bigint, program text, change_no integer, status text, previous_status text, valid_from timestamp with time zone, valid_from_date date, valid_until timestamp with time zone, cause text, reason text, actor text)
view loyalty.participation_rules(org text, program text, is_enabled boolean, has_automatic_registration boolean, has_phone_confirmation boolean, terms text[], stores text[])
view loyalty.participations(org text, customer_id bigint, program text, status text, enrolled_at timestamp with time zone, enrolled_date date, activated_at timestamp with time zone, activated_date date, origin text, till text, source text)
view loyalty.points_expiry_schedule(org text, customer_id bigint, original_customer_id bigint, program text, category text, lot_id bigint, expires_at timestamp with time zone, last_day date, points numeric(18,3), redeemable_from timestamp with time zone, awarded_at timestamp with time zone)
view loyalty.points_forecast(org text, program text, category text, last_day date, points numeric, customers bigint)
view loyalty.points_ledger_entries(org text, customer_id bigint, original_customer_id bigint, program text, category text, entry_no integer, entry_type text, points numeric(18,3), balance_after numeric(18,3), house_account text, event_id bigint, event_name text, event_time timestamp with time zone, effective_at timestamp with time zone, recorded_at timestamp with time zone, posting_day date, event_date date, source text, till text, store text, transaction_id bigint, redemption_id text, points_on_event numeric(18,3))
view loyalty.points_liability_daily(org text, program text, posting_day date, opening numeric, issued numeric, redeemed numeric, expired numeric, returned numeric, adjusted numeric, closing numeric, is_sealed boolean)
view loyalty.promo_code_batches(org text, promotion text, batch_no integer, prefix text, length integer, has_check boolean, generated bigint, created_at timestamp with time zone, expires_at timestamp with time zone, last_day date, revoked_at timestamp with time zone, distribution text, partner text)
view loyalty.promo_codes(org text, promotion text, code text, origin text, batch_no integer, customer_id bigint, original_customer_id bigint, redemptions bigint, used bigint, created_at timestamp with time zone, expires_at timestamp with time zone, last_day date, revoked_at timestamp with time zone, distribution text, partner text)
view loyalty.promotions(org text, promotion text, name text, trigger text, version integer, benefit jsonb, condition jsonb, starts_at timestamp with time zone, ends_at timestamp with time zone, last_day date, stopped_at timestamp with time zone, priority integer, stacking text, stacking_group text, favour text, is_spread boolean, maximum_discount numeric(18,3), times_per_bill integer, redemptions_total bigint, redemptions_per_code bigint, redemptions_per_customer bigint, is_anonymous boolean, return_policy text, is_restored_on_return boolean, created_at timestamp with time zone, changed_at timestamp with time zone)
view loyalty.redemptions(org text, customer_id bigint, original_customer_id bigint, program text, redemption_id text, event_id bigint, event_name text, event_time timestamp with time zone, redemption_date date, effective_at timestamp with time zone, recorded_at timestamp with time zone, points numeric(18,3), reversed_points numeric, source text, till text, store text, transaction_id bigint, transaction_number text)
view loyalty.reminders(org text, reminder text, topic text, program text, days_before integer, template text, channel text, reminded_until date, is_retired boolean)
view loyalty.retention_rules(org text, what text, days integer)
view loyalty.senders(org text, channel text, sender text, org_unit text, bsp_account text, is_default boolean, is_verified boolean, is_active boolean)
view loyalty.sources(org text, source text, is_account_needed boolean, is_enabled boolean)
view loyalty.status_labels(org text, label text, status text, is_default boolean, description text, restrictions text[])
view loyalty.status_restrictions(org text, label text, status text, restriction text, is_restricted boolean)
view loyalty.store_locations(org text, store text, name text, org_unit text, address text, city text, latitude double precision, longitude double precision, opening_hours text)
view loyalty.store_senders(org text, store text, sender text, is_usable boolean)
view loyalty.transaction_lines(org text, customer_id bigint, original_customer_id bigint, transaction_id bigint, transaction_number text, transaction_type text, parent_transaction_id bigint, event_time timestamp with time zone, event_date date, line_no integer, item_code text, quantity numeric, amount numeric(18,3), discount numeric(18,3), attributes jsonb)
view loyalty.transaction_load_errors(org text, relation text, line_no bigint, error_code text, error text, recorded_at timestamp with time zone)
view loyalty.transaction_loads(org text, relation text, last_line_no bigint, bills bigint, refused bigint, started_at timestamp with time zone, updated_at timestamp with time zone, finished_at timestamp with time zone)
view loyalty.transactions(org text, customer_id bigint, original_customer_id bigint, transaction_id bigint, transaction_number text, transaction_type text, parent_transaction_id bigint, event_time timestamp with time zone, event_date date, recorded_at timestamp with time zone, source text, till text, store text, amount numeric(18,3), discount numeric(18,3), outlier_status text, points numeric(18,3), returned_amount numeric, returned_points numeric, program text, counts text, no_points text)
view loyalty.trial_balance(org text, program text, account text, debit numeric, credit numeric)
view loyalty.verification_log(org text, customer_id bigint, purpose text, action text, happened_at timestamp with time zone, happened_on date, channel text, program text, amount numeric, is_verified boolean, used_for bigint, reason text, actor text)
view loyalty.verification_rules(org text, purpose text, resend_seconds integer, life_seconds integer, attempts_allowed integer, block_seconds integer, code_length integer, code_characters text, codes_per_day integer, failures_max integer, proof_seconds integer, is_proof_required boolean, is_amount_bound boolean)
view loyalty.views(capability text, name text, may_read text[], what_for text)
view loyalty.voucher_liability(org text, event_date date, issued numeric(18,3), redeemed numeric(18,3), reversed numeric(18,3), expired numeric(18,3), adjusted numeric(18,3), outstanding numeric(18,3))
view loyalty_data.dnd_consent(org_id integer, customer_id bigint, mobile text, source text, account_id text, consented_at timestamp with time zone, valid_until timestamp with time zone, consent_source text)
view loyalty_data.entry_with_event(org_id integer, customer_id bigint, program_id integer, category "char", entry_no integer, entry_type "char", house_account "char", points numeric(18,3), balance_after numeric(18,3), effective_at timestamp with time zone, posting_day date, event_id bigint, event_code smallint, event_time timestamp with time zone, recorded_at timestamp with time zone, source_id smallint, till_id integer, store_id integer, transaction_id bigint, pair_id bigint, redemption_id text, net_points numeric(18,3))
view loyalty_data.message_outcome(org_id integer, customer_id bigint, message_id bigint, campaign text, channel text, purpose "char", sender_id integer, parts smallint, message_day date, is_sent boolean, is_delivered boolean, is_read boolean, is_failed boolean, is_dnd boolean, is_control boolean, told_at timestamp with time zone)
\.
SELECT is_empty($$SELECT object FROM actual EXCEPT SELECT object FROM expected$$, 'no object has appeared or changed');
SELECT is_empty($$SELECT object FROM expected EXCEPT SELECT object FROM actual$$, 'no object has vanished or changed');

-- Everything in both schemas belongs to the extension, and everything of the extension is in one of them: what people use
-- in loyalty, tables and what works on them in loyalty_data.
SELECT is_empty(
    $$SELECT c.relname FROM pg_class c WHERE c.relnamespace IN ('loyalty'::regnamespace, 'loyalty_data'::regnamespace)
        AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') EXCEPT SELECT r.relname FROM relation r$$,
    'no relation in the schemas is none of the extension''s');
SELECT is_empty(
    $$SELECT p.proname FROM pg_proc p WHERE p.pronamespace IN ('loyalty'::regnamespace, 'loyalty_data'::regnamespace)
      EXCEPT SELECT r.proname FROM routine r$$, 'nor any function');
SELECT is_empty(
    $$SELECT relname FROM relation WHERE relnamespace NOT IN ('loyalty'::regnamespace, 'loyalty_data'::regnamespace)
      UNION ALL SELECT proname FROM routine WHERE pronamespace NOT IN ('loyalty'::regnamespace, 'loyalty_data'::regnamespace)$$,
    'nothing of ours is elsewhere');
SELECT is_empty(
    $$SELECT relname FROM relation WHERE relkind <> 'i'
        AND relnamespace <> CASE WHEN relkind IN ('r', 'p', 'S') OR relname IN ('entry_with_event', 'message_outcome', 'dnd_consent') THEN 'loyalty_data'::regnamespace
            ELSE 'loyalty'::regnamespace END$$, 'tables, sequences and closed views stand in loyalty_data, other views in loyalty');
SELECT is_empty(
    $$SELECT p.oid::regprocedure FROM pg_proc p JOIN routine r USING (oid) WHERE p.prorettype = 'trigger'::regtype
        AND p.pronamespace <> 'loyalty_data'::regnamespace$$, 'so do trigger functions');

-- ---------------------------------------------------------------- functions

SELECT is_empty(
    $$SELECT r.signature FROM routine r WHERE r.proacl IS NULL
        OR EXISTS (SELECT FROM aclexplode(r.proacl) a WHERE a.grantee = 0)$$, 'no function is open to PUBLIC');
SELECT is_empty(
    $$SELECT r.signature, a.grantee::regrole FROM routine r, aclexplode(r.proacl) a
      WHERE a.grantee <> r.proowner AND (a.is_grantable OR a.grantee::regrole::text NOT IN
        ('loyalty_admin', 'loyalty_agent', 'loyalty_pos', 'loyalty_analyst', 'loyalty_gateway'))$$,
    'functions are granted to capability roles alone, and not to be passed on');
SELECT is_empty(
    $$SELECT r.signature FROM routine r WHERE obj_description(r.oid, 'pg_proc') IS NULL$$, 'every function has a comment');
SELECT is_empty(
    $$SELECT r.signature, r.probin, r.prosrc FROM routine r JOIN pg_language l ON l.oid = r.prolang
      WHERE l.lanname = 'c' AND (r.probin <> '$libdir/loyalty' OR r.prosrc !~ '^loyalty_')$$,
    'C functions are symbols of our library, with our prefix');
SELECT is_empty(
    $$SELECT r.signature FROM routine r JOIN pg_language l ON l.oid = r.prolang
      WHERE (r.prosecdef OR l.lanname <> 'c' AND r.prosqlbody IS NULL)
        AND NOT EXISTS (SELECT FROM unnest(r.proconfig) s WHERE s LIKE 'search_path=%')$$,
    'what is neither C nor bound early, or runs as its owner, has its search_path pinned');
SELECT is_empty(
    $$SELECT r.signature FROM routine r WHERE r.prokind = 'p' AND (r.prosecdef OR r.proconfig IS NOT NULL)$$,
    'a procedure that commits has neither');
SELECT is_empty(
    $$SELECT r.signature FROM routine r WHERE r.provolatile = 'v' AND r.proparallel <> 'u'$$,
    'functions that write are PARALLEL UNSAFE');
SELECT is_empty(
    $$SELECT r.proname FROM routine r WHERE r.prorettype = 'trigger'::regtype
        AND EXISTS (SELECT FROM aclexplode(r.proacl) a WHERE a.grantee <> r.proowner)$$, 'trigger functions are granted to nobody');

-- ---------------------------------------------------------------- tables

-- Catalogues that the install script fills and nobody changes come back by themselves.
SELECT set_eq(
    $$SELECT c.relname::text FROM relation c WHERE c.relkind IN ('r', 'p', 'S')
        AND c.oid <> ALL ((SELECT e.extconfig FROM pg_extension e WHERE e.extname = 'loyalty')::oid[])$$,
    ARRAY['code_key', 'delivery_code', 'event_type', 'made_trigger', 'object_capability', 'table_distribution'], 'backups contain every table and sequence, but for immutable catalogues');
SELECT is(
    (SELECT string_agg(e.oid::regclass || ' ' || e.condition, ', ') FROM pg_extension x,
        unnest(x.extconfig, x.extcondition) e (oid, condition) WHERE x.extname = 'loyalty' AND e.condition <> ''),
    'loyalty_data.source WHERE source_id >= 100',
    'as a whole, but for rows that the install script makes');
SELECT is_empty(
    $$SELECT c.relname, a.grantee::regrole FROM relation c, aclexplode(c.relacl) a
      WHERE c.relkind IN ('r', 'p', 'S') AND a.grantee <> c.relowner$$, 'tables and sequences are granted to nobody');
SELECT is_empty(
    $$SELECT c.relname, t.tgname FROM pg_trigger t JOIN relation c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled <> 'A'$$,
    'our triggers fire for whoever writes, replication too');

-- Where rows would be on many servers, and what a table must have for it. Columns of unique indexes, constraints or not:
CREATE TEMP VIEW unique_key AS
    SELECT c.relname, i.indexrelid::regclass AS index, i.indisprimary, (
        SELECT array_agg(COALESCE(a.attname, '') ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY k (attnum, n)
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0 WHERE k.n <= i.indnkeyatts) AS columns
    FROM relation c JOIN pg_index i ON i.indrelid = c.oid WHERE c.relkind IN ('r', 'p') AND i.indisunique;
SELECT set_eq($$SELECT table_name FROM loyalty_data.table_distribution$$,
    $$SELECT relname::text COLLATE "C" FROM relation WHERE relkind IN ('r', 'p')$$, 'every table says where its rows would be');
SELECT is_empty(
    $$SELECT c.relname FROM relation c JOIN loyalty_data.table_distribution d ON d.table_name = c.relname
      WHERE c.relkind IN ('r', 'p') AND d.distribution <> 'reference' AND 2 <> (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnotnull
        AND (a.attname = 'org_id' AND a.atttypid = 'int4'::regtype OR a.attname = d.key_column
            AND (d.distribution = 'value' OR a.atttypid = 'int8'::regtype)))$$,
    'by an org and a column that are never NULL; customers have ids of 8 bytes');
SELECT is_empty(
    $$SELECT u.relname, u.index FROM unique_key u JOIN loyalty_data.table_distribution d ON d.table_name = u.relname
      WHERE d.distribution = 'customer' AND u.columns[1:2] <> '{org_id,customer_id}'$$,
    'whatever is unique in a customer''s table begins with org_id and customer_id');
SELECT is_empty(
    $$SELECT u.relname, u.index FROM unique_key u JOIN loyalty_data.table_distribution d ON d.table_name = u.relname
      WHERE d.distribution = 'value' AND NOT (u.columns[1] = 'org_id' AND d.key_column = ANY (u.columns))$$,
    'in one that is keyed by a value, has org_id and the value');
SELECT is_empty(
    $$SELECT d.table_name FROM loyalty_data.table_distribution d WHERE NOT EXISTS (
        SELECT FROM unique_key u WHERE u.relname = d.table_name AND u.indisprimary)$$, 'every table has a primary key');
SELECT is_empty(
    $$SELECT c.relname FROM relation c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id'
      JOIN loyalty_data.table_distribution d ON d.table_name = c.relname WHERE d.distribution = 'reference'$$,
    'what is about a customer is not everywhere');
SELECT is_empty(
    $$SELECT t.tgrelid::regclass FROM pg_trigger t JOIN relation c ON c.oid = t.tgrelid
      JOIN loyalty_data.table_distribution d ON d.table_name = c.relname
      WHERE t.tgfoid = 'loyalty_data.org_changed'::regproc AND d.distribution <> 'reference'$$,
    'tables whose changes empty caches are everywhere: every server must hear of them');
SELECT is_empty(
    $$SELECT d.table_name, s.relname FROM loyalty_data.table_distribution d JOIN pg_class c ON c.oid = to_regclass('loyalty_data.' || d.table_name)
      JOIN pg_depend p ON p.refobjid = c.oid AND p.refobjsubid > 0 JOIN pg_class s ON s.oid = p.objid AND s.relkind = 'S'$$,
    'no table has a sequence of its own');
SELECT is_empty(
    $$SELECT c.relname, i.indexrelid::regclass FROM relation c JOIN pg_index i ON i.indrelid = c.oid
      JOIN pg_attribute org ON org.attrelid = c.oid AND org.attname = 'org_id'
      WHERE i.indisunique AND i.indkey[0] <> org.attnum AND c.relname <> 'org'$$,
    'whatever is unique is unique within an org');

-- ---------------------------------------------------------------- views

SELECT is_empty(
    $$SELECT c.relname FROM relation c WHERE c.relkind = 'v' AND c.relname NOT IN ('error_codes', 'entry_with_event', 'message_outcome', 'dnd_consent', 'functions', 'views')
        AND pg_get_viewdef(c.oid) !~ ' FROM loyalty[.](daily_totals|points_expiry_schedule) .\n'
        AND (NOT 'security_barrier=true' = ANY (COALESCE(c.reloptions, '{}'))
             OR pg_get_viewdef(c.oid) NOT LIKE '%ANY (( SELECT loyalty.visible_orgs() AS visible_orgs)::integer[])%')$$,
    'views are security barriers and filter by visible_orgs() once');
SELECT is_empty(
    $$SELECT c.relname, a.grantee, a.privilege_type FROM relation c, aclexplode(c.relacl) a
      WHERE c.relkind = 'v' AND a.grantee <> c.relowner AND (a.is_grantable OR a.privilege_type <> 'SELECT'
        OR a.grantee = 0 OR a.grantee::regrole::text NOT IN
        ('loyalty_admin', 'loyalty_agent', 'loyalty_pos', 'loyalty_analyst', 'loyalty_gateway'))$$,
    'views are granted to capability roles alone, to read');
SELECT is_empty(
    $$SELECT a.grantee FROM relation c, aclexplode(c.relacl) a WHERE c.relname IN ('entry_with_event', 'message_outcome', 'dnd_consent') AND a.grantee <> c.relowner$$,
    'views that show the rows of all orgs are granted to nobody');
SELECT is_empty(
    $$SELECT c.relname FROM relation c WHERE c.relkind = 'v' AND obj_description(c.oid, 'pg_class') IS NULL$$,
    'every view has a comment');

-- ---------------------------------------------------------------- documents

-- From whatever directory of the source tree the test is run.
\set page `for up in . .. ../..; do test -f $up/docs/errors.md && cat $up/docs/errors.md && break; done`
CREATE TEMP TABLE documented AS
    SELECT m[1] AS sqlstate, m[2] AS name, m[3] AS meaning
    FROM regexp_matches(:'page', '^\| (LY[0-9A-Z]{3}) \| `([A-Z_]+)` \| ([^|]*?) \|', 'gn') m;
SELECT bag_eq($$SELECT sqlstate, name, meaning FROM documented$$, $$SELECT sqlstate, name, meaning FROM loyalty.error_codes$$,
    'docs/errors.md has every error code with its name and meaning');

\set page `for up in . .. ../..; do test -f $up/docs/org.md && cat $up/docs/org.md && break; done`
CREATE TEMP TABLE documented_key AS
    SELECT m[1] AS config_key, m[2] AS value_type, m[3] AS default_value, m[4] AS allowed, m[5] AS effect
    FROM regexp_matches(:'page', '^\| `([A-Z][A-Z0-9_]+)` \| ([\w ]+) \| `?([^|`]*?)`? \| ([^|]*) \| ([^|]*) \|$', 'gn') m;
SELECT bag_eq($$SELECT config_key, value_type, NULLIF(default_value, '') FROM documented_key$$,
    $$SELECT config_key, value_type, default_value FROM loyalty.config_catalogue()$$,
    'docs/org.md has every configuration key with its type and default');
SELECT bag_eq($$SELECT config_key, regexp_replace(allowed, ',(?! )', ', ', 'g'), effect FROM documented_key$$,
    $$SELECT config_key, regexp_replace(allowed, ',(?! )', ', ', 'g'), description FROM loyalty.config_catalogue()$$,
    'with what it may be, and its effect');

SELECT * FROM finish();
ROLLBACK;
