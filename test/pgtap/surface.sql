-- What all functions and views that people use have in common: the order of arguments, names, types, shapes of answers; and
-- that NULL for an argument with a default is the default. Rules are asked of the catalogue, so a new function meets them or
-- is an exception here, with its reason. Not in one transaction, since procedures that commit are among them.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT no_plan();

-- Every argument and every column of an answer: mode i (argument), o (OUT, or of the type that is answered), t (of a table).
CREATE TEMP VIEW argument AS
    SELECT p.oid, p.proname::text COLLATE "default" AS function, p.prokind, a.position::int, a.name::text COLLATE "default" AS name,
        a.mode::text,
        format_type(a.type, NULL) AS type, a.mode = 'i' AND a.position > p.pronargs - p.pronargdefaults AS is_optional,
        CASE WHEN a.mode = 'i' THEN pg_get_function_arg_default(p.oid, a.position::int) END AS usual
    FROM pg_proc p, LATERAL unnest(p.proargnames, COALESCE(p.proargmodes::text[], array_fill('i'::text, ARRAY[p.pronargs])),
        COALESCE(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY a (name, mode, type, position)
    WHERE p.pronamespace = 'loyalty'::regnamespace
    UNION ALL
    SELECT c.oid, c.relname::text COLLATE "default", 't', a.attnum, a.attname::text COLLATE "default", 'o',
        format_type(a.atttypid, NULL), false, NULL
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'c';
CREATE TEMP VIEW view_column AS
    SELECT c.relname::text COLLATE "default" AS view, a.attnum AS position, a.attname::text COLLATE "default" AS name, format_type(a.atttypid, NULL) AS type
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind IN ('v', 'm');

-- What comes last, and in this order.
CREATE TEMP TABLE tail (place serial, name text, letter text);
INSERT INTO tail (name, letter) VALUES ('program', 'p'), ('event_time', 'e'), ('till', 't'), ('store', 's'), ('reason', 'r'),
    ('source', 'o'), ('account_id', 'a'), ('actor', 'w'), ('idempotency_key', 'k'), ('card_number', 'n'), ('card_external_id', 'x');

CREATE TEMP TABLE exception (rule text, object text, name text, reason text);
INSERT INTO exception VALUES
    ('order', 'upsert_profile', NULL, 'source and account_id are the key of the profile: what comes after them is written to it'),
    ('order', 'points_balance', NULL, 'a read: program is a filter'),
    ('order', 'points_ledger', NULL, 'a read: program, store and source are filters among others'),
    ('order', 'points_ledger_json', NULL, 'a read: the same filters'),
    ('order', 'ledger_closing_balance', NULL, 'a read: the same filters'),
    ('name', 'health_check', 'value', 'the value of an item, whatever it is'),
    ('name', 'is_redeemable', 'required', 'the points that a condition asks for, not whether they are'),
    ('name', 'verify_code', 'verified', 'the verdict of the call, as allowed and ok are'),
    ('name', 'set_retention', 'what', 'the word of what is kept for a time'),
    ('name', 'retention_rules', 'what', 'the same'),
    ('name', 'set_change_request_contacts', 'step', 'the step of the escalation, of which a type has three'),
    ('name', 'change_request_contacts', 'step', 'the same'),
    ('name', 'metrics', 'value', 'the value of a number, whatever it counts'),
    ('type', 'attempt', NULL, 'which try of a delivery it is; what stands for a guess at a code'),
    ('type', 'payload', NULL, 'a document that comes in; a text that goes out byte for byte'),
    ('type', 'items', NULL, 'of either batch, or the document that they are made from'),
    ('type', 'days', NULL, 'a number of days; weekdays by their names'),
    ('type', 'allowed', NULL, 'whether an operation is allowed; what a configuration key allows'),
    ('shape', 'preview_card_numbers', NULL, 'nothing but numbers'),
    ('shape', 'preview_external_ids', NULL, 'nothing but numbers');

-- ---------------------------------------------------------------- rules, each a view of what breaks it

CREATE TEMP VIEW out_of_order AS
    SELECT a.function, array_agg(a.name::text ORDER BY a.position) AS optional
    FROM argument a LEFT JOIN tail t USING (name)
    WHERE a.is_optional AND a.name <> 'verification' AND a.function NOT IN (SELECT object FROM exception WHERE rule = 'order')
    GROUP BY a.function
    HAVING array_agg(a.name::text ORDER BY a.position)
        <> array_agg(a.name::text ORDER BY t.place IS NOT NULL, COALESCE(t.place, a.position));
-- Names that said too little, or said one thing in two ways.
CREATE TEMP VIEW ill_named AS
    SELECT n.object, n.name FROM (SELECT function AS object, name FROM argument UNION ALL SELECT view, name FROM view_column) n
    WHERE n.name IN ('n', 'key', 'value', 'day', 'what', 'more', 'step', 'row_number', 'lines', 'verified', 'required', 'issued_number',
        'lots', 'restricted', 'sealed', 'owner_id', 'return_till', '')
        AND NOT EXISTS (SELECT FROM exception e WHERE e.rule = 'name' AND e.object = n.object AND e.name = n.name);
CREATE TEMP VIEW of_two_types AS
    SELECT name, array_agg(DISTINCT type ORDER BY type) AS types,
        (array_agg(DISTINCT function ORDER BY function))[:5] AS functions
    FROM argument WHERE name NOT IN (SELECT object FROM exception WHERE rule = 'type')
    GROUP BY name HAVING count(DISTINCT type) > 1;
CREATE TEMP VIEW overloaded AS
    SELECT proname::text COLLATE "default" AS function FROM pg_proc WHERE pronamespace = 'loyalty'::regnamespace GROUP BY proname HAVING count(*) > 1;
-- One row is a record with OUT, a type of the function's name, or a scalar; many rows are a table.
CREATE TEMP VIEW ill_shaped AS
    SELECT p.proname::text COLLATE "default" AS function, pg_get_function_result(p.oid) AS result
    FROM pg_proc p
    WHERE p.pronamespace = 'loyalty'::regnamespace AND p.prokind = 'f'
        AND p.proname NOT IN (SELECT object FROM exception WHERE rule = 'shape')
        AND CASE WHEN p.proretset THEN NOT COALESCE('t' = ANY (p.proargmodes), false)
            WHEN p.prorettype = 'record'::regtype THEN NOT COALESCE('o' = ANY (p.proargmodes), false)
            ELSE EXISTS (SELECT FROM pg_type t WHERE t.oid = p.prorettype AND t.typtype = 'c' AND t.typname <> p.proname || '_result') END;
-- Plurals, and what is said of many in the singular.
CREATE TEMP VIEW ill_named_view AS
    SELECT DISTINCT view FROM view_column
    WHERE view !~ 's$' AND view !~ '(^|_)(usage|history|trace|journal|balance|daily|schedule|forecast|log|config|backlog|liability)$';
-- Reference data has codes, which views show, beside its ids, which they do not.
CREATE TEMP VIEW with_inner_id AS
    SELECT view, name FROM view_column
    WHERE name IN ('org_id', 'program_id', 'till_id', 'store_id', 'source_id', 'field_id', 'series_id', 'number_series_id', 'label_id',
        'status_label_id', 'event_code', 'key_id');
CREATE TEMP VIEW unsaid_boolean AS
    SELECT view, name FROM view_column WHERE type = 'boolean' AND name !~ '^(is|has)_';

SELECT is_empty('TABLE out_of_order', 'optional arguments end with program, event_time, till, ... in this order');
SELECT is_empty($$SELECT function FROM argument a WHERE mode = 'i' AND name = 'verification' AND EXISTS (SELECT FROM argument b
    WHERE b.function = a.function AND b.mode = 'i' AND b.position > a.position)$$, 'a proof is the last argument of all');
SELECT is_empty('TABLE ill_named', 'no argument and no column has a name that says too little');
SELECT is_empty('TABLE of_two_types', 'what has one name has one type in every function');
SELECT is_empty('TABLE overloaded', 'every function has a name of its own');
SELECT is_empty('TABLE ill_shaped', 'one row is a record with OUT or the function''s own type, many rows are a table');
SELECT is_empty('TABLE ill_named_view', 'views are plurals, or what many are called in the singular');
SELECT is_empty('TABLE with_inner_id', 'views show codes of reference data and none of its ids');
SELECT is_empty('TABLE unsaid_boolean', 'booleans of views begin with is_ or has_');
SELECT is_empty($$SELECT e.object FROM exception e WHERE e.object NOT IN (SELECT function FROM argument UNION ALL SELECT name FROM argument
    UNION ALL SELECT view FROM view_column)$$,
    'every exception is still about something');

-- Each rule finds what breaks it.
BEGIN;
CREATE FUNCTION loyalty.planted(org text, customer_id int4, n int4, till text DEFAULT NULL, program text DEFAULT NULL, up_to bool DEFAULT false)
    RETURNS SETOF text LANGUAGE sql AS 'SELECT NULL::text';
CREATE FUNCTION loyalty.planted(org text) RETURNS loyalty.earn_item LANGUAGE sql AS 'SELECT NULL::loyalty.earn_item';
CREATE VIEW loyalty.planted_thing AS SELECT 1 AS program_id, true AS sealed;
SELECT results_eq('SELECT function FROM out_of_order', ARRAY['planted'], 'the order of a planted function is found');
SELECT results_eq('SELECT object, name FROM ill_named ORDER BY 1', $$VALUES ('planted', 'n'), ('planted_thing', 'sealed')$$, 'its names too');
SELECT results_eq('SELECT name FROM of_two_types', ARRAY['customer_id'], 'its types');
SELECT results_eq('TABLE overloaded', ARRAY['planted'], 'that there are two of it');
SELECT results_eq('SELECT count(*)::int FROM ill_shaped', ARRAY[2], 'what it answers');
SELECT results_eq('TABLE ill_named_view', ARRAY['planted_thing'], 'the name of a planted view');
SELECT results_eq('SELECT name FROM with_inner_id', ARRAY['program_id'], 'its id');
SELECT results_eq('SELECT name FROM unsaid_boolean', ARRAY['sealed'], 'its boolean');
ROLLBACK;

-- ---------------------------------------------------------------- argument by function

-- Function, its own arguments, and which of the tail it has: a letter for an optional one, a capital for one that must be
-- given. After a change that is meant: SELECT * FROM actual ORDER BY function.
CREATE TEMP VIEW actual AS
    SELECT a.function, string_agg(a.name || CASE WHEN a.is_optional THEN '?' ELSE '' END, ' ' ORDER BY a.position)
            FILTER (WHERE t.name IS NULL) AS own,
        (SELECT string_agg(CASE WHEN b.position IS NULL THEN '.' WHEN b.is_optional THEN x.letter ELSE upper(x.letter) END,
                '' ORDER BY x.place)
            FROM tail x LEFT JOIN argument b ON b.name = x.name AND b.function = a.function AND b.mode = 'i') AS tail
    FROM argument a LEFT JOIN tail t USING (name)
    WHERE a.mode = 'i' GROUP BY a.function;
CREATE TEMP TABLE expected (function text, own text, tail text);
COPY expected FROM stdin WITH (FORMAT csv, DELIMITER '|', NULL '-');
add_transaction_by_identifiers|org transaction_number amount mobile? email? external_id? first_name? last_name? loyalty_type? discount? transaction_type? points? line_items? bill_promotion_points? customer_promotion_points? category? redeemable_from? outlier_status?|petsroawk..
add_transaction|org customer_id transaction_number amount discount? transaction_type? points? line_items? bill_promotion_points? customer_promotion_points? category? redeemable_from? outlier_status?|petsro.wknx
adjust_points|org customer_id points entry_type category? expires_at?|pet.ro.wknx
apply_retention|org as_of? batch_size?|...........
approve_deletion|org customer_id|...........
award_referral|org referee_id referrer_id referee_points referrer_points transaction_number? transaction_till?|pet.ro.wk..
card_history|org|.........N.
adjust_gift_voucher|org voucher_id amount|.etsro.wk..
create_voucher|org amount count? expires_on? validity?|.etsro.wk..
expire_gift_vouchers|org as_of? batch_size?|...........
gift_voucher_balance|org code|...........
issue_gift_voucher|org customer_id amount expires_on? validity?|.etsro.wk..
issue_gift_voucher_for_points|org customer_id points expires_on? validity? verification?|petsro.wknx
redeem_gift_voucher|org code amount transaction_number? up_to?|.etsro.wk..
replace_gift_voucher_code|org voucher_id|.etsro.w...
reverse_voucher_redemption|org voucher_id redemption_movement_id amount?|.etsro.wk..
revoke_gift_voucher|org voucher_id|.etsro.wk..
change_expiry|org customer_id lot_id expires_at immediately?|.et.ro.wknx
change_identifier|org customer_id identifier_type new_value verification?|....r..w...
check_limits|org|...........
check_restriction|org customer_id? operation? identifier_type? identifier_value?|...........
close_day|org posting_day?|...........
convert_promised_points|org as_of? batch_size?|...........
create_card_label|org status label|...........
create_card_series|org series name card_type? method? length? prefix? suffix? serial_offset? max_active_per_customer? validity? checksum_includes? issue?|p..........
create_coupon_series|org series name promotion? code_type? issue_limit? notify_at? redemptions_total? redemptions_per_coupon? redemptions_per_customer? coupons_per_customer? validity? starts_at? ends_at? any_user? discount_type? discount_value? maximum_discount? minimum_bill? stores? days? hours? valid_from_days? days_between_issues? days_between_redemptions? generic_code? code_prefix? code_length? description?|...........
create_message_template|org template channel body? subject? blocks? components? purpose? topic? variable_names? variable_limits? language? header_id? external_template_id? as_draft?|...........
create_org|org name time_zone? base_country? currency_code? currency_symbol?|...........
create_program|org name is_default? points_per_unit? decimals? rounding? expiry_unit? expiry_value? expiry_date? expiry_type? allow_negative_on_return?|P..........
create_reminder|org reminder topic days_before template channel?|p..........
create_status_label|org status label description?|...........
create_source|needs_account?|.....O.....
create_store|org name|...S.......
create_till|org|p.TS.......
customer_cards|org customer_id? identifier_type? identifier_value?|...........
customer_brief|org customer_id? identifier_type? identifier_value?|...........
customer_interactions|org customer_id? channel? from_date? to_date? page_size? page_key? identifier_type? identifier_value?|...........
customer_single_view|org customer_id? identifier_type? identifier_value?|...........
decline_deletion|org customer_id|....r......
dnd_consents_csv|org|...........
define_field|org kind entity name data_type is_required? allowed_values?|...........
earn_items|items|...........
earn_points_batch|org items all_or_nothing?|.......w...
earn_points|org customer_id points category? event_name? expires_at? redeemable_from?|pet.ro.wknx
enable_customer_status|org|...........
expire_cards|org as_of?|...........
expire_points|org as_of? batch_size?|...........
explain_registration|org mobile? email? external_id? first_name? last_name? registered_on? loyalty_type? base_till? fields? extended_fields? custom_fields? card_series? status_label? status_label_reason?|..t..oawk..
export_customer|org customer_id? identifier_type? identifier_value?|...........
find_customer|org identifier_type identifier_value|.....oa....
find_transaction|org transaction_number|..t........
generate_cards|org series count|...........
generate_external_id|org|...........
get_config|org config_key|...........
grant_org|org role_name|...........
help|topic?|...........
import_cards|org series card_numbers card_external_ids?|...........
import_opening_balance|org customer_id points category? expires_at?|pet.ro.wknx
import_points|org customer_id points event_name? category? expires_at?|pet.ro.wknx
is_redeemable|org customer_id points transaction_number? transaction_till? up_to?|pet.ro.wknx
issue_card|org customer_id series? verification?|....r..w.nx
issue_coupon|org customer_id series campaign?|petsro.wknx
issue_coupon_items|items|...........
issue_coupons|org series customer_ids campaign? all_or_nothing?|petsro.wk..
issue_coupons_batch|org items all_or_nothing?|.......w...
ledger_closing_balance|org customer_id? category? entry_type? from_time? to_time? tills? known_at? include_till_concept_events? include_merged? identifier_type? identifier_value?|p..s.o.....
ledger_event_details|org customer_id? event_id? include_merged? identifier_type? identifier_value?|...........
link_card|org customer_id verification?|....r..w.N.
load_transactions|org relation batch_size? date_format?|...........
luhn_check_digit|digits|...........
luhn_is_valid|number|...........
merge_customers|org survivor_id victim_id accept_warnings?|.et.r..wk..
message_tags|org topic?|...........
mod7_check_digit|digits|...........
mod7_is_valid|number|...........
move_transaction|org transaction_number from_customer_id to_customer_id transaction_till?|.etsro.wk..
points_balance|org customer_id? as_of? known_at? identifier_type? identifier_value?|p..........
points_ledger_json|org customer_id? category? entry_type? from_time? to_time? tills? newest_first? page_size? after_key? known_at? include_till_concept_events? include_merged? identifier_type? identifier_value? with_total?|p..s.o.....
points_ledger|org customer_id? category? entry_type? from_time? to_time? tills? newest_first? page_size? after_key? known_at? include_till_concept_events? include_merged? identifier_type? identifier_value?|p..s.o.....
open_program_accounts|org batch_size?|P..........
preview_card_numbers|org series count|...........
preview_external_ids|org count|...........
preview_merge|org survivor_id victim_id|.e.........
preview_message|org template variables? language?|...........
record_inbound|org channel address body provider_message_id? sender? received_at?|........k..
redeem_items|items|...........
redeem_coupon|org customer_id coupon_code transaction_number bill_amount verification?|.etsro.wknx
redeem_coupon_items|items|...........
redeem_coupons_batch|org items all_or_nothing?|.......w...
is_coupon_redeemable|org customer_id coupon_code bill_amount? transaction_number?|.ets.o...nx
reverse_coupon_redemption|org customer_id use_id|.etsro.wk..
revoke_coupon|org customer_id coupon_code|....r..w...
customer_coupons|org customer_id? statuses? series? as_of? page_size? page_key? identifier_type? identifier_value?|...........
customer_redemptions|org customer_id? redemption_types? from_time? to_time? merchant_store_id? coupon_id_from? coupon_id_to? page_size? page_key? identifier_type? identifier_value?|...........
redeem_points_batch|org items all_or_nothing?|.......w...
redeem_points|org customer_id points transaction_number? transaction_till? up_to? verification?|pet.ro.wknx
register_customer_json|org payload|.......wk..
register_customer|org mobile? email? external_id? first_name? last_name? registered_on? loyalty_type? base_till? fields? extended_fields? custom_fields? card_series? status_label? status_label_reason? verification?|..t..oawk..
release_identifier|org customer_id identifier_type identifier_value? verification?|....roaw...
render_email|org blocks variables?|...........
renormalize_mobiles|org dry_run? after_customer_id? count?|.......w...
replace_card|org customer_id old_card_number series? verification?|....r..w.nx
request_deletion|org customer_id|....r......
retire_reminder|org reminder|...........
return_transaction|org customer_id transaction_number line_items? amount? transaction_till? return_number?|.etsro.wknx
reverse_redemption|org customer_id redemption_id points? redemption_event_id?|.et.ro.wknx
revoke_org|org role_name|...........
schedule_jobs|org|...........
send_reminders|org as_of? batch_size?|...........
escalate_change_requests|org as_of? batch_size?|...........
set_change_request_rules|org request_type notify? notify_amount? auto_approve? auto_approve_points? communicate? otp?|...........
set_change_request_contacts|org request_type contacts step? after_hours?|...........
set_change_request_template|org request_type audience channel body? subject? blocks? attachments? language?|...........
change_requests|org request_types? from_date? to_date? statuses? customer_id? page_size? page_key? identifier_type? identifier_value?|...........
change_requests_csv|org request_types? from_date? to_date? statuses? customer_id? raw? identifier_type? identifier_value?|...........
set_card_status|org status label?|....r..w.N.
send_message|org customer_id template variables? channel? language? purpose? sender? priority? not_before? valid_until? attachments? campaign? address?|.....o.wk..
send_sms|org customer_id message purpose? sender? priority? not_before? valid_until? campaign? address?|.....o.wk..
send_whatsapp|org customer_id message? media? purpose? sender? priority? not_before? valid_until? campaign? address?|.....o.wk..
send_email|org customer_id subject body? blocks? variables? purpose? sender? priority? not_before? valid_until? attachments? campaign? address?|.....o.wk..
cancel_message|org customer_id message_id|....r......
set_issue_limit|org series issue_limit? notify_at?|...........
stop_coupon_series|org series|...........
take_messages|org channel quantity? lease_seconds? worker?|...........
extend_lease|org customer_id message_id lease_no lease_seconds?|...........
acknowledge_message|org customer_id message_id lease_no outcome? provider_message_id? error_code?|...........
finish_messages|org as_of? batch_size?|...........
set_channel|org customer_id channel address is_verified? is_primary? device? verification?|.....oa....
set_config|org config_key config_value|...........
set_countries|org base_country supported_countries?|...........
set_customer_status|org customer_id label verification?|....r..w...
set_default_card_label|org status label|...........
set_default_status_label|org status label|...........
set_fraud_status|org customer_id fraud_status verification?|....r..w...
set_ndnc_status|org mobile status industries?|...........
set_promised_rules|org delay_days? expiry_from?|P..........
set_redemption_rules|org points_per_currency_unit? minimum? maximum? multiple? balance_required? lifetime_points_required? per_day? per_week? per_month?|P..........
set_restriction|org restriction labels|...........
set_retention|org what days?|...........
set_subscription|org customer_id channel purpose opted_in consented_at? consent_source? device?|.....oa....
set_template_status|org template status language? version_no? external_template_id?|....r......
set_test_control|org customer_id test_control|...........
set_transfer_rules|org points_per_day? points_per_7_days? points_per_30_days? transfers_per_day? transfers_per_7_days? transfers_per_30_days? renew_expiry? exclude_registration_awards?|P..........
submit_message_template|org template language?|...........
transfer_points|org from_customer_id to_customer_id points verification?|pet.ro.wk..
unlink_card|org|....r..w.N.
unlock_promised_points|org customer_id transaction_number? transaction_till? line_no? lot_id?|.et.ro.wknx
update_customer|org customer_id first_name? last_name? base_till? fields? extended_fields? custom_fields?|...........
update_message_template|org template body? subject? blocks? components? variable_names? variable_limits? language? header_id? external_template_id? as_draft?|...........
update_org|org name? time_zone?|...........
update_program|org name? is_default? points_per_unit? decimals? rounding? expiry_unit? expiry_value? expiry_date? expiry_type? allow_negative_on_return?|P..........
update_reminder|org reminder days_before? template? channel?|...........
update_store|org name|...S.......
create_org_unit|org org_unit name|...........
update_org_unit|org org_unit name|...........
set_store_org_unit|org org_unit?|...S.......
set_store_location|org address? city? latitude? longitude? opening_hours?|...S.......
stores_near|org latitude longitude count?|...........
create_event_subscriber|org subscriber endpoint? event_names? secret? include_identifiers?|...........
update_event_subscriber|org subscriber endpoint? event_names? secret? include_identifiers? state?|...........
take_events|org subscriber quantity? lease_seconds?|...........
extend_event_lease|org subscriber customer_id event_id lease_no lease_seconds?|...........
acknowledge_event|org subscriber customer_id event_id lease_no outcome?|...........
replay_events|org subscriber from_time to_time? customer_id?|...........
set_participation_rules|org enabled? automatic_registration? phone_confirmation? terms? stores?|P..........
set_store_sender|org sender?|...S.......
enrol_customer|org customer_id fields?|p.t.ro.wk..
update_participation|org customer_id fields|p.t........
activate_participation|org customer_id verification?|p.t........
set_participation_status|org customer_id status|p...r..w...
create_sender|org sender channel org_unit? is_default? bsp_account? is_verified?|...........
update_sender|org sender channel org_unit? bsp_account? is_verified?|...........
set_default_sender|org sender channel|...........
retire_sender|org sender channel|...........
create_bsp_account|org bsp_account bsp number is_verified secrets|...........
update_bsp_account|org bsp_account number? is_verified? secrets?|...........
approve_change_request|org request_id accept_warnings?|....r..w...
bsp_secret|org bsp_account|...........
check_change_request|org request_id|...........
create_contact|org contact name email? mobile? topics?|...........
decline_change_request|org request_id|....R..w...
message_hits|org days? from_date? to_date? campaign? channel?|...........
message_report|org from_date? to_date? campaign? channel?|...........
notify_contacts|org topic template variables dedupe_key amount?|...........
one_step_change|org request_type existing requested_to accept_warnings?|....r..w...
record_delivery|org bsp_account provider_message_id provider_status error_code? occurred_at?|...........
retire_contact|org contact|...........
search_contacts|org name_part|...........
search_customers|org name? mobile? email? external_id? page_size? page_key?|.........nx
set_contact_topic|org topic notify amount?|...........
submit_change_request|org request_type customer_id? old_value? new_value? target_id? payload? existing? requested_to? origin? accept_warnings? old_verification? verification?|..t.ro.wk..
update_contact|org contact name? email? mobile? topics?|...........
set_delivery_code|org bsp provider_status error_code delivery_status? cause?|...........
update_till|org clear_program?|p.Ts.......
upload_coupons|org series codes|...........
upsert_profile|org customer_id first_name? last_name? mobile? email? external_id? cuid? channels? source_keys? verification?|.....Oaw...
verify_channels|org|...........
enter_code|org purpose code customer_id? identifier_type? identifier_value?|...........
send_code|org purpose customer_id? identifier_type? identifier_value? channel? amount?|p..........
set_verification_rules|org purpose resend_seconds? life_seconds? attempts? block_seconds? code_length? code_characters? codes_per_day? failures_max? proof_seconds? proof_required? binds_amount?|...........
set_verification_template|org purpose channel body language? subject?|...........
unblock_verification|org purpose customer_id? identifier_type? identifier_value?|....r..w...
verify_code|org attempt|...........
verify_data|org|...........
verify_ledger|org expected_seal?|...........
withdraw_change_request|org request_id|....r..w...
\.
SELECT is_empty('TABLE actual EXCEPT TABLE expected', 'every function is in the table of arguments');
SELECT is_empty('TABLE expected EXCEPT TABLE actual', 'and the table has no others');

-- What filters a page filters a closing balance: each argument of points_ledger that is not about pages, in its order.
CREATE TEMP VIEW filter AS
    SELECT function, string_agg(name || ' ' || type || COALESCE(' ' || usual, ''), ', ' ORDER BY position) AS filters
    FROM argument WHERE mode = 'i' AND name NOT IN ('newest_first', 'page_size', 'after_key', 'with_total') GROUP BY function;
SELECT is((SELECT filters FROM filter WHERE function = f), (SELECT filters FROM filter WHERE function = 'points_ledger'),
    f || ' has every filter of points_ledger') FROM unnest('{ledger_closing_balance,points_ledger_json}'::text[]) f;
-- Whatever reads one customer can name it by an identifier.
SELECT set_eq($$SELECT a.function FROM argument a JOIN pg_proc p ON p.oid = a.oid
        WHERE a.name = 'identifier_type' AND a.mode = 'i' AND a.is_optional AND p.provolatile = 's'$$,
    $$SELECT a.function FROM argument a JOIN pg_proc p ON p.proname = a.function AND p.pronamespace = 'loyalty'::regnamespace
        WHERE a.name = 'customer_id' AND a.mode = 'i' AND p.provolatile = 's'$$,
    'what reads one customer, and writes nothing, can name it by an identifier');

-- ---------------------------------------------------------------- NULL is the default

\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('o', 'base', tills => '{till}', store => 'main', country => 'SG');
SELECT pg_temp.customer('o', NULL, '2024-01-01', '91234567') AS ann,
    pg_temp.customer('o', NULL, '2024-01-01', '91234568') AS bob \gset
SELECT lot_id AS lot FROM loyalty.earn_points('o', :ann, 100, event_time => '2024-02-01', expires_at => '2025-01-01') \gset
-- Told of one event, and of no more: calls that are compared would each tell of another id.
SELECT loyalty.create_event_subscriber('o', 'hook') \g /dev/null
SELECT loyalty.earn_points('o', :ann, 1, event_time => '2024-02-01') \g /dev/null
SELECT loyalty.update_event_subscriber('o', 'hook', event_names => '{message_received}') \g /dev/null
SELECT loyalty.create_sender('o', 'ACME', 'mobile', is_default => true);
SELECT loyalty.set_channel('o', :ann, 'email', 'ann@example.com');
SELECT message_id AS message FROM loyalty.send_sms('o', :ann, 'Hello') \gset
\ir ../fixtures/coupons.sql
SELECT pg_temp.series('o', 'tenth'), pg_temp.coupon('o', 'tenth', :ann, 'SAVE-1'), pg_temp.coupon('o', 'tenth', :ann, 'SAVE-2');
SELECT use_id AS use FROM loyalty.redeem_coupon('o', :ann, 'SAVE-2', 'B-0', 10) \gset
SELECT loyalty.take_messages('o', 'mobile', lease_seconds => 1) \g /dev/null
SELECT loyalty.send_sms('o', :ann, 'Hello') \g /dev/null
SELECT loyalty.add_transaction('o', :ann, 'B-1', 10, event_time => '2024-02-01');
SELECT loyalty.create_message_template('o', 'hello', 'mobile', 'Hello');

-- A call for each function that has such an argument; ann, bob and lot stand for ids.
CREATE TEMP TABLE usual_call (function text, arguments text);
INSERT INTO usual_call VALUES
    ('create_org', $$org => 'new', name => 'New'$$),
    ('set_countries', $$org => 'o', base_country => 'SG'$$),
    ('create_program', $$org => 'o', program => 'new', name => 'New'$$),
    ('create_source', $$source => 'new'$$),
    ('update_till', $$org => 'o', till => 'till'$$),
    ('set_transfer_rules', $$org => 'o', program => 'base', points_per_day => 10$$),
    ('set_promised_rules', $$org => 'o', program => 'base'$$),
    ('create_card_series', $$org => 'o', series => 'new', name => 'New'$$),
    ('create_message_template', $$org => 'o', template => 'new', channel => 'mobile', body => 'New'$$),
    ('update_message_template', $$org => 'o', template => 'hello'$$),
    ('renormalize_mobiles', $$org => 'o'$$),
    ('define_field', $$org => 'o', kind => 'custom', entity => 'customer', name => 'x', data_type => 'text'$$),
    ('register_customer', $$org => 'o', mobile => '91234569'$$),
    ('explain_registration', $$org => 'o', mobile => '91234569'$$),
    ('set_channel', $$org => 'o', customer_id => {ann}, channel => 'line', address => 'x'$$),
    ('send_message', $$org => 'o', customer_id => {ann}, template => 'hello'$$),
    ('send_sms', $$org => 'o', customer_id => {ann}, message => 'Hello'$$),
    ('send_email', $$org => 'o', customer_id => {ann}, subject => 'Hello', body => 'Hello'$$),
    ('take_messages', $$org => 'o', channel => 'mobile'$$),
    ('extend_lease', $$org => 'o', customer_id => {ann}, message_id => {message}, lease_no => 1$$),
    ('acknowledge_message', $$org => 'o', customer_id => {ann}, message_id => {message}, lease_no => 1$$),
    ('stores_near', $$org => 'o', latitude => 1, longitude => 103$$),
    ('create_event_subscriber', $$org => 'o', subscriber => 'new'$$),
    ('take_events', $$org => 'o', subscriber => 'hook'$$),
    ('extend_event_lease', $$org => 'o', subscriber => 'hook', customer_id => {ann}, event_id => 1, lease_no => 1$$),
    ('acknowledge_event', $$org => 'o', subscriber => 'hook', customer_id => {ann}, event_id => 1, lease_no => 1$$),
    ('set_verification_rules', $$org => 'o', purpose => 'generic'$$),
    ('create_sender', $$org => 'o', sender => 'NEW', channel => 'mobile'$$),
    ('create_contact', $$org => 'o', contact => 'new', name => 'New', email => 'new@example.com'$$),
    ('add_transaction', $$org => 'o', customer_id => {ann}, transaction_number => 'N-1', amount => 10$$),
    ('add_transaction_by_identifiers', $$org => 'o', transaction_number => 'N-1', amount => 10, mobile => '91234569'$$),
    ('return_transaction', $$org => 'o', customer_id => {ann}, transaction_number => 'B-1'$$),
    ('move_transaction', $$org => 'o', transaction_number => 'B-1', from_customer_id => {ann}, to_customer_id => {bob}$$),
    ('earn_points', $$org => 'o', customer_id => {ann}, points => 10$$),
    ('redeem_points', $$org => 'o', customer_id => {ann}, points => 10$$),
    ('is_redeemable', $$org => 'o', customer_id => {ann}, points => 1000$$),
    ('set_participation_rules', $$org => 'o', program => 'base'$$),
    ('redeem_coupon', $$org => 'o', customer_id => {ann}, coupon_code => 'SAVE-1', transaction_number => 'B-1', bill_amount => 10$$),
    ('is_coupon_redeemable', $$org => 'o', customer_id => {ann}, coupon_code => 'SAVE-1', bill_amount => 10$$),
    ('reverse_coupon_redemption', $$org => 'o', customer_id => {ann}, use_id => {use}$$),
    ('redeem_coupons_batch', $$org => 'o', items => ARRAY[jsonb_populate_record(NULL::loyalty.redeem_coupon_item, '{"customer_id": {ann}, "coupon_code": "SAVE-1", "transaction_number": "B-1", "bill_amount": 1}')]$$),
    ('customer_coupons', $$org => 'o', customer_id => {ann}$$), ('customer_redemptions', $$org => 'o', customer_id => {ann}$$),
    ('adjust_points', $$org => 'o', customer_id => {ann}, points => 10, entry_type => 'credit', reason => 'fix'$$),
    ('import_points', $$org => 'o', customer_id => {ann}, points => 10$$),
    ('import_opening_balance', $$org => 'o', customer_id => {bob}, points => 10$$),
    ('change_expiry', $$org => 'o', customer_id => {ann}, lot_id => {lot}, expires_at => '2026-01-01'$$),
    ('earn_points_batch', $$org => 'o', items => ARRAY[jsonb_populate_record(NULL::loyalty.earn_item, '{"customer_id": {ann}, "points": 1}')]$$),
    ('redeem_points_batch', $$org => 'o', items => ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item, '{"customer_id": {ann}, "points": 1}')]$$),
    ('merge_customers', $$org => 'o', survivor_id => {ann}, victim_id => {bob}$$),
    ('submit_change_request', $$org => 'o', request_type => 'mobile', customer_id => {ann}, new_value => '91239999'$$),
    ('approve_change_request', $$org => 'o', request_id => {request}, actor => 'b'$$),
    ('one_step_change', $$org => 'o', request_type => 'mobile', existing => '91234567', requested_to => '91239999'$$),
    ('points_ledger', $$org => 'o', customer_id => {ann}, from_time => '2024-01-01'$$),
    ('points_ledger_json', $$org => 'o', customer_id => {ann}, from_time => '2024-01-01'$$),
    ('ledger_closing_balance', $$org => 'o', customer_id => {ann}$$),
    ('ledger_event_details', $$org => 'o', customer_id => {ann}, event_id => 1$$),
    ('open_program_accounts', $$org => 'o', program => 'base'$$),
    ('expire_points', $$org => 'o'$$), ('convert_promised_points', $$org => 'o'$$), ('send_reminders', $$org => 'o'$$), ('customer_interactions', $$org => 'o', customer_id => {ann}$$), ('finish_messages', $$org => 'o'$$), ('search_customers', $$org => 'o', name => 'a'$$), ('apply_retention', $$org => 'o'$$), ('message_hits', $$org => 'o'$$),
    ('escalate_change_requests', $$org => 'o'$$), ('expire_gift_vouchers', $$org => 'o'$$),
    ('create_voucher', $$org => 'o', amount => 10, idempotency_key => 'v'$$), ('issue_gift_voucher', $$org => 'o', customer_id => {ann}, amount => 10, idempotency_key => 'v'$$),
    ('issue_gift_voucher_for_points', $$org => 'o', customer_id => {ann}, points => 10, idempotency_key => 'v'$$),
    ('redeem_gift_voucher', $$org => 'o', code => '{gift_code}', amount => 1$$), ('reverse_voucher_redemption', $$org => 'o', voucher_id => {gift}, redemption_movement_id => {gift_paid}$$),
    ('adjust_gift_voucher', $$org => 'o', voucher_id => {gift}, amount => 1, reason => 'r'$$), ('revoke_gift_voucher', $$org => 'o', voucher_id => {gift}, reason => 'r'$$),
    ('replace_gift_voucher_code', $$org => 'o', voucher_id => {gift}, reason => 'r'$$),
    ('set_change_request_rules', $$org => 'o', request_type => 'email'$$), ('set_change_request_contacts', $$org => 'o', request_type => 'email', contacts => '{}'$$),
    ('change_requests', $$org => 'o'$$), ('change_requests_csv', $$org => 'o'$$),
    ('create_coupon_series', $$org => 'o', series => 'new', name => 'New', discount_type => 'fixed', discount_value => 5$$),
    ('issue_coupon', $$org => 'o', customer_id => {ann}, series => 'cup'$$),
    ('issue_coupons', $$org => 'o', series => 'cup', customer_ids => '{{ann}}'$$),
    ('issue_coupons_batch', $$org => 'o', items => ARRAY[jsonb_populate_record(NULL::loyalty.issue_coupon_item, '{"customer_id": {ann}, "series": "cup"}')]$$),
    ('load_transactions', $$org => 'o', relation => 'public.no_bills'$$);
SELECT loyalty.create_coupon_series('o', 'cup', 'Cup', code_type => 'generic', generic_code => 'CUPS', discount_type => 'fixed', discount_value => 5);
UPDATE usual_call SET arguments = replace(replace(replace(arguments, '{ann}', :'ann'), '{bob}', :'bob'), '{lot}', :'lot');
UPDATE usual_call SET arguments = replace(replace(arguments, '{message}', :'message'), '{use}', :'use');
SELECT loyalty.set_config('o', 'CONF_REQUEST_FOUR_EYES', 'actor');
SELECT request_id AS request FROM loyalty.submit_change_request('o', 'goodwill_points', :ann, payload => '{"points": 1}', actor => 'a') \gset
UPDATE usual_call SET arguments = replace(arguments, '{request}', :'request');
SELECT loyalty.set_config('o', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_redemption_rules('o', 'base', points_per_currency_unit => 1);
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('o', NULL, 10) \gset
SELECT movement_id AS gift_paid FROM loyalty.redeem_gift_voucher('o', :'gift_code', 1) \gset
UPDATE usual_call SET arguments = replace(replace(replace(arguments, '{gift}', :'gift'), '{gift_code}', :'gift_code'), '{gift_paid}', :'gift_paid');
CREATE TEMP VIEW defaulted AS
    SELECT function, prokind, name, usual FROM argument WHERE is_optional AND usual !~* '^NULL';
SELECT set_eq('SELECT function FROM usual_call', 'SELECT DISTINCT function FROM defaulted',
    'every function with a default that is not NULL is called');
SELECT cmp_ok(count(*), '>', 40::bigint, 'there are many such arguments') FROM defaulted;

-- All that the tables hold, but for ids, what is computed from them, and what is drawn by chance.
CREATE FUNCTION pg_temp.state() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    relation text;
    rows text;
    all_rows text := '';
BEGIN
    FOR relation IN SELECT relname FROM pg_class WHERE relnamespace = 'loyalty_data'::regnamespace AND relkind = 'r' ORDER BY 1 LOOP
        EXECUTE format($f$SELECT string_agg(r, ' ' ORDER BY r) FROM loyalty_data.%I t,
            LATERAL (SELECT jsonb_object_agg(key, value)::text AS r FROM jsonb_each(to_jsonb(t))
                WHERE key !~ '(_ids?|_hash|_digest|seed|last_four)$') s$f$, relation) INTO rows;
        all_rows := concat_ws(E'\n', all_rows, relation, rows);
    END LOOP;
    RETURN all_rows;
END $$;
-- What a call answers and what it leaves in the tables; it is rolled back.
CREATE FUNCTION pg_temp.outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    BEGIN
        EXECUTE format($f$SELECT string_agg(CASE jsonb_typeof(j) WHEN 'object' THEN (SELECT jsonb_object_agg(key, value)::text
            FROM jsonb_each(j) WHERE key !~ '_(id|code)$') ELSE jsonb_typeof(j) END, ' ') FROM (SELECT to_jsonb(r) AS j FROM %s r) x$f$, call)
            INTO answer;
        answer := concat_ws(E'\n', 'answered', answer, pg_temp.state());
        RAISE EXCEPTION USING ERRCODE = 'XX001', MESSAGE = 'back';
    EXCEPTION WHEN SQLSTATE 'XX001' THEN
        RETURN answer;
    WHEN OTHERS THEN
        RETURN SQLSTATE || ': ' || SQLERRM;
    END;
END $$;
CREATE FUNCTION pg_temp.outcome_of(function text, arguments text, name text, value text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.outcome(format('loyalty.%s(%s, %s => %s)', function, arguments, name, value)) $$;
SELECT matches(pg_temp.outcome(format('loyalty.%s(%s)', function, arguments)), '^answered', 'it can be called: ' || function)
    FROM usual_call JOIN pg_proc p ON p.proname = function AND p.prokind = 'f' AND p.pronamespace = 'loyalty'::regnamespace;
SELECT ok(pg_temp.outcome_of(c.function, c.arguments, d.name, 'NULL') = pg_temp.outcome(format('loyalty.%s(%s)', c.function, c.arguments)),
    format('%s: no %s is %s', c.function, d.name, d.usual))
    FROM defaulted d JOIN usual_call c USING (function) WHERE d.prokind = 'f';
SELECT ok(pg_temp.outcome_of(c.function, c.arguments, d.name, d.usual) = pg_temp.outcome(format('loyalty.%s(%s)', c.function, c.arguments)),
    format('%s: and so is the default itself, %s', c.function, d.name))
    FROM defaulted d JOIN usual_call c USING (function) WHERE d.prokind = 'f';

-- Procedures commit, so their errors are seen by psql.
CREATE TABLE public.no_bills (line_no bigint, transaction_number text, amount numeric, event_time timestamptz, customer_id bigint);
SELECT set_eq($$SELECT function, name FROM defaulted WHERE prokind = 'p'$$,
    $$VALUES ('expire_points', 'batch_size'), ('convert_promised_points', 'batch_size'),
        ('open_program_accounts', 'batch_size'), ('load_transactions', 'batch_size'), ('load_transactions', 'date_format'),
        ('send_reminders', 'batch_size'), ('finish_messages', 'batch_size'), ('apply_retention', 'batch_size'), ('escalate_change_requests', 'batch_size'), ('expire_gift_vouchers', 'batch_size')$$,
    'procedures have sizes of batches, and one a form of dates');
CALL loyalty.expire_points('o', batch_size => NULL);
CALL loyalty.convert_promised_points('o', batch_size => NULL);
CALL loyalty.open_program_accounts('o', 'base', NULL);
CALL loyalty.send_reminders('o', batch_size => NULL);
CALL loyalty.finish_messages('o', batch_size => NULL);
CALL loyalty.apply_retention('o', batch_size => NULL);
CALL loyalty.escalate_change_requests('o', batch_size => NULL);
CALL loyalty.expire_gift_vouchers('o', batch_size => NULL);
CALL loyalty.load_transactions('o', 'public.no_bills', NULL, NULL);
SELECT pass('and NULL is the usual one');

SELECT * FROM finish();
