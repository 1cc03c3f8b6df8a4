package LoyaltyCalls;

# A valid call of every function and procedure of schema loyalty, in an org that fill_org() makes. Literals have no type and
# nothing is computed, so that a call needs nothing of the caller's search_path.

use strict;
use warnings;

use Exporter 'import';
use LoyaltyTest;

our @EXPORT = qw(fill_org argument_lists %STATE_OF);

# Calls that are refused whatever they say, by whom fill_org() has not asked as.
our %STATE_OF = (withdraw_change_request => 'LY607');

# The arguments, obligatory ones by place, the others by name. :name stands for an id that fill_org() answers, :n for the
# number of the call, from 1: jobs that commit have something to do each time.
my $ARGUMENTS = <<'END';
acknowledge_event               'acme', 'hook', :ann, 1, 1, outcome => 'delivered'
acknowledge_message             'acme', :ann, :taken, 1, 'sent', provider_message_id => 'm1'
add_customer_note               'acme', :ann, 'Calls back', actor => 'a', idempotency_key => 'k40'
add_transaction                 'acme', :ann, 'B-7', 50, line_items => '[{"item_code": "a", "amount": 30}, {"item_code": "b", "amount": 20}]', till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k1'
add_transaction_by_identifiers  'acme', 'B-8', 50, mobile => '81119999', email => 'new@example.com', first_name => 'N', till => 't1', idempotency_key => 'k2'
activate_participation          'acme', :ann, program => 'since', till => 't1'
adjust_gift_voucher             'acme', :gift, 5, till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k40'
adjust_points                   'acme', :ann, 5, 'debit', reason => 'r', program => 'base', till => 't1', idempotency_key => 'k3'
apply_retention                 'jobs', as_of => '2023-0:n-20', batch_size => 1
approve_change_request          'acme', :asked, accept_warnings => true, reason => 'r', actor => 'a'
approve_deletion                'acme', :doomed
award_referral                  'acme', :bob, :ann, 5, 10, program => 'base', transaction_number => 'B-2', transaction_till => 't1', idempotency_key => 'k4'
bsp_secret                      'acme', 'wa'
cancel_message                  'acme', :ann, :waiting, reason => 'r'
card_history                    'acme', :'card'
change_expiry                   'acme', :ann, :lot, '2099-01-01', reason => 'r', idempotency_key => 'k5'
change_identifier               'acme', :ann, 'mobile', '81118888', reason => 'r'
check_change_request            'acme', :asked
check_restriction               'acme', :ann, 'redeem_points'
clock
close_day                       'jobs', '2022-12-0:n'
config_catalogue
convert_promised_points         'jobs', as_of => '2023-0:n-20', batch_size => 1
create_bsp_account              'acme', 'new', 'twilio', '+6591234567', true, '{"sid": "s", "auth_token": "t", "messaging_service_sid": "m"}'
create_card_label               'acme', 'suspended', 'Lost'
change_promotion                'acme', 'promo', benefit => '{"type": "fixed", "value": 2}', redemptions_total => 2000
create_code                     'acme', 'promo', 'SOME', redemptions => 150
create_promotion                'acme', 'new', 'New', '{"type": "percent", "value": 10}', '{"minimum_bill": 5, "stores": ["s1"], "days": ["monday"]}', last_day => '2099-01-01', redemptions_total => 5
export_codes                    'acme', 'promo', 1
generate_codes                  'acme', 'promo', 10, prefix => 'GEN-', distribution => 'paper'
link_code                       'acme', :ann, 'ONCE'
revoke_code                     'acme', 'ONCE'
revoke_code_batch               'acme', 'promo', 1
stop_promotion                  'acme', 'promo'
unlink_code                     'acme', :ann, 'MANY'
upload_codes                    'acme', 'promo', '{CODE-1,CODE-2}', partner => 'Shell'
create_card_series              'acme', 'new', 'New', method => 'AUTO_INC', length => 6, prefix => 'N'
create_contact                  'acme', 'new', 'New', 'new@example.com', '81110001', topics => '{request}'
create_message_template         'acme', 'new', 'whatsapp', 'Dear {{1}}', components => '{"header": {"type": "text", "text": "For {{1}}"}}', variable_limits => '{"1": 20}', language => 'pt_BR'
create_event_subscriber         'acme', 'new', 'https://example.com/new', '{points_award}', include_identifiers => true
create_org                      'new', 'New', base_country => 'SG'
create_org_unit                 'acme', 'new', 'New'
create_program                  'acme', 'new', 'New', expiry_unit => 'days', expiry_value => 5
create_sender                   'acme', 'NEW', 'mobile', org_unit => 'north', is_default => true, bsp_account => 'wa'
create_reminder                 'acme', 'new', 'birthday', 3, 'greeting', program => NULL
create_source                   'New shop', needs_account => true
create_status_label             'acme', 'active', 'New'
create_store                    'acme', 'new', 'New'
create_voucher                  'acme', 5, 3, '2099-01-01', till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k41'
create_till                     'acme', 'new', 's1', program => 'base'
customer_cards                  'acme', :ann
customer_brief                  'acme', :ann
customer_interactions           'acme', :ann, page_size => 5
customer_single_view            'acme', :ann
customer_timeline               'acme', :ann, page_size => 5
delete_customer_note            'acme', :ann, :noted
decline_change_request          'acme', :asked, 'r', actor => 'a'
dnd_consents_csv                'acme'
export_customer                 'acme', :ann
decline_deletion                'acme', :doomed, reason => 'r'
define_field                    'acme', 'custom', 'customer', 'hat', 'text', allowed_values => '{a,b}'
enrol_customer                  'acme', :bare, fields => '{"drink": "tea"}', program => 'asking', till => 't1', reason => 'r', actor => 'x'
earn_points                     'acme', :ann, 7.5, program => 'fine', reason => 'r', till => 't1', idempotency_key => 'k6'
earn_points_batch               'acme', ARRAY[pg_catalog.jsonb_populate_record(NULL::loyalty.earn_item, '{"customer_id": :ann, "points": 3, "till": "t1", "idempotency_key": "k7"}'), pg_catalog.jsonb_populate_record(NULL::loyalty.earn_item, '{"customer_id": :bob, "points": 4, "reason": "r"}')], all_or_nothing => false
earn_items                      '[{"customer_id": :ann, "points": 3}]'
enable_customer_status          'acme'
expire_cards                    'acme', as_of => '2024-01-01'
expire_points                   'jobs', as_of => '2023-0:n-20', batch_size => 1
explain_registration            'acme', mobile => '81110001', email => 'x@example.com', first_name => 'Ann', fields => '{"size": "m"}'
extend_event_lease              'acme', 'hook', :ann, 1, 1, 60
extend_lease                    'acme', :ann, :taken, 1, 60
find_customer                   'acme', 'mobile', '81110001'
find_transaction                'acme', 'B-1', till => 't1'
finish_messages                 'jobs', as_of => '2023-0:n-20', batch_size => 1
generate_cards                  'acme', 'plain', 3
generate_external_id            'acme'
get_config                      'acme', 'CONF_ORG_CURRENCY_SYMBOL'
grant_org                       'acme', 'mallory'
guarded_operations
health_check
help                            'points'
import_cards                    'acme', 'import', '{X1,X2}'
import_opening_balance          'acme', :bare, 10, program => 'base', reason => 'r', idempotency_key => 'k8'
import_points                   'acme', :ann, 10, reason => 'r', program => 'base', idempotency_key => 'k9'
is_redeemable                   'acme', :ann, 10
issue_card                      'acme', :bob, series => 'plain', reason => 'r'
ledger_closing_balance          'acme', :ann, from_time => '2020-01-01', to_time => '2030-01-01', program => 'base', tills => '{t1}'
ledger_event_details            'acme', :ann, :bill
link_card                       'acme', :bob, :'stock', reason => 'r'
load_transactions               'jobs', 'evil.bills_:n', batch_size => 2
luhn_check_digit                '7992739871'
luhn_is_valid                   '79927398713'
merge_customers                 'acme', :ann, :victim, reason => 'r', idempotency_key => 'k10'
message_tags                    'acme', 'code'
message_hits                    'acme', 7
message_report                  'acme'
move_transaction                'acme', 'B-5', :bob, :ann, transaction_till => 't1', till => 't1', reason => 'r', idempotency_key => 'k17'
mod7_check_digit                '1234567'
mod7_is_valid                   '12345675'
one_step_change                 'acme', 'mobile', '81110002', '81117777', reason => 'r', actor => 'a'
points_balance                  'acme', :ann, as_of => '2024-06-01', known_at => '2090-01-01'
notify_contacts                 'acme', 'request', 'notice', '{"x": "y"}', 'k19', 5
open_program_accounts           'acme', 'fine', batch_size => 1
points_ledger                   'acme', :ann, program => 'base', from_time => '2020-01-01', to_time => '2030-01-01', tills => '{t1}', source => 'INSTORE', page_size => 2
points_ledger_json              'acme', :ann, program => 'base', from_time => '2020-01-01', to_time => '2030-01-01', tills => '{t1}', source => 'ALL', include_merged => true, with_total => true
preview_card_numbers            'acme', 'plain', 3
preview_external_ids            'acme', 3
preview_merge                   'acme', :ann, :victim
preview_message                 'acme', 'bill', '{"amount": 5}'
record_delivery                 'acme', NULL, 'SM-1', 'delivered'
record_inbound                  'acme', 'mobile', '81110001', 'Stop', provider_message_id => 'p1', sender => 'ACME', idempotency_key => 'k19'
customer_coupons                'acme', :ann, statuses => '{active}', page_size => 5
customer_redemptions            'acme', :ann, redemption_types => '{points,coupon}', page_size => 5
is_coupon_redeemable            'acme', :ann, 'SAVE-1', 10, till => 't1'
reverse_coupon_redemption       'acme', :ann, :used, reason => 'r', idempotency_key => 'k32'
revoke_coupon                   'acme', :bob, 'SAVE-4', reason => 'r', actor => 'a'
redeem_coupon                   'acme', :ann, 'SAVE-1', 'B-1', 5, till => 't1', idempotency_key => 'k30'
search_incentive                'acme', 'coupon', 'SAVE-1'
verify_incentives               'acme'
redeem_coupon_items             '[{"customer_id": :ann, "coupon_code": "SAVE-1"}]'
redeem_coupons_batch            'acme', ARRAY[pg_catalog.jsonb_populate_record(NULL::loyalty.redeem_coupon_item, '{"customer_id": :ann, "coupon_code": "SAVE-2", "transaction_number": "B-1", "bill_amount": 5, "till": "t1", "idempotency_key": "k31"}')], all_or_nothing => false
redeem_items                    '[{"customer_id": :ann, "points": 3}]'
redeem_points                   'acme', :ann, 5, program => 'base', till => 't1', transaction_number => 'B-1', transaction_till => 't1', idempotency_key => 'k11'
redeem_points_batch             'acme', ARRAY[pg_catalog.jsonb_populate_record(NULL::loyalty.redeem_item, '{"customer_id": :ann, "points": 3, "till": "t1", "idempotency_key": "k12"}')], all_or_nothing => false
register_customer               'acme', mobile => '81117777', email => 'seven@example.com', first_name => 'Seven', till => 't1', fields => '{"size": "m"}', custom_fields => '{"shoe": 38}', card_series => 'plain', idempotency_key => 'k13'
register_customer_json          'acme', '{"profiles": [{"firstName": "Six", "identifiers": [{"type": "mobile", "value": "81116666"}]}]}', idempotency_key => 'k14'
release_identifier              'acme', :bob, 'line', identifier_value => 'bob', reason => 'r', source => 'LINE', account_id => 'acc'
render_email                    'acme', '[{"type": "list", "list_type": "decimal", "items": ["Hi {{a}}"]}]', '{"a": 1}'
renormalize_mobiles             'acme', dry_run => false, count => 10
replay_events                   'acme', 'hook', '2024-01-01', customer_id => :ann
replace_card                    'acme', :ann, :'card', reason => 'r'
request_deletion                'acme', :bob, reason => 'r'
restriction_list
retire_contact                  'acme', 'zoe'
retire_sender                   'acme', 'ACME', 'mobile'
retire_reminder                 'acme', 'cake'
return_transaction              'acme', :ann, 'B-1', line_items => '[{"line_no": 1, "quantity": 1}]', transaction_till => 't1', reason => 'r', idempotency_key => 'k15'
reverse_redemption              'acme', :ann, :'redemption', points => 5, reason => 'r', idempotency_key => 'k16'
revoke_org                      'acme', 'other'
schedule_jobs                   'acme'
search_contacts                 'acme', 'ZO'
search_customers                'acme', 'ann', '81110001'
send_email                      'acme', :ann, 'Hello', 'Hello', actor => 'a', idempotency_key => 'k22'
send_message                    'acme', :ann, 'hello', '{"first_name": "Ann"}', purpose => 'transactional', sender => 'ACME', campaign => 'c', source => 'INSTORE', actor => 'a', idempotency_key => 'k20'
create_coupon_series            'acme', 'new', 'New', discount_type => 'percent', discount_value => 10, maximum_discount => 5, minimum_bill => 20, stores => '{s1}', days => '{monday}', hours => '{10:00,12:00}', issue_limit => 1000, notify_at => 20, redemptions_total => 500, redemptions_per_customer => 2, coupons_per_customer => 3, validity => '1 month', valid_from_days => 1, days_between_issues => 1, days_between_redemptions => 1, description => 'd'
stop_coupon_series              'acme', 'stopped'
set_issue_limit                 'acme', 'cup', 2000, 20
upload_coupons                  'acme', 'paper', '{paper-7,paper-8}'
check_limits                    'acme'
issue_coupon                    'acme', :ann, 'cup', 'summer', program => 'base', till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k60'
issue_coupons                   'acme', 'paper', ARRAY[:ann, :bare]::bigint[], reason => 'r', actor => 'a', idempotency_key => 'k61'
issue_coupons_batch             'acme', ARRAY[pg_catalog.jsonb_populate_record(NULL::loyalty.issue_coupon_item, '{"customer_id": :ann, "series": "ten", "till": "t1", "idempotency_key": "k62"}')]
issue_coupon_items              '[{"customer_id": 1, "series": "cup"}]'
claim_offer                     'acme', 'paper', 'summer', actor => 'a'
release_offer                   'acme', 'claimed'
expire_gift_vouchers            'jobs', as_of => '2023-0:n-20', batch_size => 1
gift_voucher_balance            'acme', :'gift_code'
issue_gift_voucher              'acme', :ann, 5, validity => '1 year', till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k42'
issue_gift_voucher_for_points   'acme', :ann, 5, expires_on => '2099-01-01', program => 'base', till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k43'
redeem_gift_voucher             'acme', :'gift_code', 2, 'B-1', up_to => true, till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k44'
replace_gift_voucher_code       'acme', :gift, till => 't1', reason => 'r', actor => 'a'
reverse_voucher_redemption      'acme', :gift, :gift_paid, 1, till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k45'
revoke_gift_voucher             'acme', :gift, till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k46'
escalate_change_requests        'jobs', as_of => '2023-0:n-20', batch_size => 1
set_change_request_rules        'acme', 'mobile', notify => 'only_when', notify_amount => 500, auto_approve => true, communicate => '{old_id}', otp => 'new'
set_change_request_contacts     'acme', 'mobile', '{zoe}', step => 1, after_hours => 4
set_change_request_template     'acme', 'email', 'contact', 'email', body => 'A request', subject => 'Request {{request_id}}', blocks => '[{"type": "paragraph", "text": "Hello"}]'
change_requests                 'acme', request_types => '{mobile}', from_date => '2023-01-01', customer_id => :ann
change_requests_csv             'acme', request_types => '{mobile,email}'
send_reminders                  'jobs', as_of => '2023-0:n-20', batch_size => 1
send_sms                        'acme', :ann, 'Hello', sender => 'ACME', priority => 'bulk', valid_until => '2099-01-01', actor => 'a', idempotency_key => 'k21'
send_whatsapp                   'acme', :ann, media => '{"type": "text", "text": "Hello"}', sender => '+6591110000', actor => 'a', idempotency_key => 'k23'
set_card_status                 'acme', :'card', 'suspended', reason => 'r'
set_channel                     'acme', :ann, 'line', 'other', is_verified => true
set_config                      'acme', 'CONF_ORG_CURRENCY_SYMBOL', 'X'
set_delivery_code               'acme', NULL, 'scrubbed', NULL, 'failed', 'scrubbed'
set_contact_topic               'acme', 'request', 'only_when', 500
set_countries                   'acme', 'SG', supported_countries => '{IN}'
set_participation_rules         'acme', 'asking', terms => '{mobile,customer.shoe,participation.drink}', stores => '{s1}'
set_participation_status        'acme', :ann, 'deactivated', program => 'since', reason => 'r'
set_store_sender                'acme', 's1', 'ACME'
set_customer_status             'jobs', :worker, 'Off', reason => 'r'
set_default_card_label          'acme', 'suspended', 'Away'
set_default_sender              'acme', 'ACME', 'mobile'
set_default_status_label        'acme', 'suspended', 'On hold'
set_fraud_status                'acme', :ann, 'marked', reason => 'r'
set_ndnc_status                 'acme', '81110001', 'unknown'
set_promised_rules              'acme', 'base', delay_days => 3
set_redemption_rules            'acme', 'base', minimum => 1, per_day => 1000
set_restriction                 'acme', 'block_points_redemption', '{On hold}'
set_store_location              'acme', 's1', 'Street 1', 'Singapore', 1.2834, 103.8607, opening_hours => 'daily'
set_store_org_unit              'acme', 's1', 'north'
set_retention                   'acme', 'inbound', 30
set_subscription                'acme', :ann, 'line', 'promotional', false
set_template_status             'acme', 'bill', 'paused', external_template_id => 't', reason => 'r'
set_test_control                'acme', :ann, 'control'
set_transfer_rules              'acme', 'base', points_per_day => 1000, transfers_per_day => 10
stores_near                     'acme', 1.28, 103.86, 3
submit_change_request           'acme', 'edit_profile', :bare, payload => '{"first_name": "N", "custom_fields": {"shoe": 40}}', till => 't1', reason => 'r', actor => 'a', idempotency_key => 'k30'
submit_message_template         'acme', 'paid'
take_events                     'acme', 'hook', 10, 1
take_messages                   'acme', 'mobile', 1, 60, 'w'
transfer_points                 'acme', :ann, :bob, 3, program => 'base', reason => 'r', idempotency_key => 'k17'
unlink_card                     'acme', :'card', reason => 'r'
unlock_promised_points          'acme', :ann, transaction_number => 'B-3', idempotency_key => 'k18'
update_bsp_account              'acme', 'wa', '+6591234568', true, '{"key": "value"}'
update_contact                  'acme', 'zoe', name => 'Zoë', email => 'zoe2@example.com', topics => '{other}'
update_customer                 'acme', :ann, first_name => 'Anne', custom_fields => '{"shoe": 39}', base_till => 't1'
update_message_template         'acme', 'bill', 'Thanks for {{amount}}', variable_names => '{hat}'
update_event_subscriber         'acme', 'hook', 'https://example.com/newer', '{points_award,points_redemption}', include_identifiers => false, state => 'active'
update_participation            'acme', :ann, '{"drink": "tea"}', program => 'since', till => 't1'
update_org                      'acme', name => 'Acme Ltd', time_zone => 'Asia/Singapore'
update_org_unit                 'acme', 'north', 'Newer'
update_program                  'acme', 'base', name => 'Basis', points_per_unit => 2, expiry_unit => 'days', expiry_value => 9, is_default => true
update_sender                   'acme', 'ACME', 'mobile', org_unit => 'north', bsp_account => 'wa', is_verified => true
update_reminder                 'acme', 'cake', days_before => 2
update_store                    'acme', 's1', 'Newer'
update_till                     'acme', 't1', program => 'base'
upsert_profile                  'acme', :ann, 'WECHAT', account_id => 'acc', first_name => 'An', mobile => '81115555', cuid => 'c', channels => '[{"type": "wechat", "value": "o"}]', source_keys => '[{"type": "wechat", "value": "k"}]'
verify_channels                 'acme'
verify_data                     'acme'
verify_ledger                   'acme'
enter_code                      'acme', 'generic', '000000', :ann
send_code                       'acme', 'coupon', :ann, amount => 5, program => 'base'
set_verification_rules          'acme', 'generic', life_seconds => 600, code_characters => 'letters'
set_verification_template       'acme', 'generic', 'email', 'Code {{pin}}', 'de', 'Your code'
unblock_verification            'acme', 'generic', :bare, reason => 'r', actor => 'a'
verify_code                     'acme', ':attempt'
visible_orgs
withdraw_change_request         'acme', :asked, reason => 'r', actor => 'a'
END

# What the calls need. The ids are read at the end.
my $ORG = <<'END';
SELECT loyalty.create_org('acme', 'Acme', base_country => 'SG'), loyalty.create_org('jobs', 'Jobs', base_country => 'SG');
SELECT loyalty.create_program('acme', 'base', 'Base', expiry_unit => 'months', expiry_value => 60),
    loyalty.create_program('acme', 'fine', 'Fine', decimals => 3, expiry_unit => 'days', expiry_value => 9, expiry_type => 'rolling'),
    loyalty.create_program('jobs', 'base', 'Base', expiry_unit => 'days', expiry_value => 5);
SELECT loyalty.create_store('acme', 's1', 'Store'), loyalty.create_till('acme', 't1', 's1');
SELECT loyalty.create_program('acme', 'asking', 'Asking'), loyalty.set_participation_rules('acme', 'asking', terms => '{email}'),
    loyalty.define_field('acme', 'custom', 'participation', 'drink', 'text');
SELECT loyalty.create_event_subscriber('acme', 'hook', 'https://example.com/hook');
SELECT loyalty.create_org_unit('acme', 'north', 'North'), loyalty.create_bsp_account('acme', 'wa', 'gupshup', NULL, true, '{"key": "old"}'),
    loyalty.create_sender('acme', 'ACME', 'mobile'), loyalty.create_sender('acme', '+6591110000', 'whatsapp'), loyalty.create_contact('acme', 'zoe', 'Zoe', 'zoe@example.com', topics => '{request}'),
    loyalty.create_message_template('acme', 'notice', 'email', '{{x}}', 'S', variable_names => '{x}'),
    loyalty.set_change_request_template('acme', 'mobile', 'old_id', 'mobile', 'It is {{new_value}} now'),
    loyalty.set_store_location('acme', 's1', latitude => 1.28, longitude => 103.86);
SELECT loyalty.set_config('acme', 'CONF_ALLOW_MOBILE_UPDATE', 'on'), loyalty.set_config('acme', 'CONF_CLIENT_V2_API_ENABLED', 'on'),
    loyalty.set_config('acme', 'CONF_CARD_NUMBER_LENGTH', '8'), loyalty.set_config('acme', 'CONF_CARD_NUMBER_PREFIX', '55'),
    loyalty.set_config('acme', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on'),
    loyalty.set_config('acme', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]');
SELECT loyalty.create_message_template(o, 'greeting', 'mobile', 'Hello') FROM (VALUES ('acme'), ('jobs')) v (o);
SELECT loyalty.create_reminder('acme', 'cake', 'birthday', 0, 'greeting'), loyalty.create_reminder('jobs', 'cake', 'birthday', 0, 'greeting'),
    loyalty.set_retention('jobs', 'inbound', 1);
SELECT loyalty.define_field('acme', 'standard', 'customer', 'size', 'text'),
    loyalty.define_field('acme', 'custom', 'customer', 'shoe', 'integer');
SELECT loyalty.create_status_label('acme', 'suspended', 'On hold'), loyalty.create_card_label('acme', 'suspended', 'Away');
SELECT loyalty.create_message_template('acme', 'bill', 'mobile', 'Thanks', topic => 'transaction'),
    loyalty.create_message_template('acme', 'paid', 'whatsapp', 'Thanks', header_id => 'h');
SELECT loyalty.create_card_series('acme', 'plain', 'Plain', method => 'AUTO_INC', length => 8, prefix => 'P', issue => 'named_registration'),
    loyalty.create_card_series('acme', 'import', 'Import');
SELECT loyalty.generate_cards('acme', 'plain', 2);
SELECT loyalty.register_customer('acme', mobile => '8111000' || n, first_name => 'Name ' || n, registered_on => '2024-01-01')
    FROM generate_series(1, 5) n;
SELECT loyalty.find_customer('acme', 'mobile', '81110001') AS ann, loyalty.find_customer('acme', 'mobile', '81110002') AS bob,
    loyalty.find_customer('acme', 'mobile', '81110003') AS victim, loyalty.find_customer('acme', 'mobile', '81110004') AS doomed,
    loyalty.find_customer('acme', 'mobile', '81110005') AS bare \gset
SELECT loyalty.create_promotion('acme', 'promo', 'Promo', '{"type": "fixed", "value": 1}', trigger => 'code', redemptions_total => 1000);
SELECT loyalty.generate_codes('acme', 'promo', 10), loyalty.upload_codes('acme', 'promo', '{ONCE}'), loyalty.create_code('acme', 'promo', 'MANY', redemptions => 500);
SELECT loyalty.link_code('acme', :ann, 'MANY');
SELECT card_number AS card FROM loyalty.issue_card('acme', :ann, 'plain') \gset
SELECT card_number AS stock FROM loyalty.cards WHERE org = 'acme' AND customer_id IS NULL LIMIT 1 \gset
SELECT loyalty.create_program('acme', 'since', 'Since'), loyalty.set_participation_rules('acme', 'since', terms => '{email}'),
    loyalty.set_participation_status('acme', :ann, 'active', program => 'since');
SELECT lot_id AS lot FROM loyalty.earn_points('acme', :ann, 100, event_time => '2024-02-01') \gset
SELECT event_id AS bill FROM loyalty.add_transaction('acme', :ann, 'B-1', 100, event_time => '2024-02-02', till => 't1',
    line_items => '[{"item_code": "a", "quantity": 2, "amount": 60}, {"item_code": "b", "quantity": 1, "amount": 40}]') \gset
SELECT loyalty.add_transaction('acme', :bob, 'B-2', 100, event_time => '2024-02-02', till => 't1'),
    loyalty.add_transaction('acme', :bob, 'B-5', 100, event_time => '2024-02-02', till => 't1',
        line_items => '[{"item_code": "a", "amount": 100, "colour": "red"}]'),
    loyalty.add_transaction('acme', :victim, 'B-4', 100, event_time => '2024-02-02'),
    loyalty.add_transaction('acme', :ann, 'B-3', 100, event_time => '2024-02-02', category => 'trigger_based',
        line_items => '[{"item_code": "a", "amount": 100}]');
SELECT redemption_id AS redemption FROM loyalty.redeem_points('acme', :ann, 30, program => 'base', event_time => '2024-02-03') \gset
SELECT loyalty.upsert_profile('acme', :bob, 'LINE', 'acc', source_keys => '[{"type": "line", "value": "bob"}]');
SELECT loyalty.set_channel('acme', :ann, 'email', 'ann@example.com'), loyalty.set_channel('acme', :ann, 'line', 'ann'), loyalty.set_subscription('acme', :ann, 'line', 'promotional', true);
SELECT loyalty.create_message_template('acme', 'hello', 'mobile', 'Hello {{first_name}}', variable_names => '{first_name}');
SELECT message_id AS taken FROM loyalty.send_sms('acme', :ann, 'Taken', sender => 'ACME') \gset
SELECT FROM loyalty.take_messages('acme', 'mobile', 1, 86400);
SELECT message_id AS waiting FROM loyalty.send_sms('acme', :ann, 'Waiting', sender => 'ACME') \gset
SELECT loyalty.create_sender('acme', 'CODES', 'mobile', is_default => true);
SELECT FROM unnest(ARRAY[:ann, :bare]::bigint[]) c, loyalty.send_code('acme', 'generic', c);
SELECT attempt FROM loyalty.enter_code('acme', 'generic', '000000', :bare) \gset
SELECT loyalty.set_config('acme', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_config('jobs', 'CONF_GIFT_CARD_ENABLED', 'true');
SELECT loyalty.set_redemption_rules('acme', 'base', points_per_currency_unit => 1);
SELECT loyalty.create_coupon_series('acme', s, 'S', discount_type => 'fixed', discount_value => 5, issue_limit => 1000, coupons_per_customer => 9)
    FROM unnest('{cup,stopped,claimed}'::text[]) s;
SELECT loyalty.create_coupon_series('acme', 'paper', 'Paper', discount_type => 'fixed', discount_value => 5, code_type => 'uploaded');
SELECT loyalty.create_coupon_series('acme', 'ten', 'Ten', discount_type => 'fixed', discount_value => 5, code_type => 'generic', generic_code => 'TEN-OFF');
SELECT loyalty.upload_coupons('acme', 'paper', '{paper-1,paper-2,paper-3,paper-4}'), loyalty.claim_offer('acme', 'claimed', 'summer');
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('acme', :bob, 50) \gset
SELECT movement_id AS gift_paid FROM loyalty.redeem_gift_voucher('acme', :'gift_code', 5) \gset
SET loyalty.clock = '2023-01-01';
SELECT loyalty.issue_gift_voucher('jobs', NULL, 5, expires_on => '2023-01-10'::date + n * 30, event_time => '2022-12-01') FROM generate_series(1, 5) n;
RESET loyalty.clock;
SELECT loyalty.create_coupon_series('acme', 'saving', 'Saving', code_type => 'uploaded', discount_type => 'fixed', discount_value => 1);
SELECT loyalty.upload_coupons('acme', 'saving', '{SAVE-1,SAVE-2,SAVE-3,SAVE-4}');
SELECT loyalty.issue_coupon('acme', c, 'saving') FROM unnest(ARRAY[:ann, :ann, :ann, :bob]::bigint[]) c;
SELECT use_id AS used FROM loyalty.redeem_coupon('acme', :ann, 'SAVE-3', 'B-1', 5) \gset
SELECT loyalty.request_deletion('acme', :doomed);
SELECT loyalty.add_customer_note('acme', :ann, 'Calls back') AS noted \gset
SELECT request_id AS asked FROM loyalty.submit_change_request('acme', 'goodwill_points', :bob, payload => '{"points": 5}', actor => 'b') \gset
SELECT loyalty.register_customer('jobs', mobile => '8111000' || n, first_name => 'N',
    registered_on => '2022-01-01') FROM generate_series(1, 5) n \g /dev/null
SELECT loyalty.earn_points('jobs', loyalty.find_customer('jobs', 'mobile', '8111000' || c), 10, category => category,
        event_time => '2022-12-05'::timestamptz + n * interval '1 month', redeemable_from => CASE category
        WHEN 'promised' THEN '2022-12-10'::timestamptz + n * interval '1 month' END)
    FROM generate_series(1, 4) n, generate_series(1, 5) c, unnest('{regular,promised}'::text[]) category;
SELECT loyalty.create_status_label('jobs', 'suspended', 'Off'), loyalty.enable_customer_status('jobs'),
    loyalty.find_customer('jobs', 'mobile', '81110005') AS worker \gset
\echo ids worker :worker ann :ann bob :bob victim :victim doomed :doomed bare :bare card :card stock :stock lot :lot bill :bill redemption :redemption gift :gift gift_code :gift_code gift_paid :gift_paid taken :taken waiting :waiting asked :asked noted :noted attempt :attempt used :used
END

# Gives both orgs names of a tenant's own.
sub _of_tenant
{
	my ($text, $tenant) = @_;

	return $text =~ s/'(acme|jobs)'/'$1$tenant'/gr;
}

# Makes the orgs "acme" and "jobs", with the tenant's name behind them where there is one; answers name => id.
sub fill_org
{
	my ($node, $tenant) = @_;
	my ($ids) = $node->safe_psql($LoyaltyTest::database, _of_tenant($ORG, $tenant // '')) =~ /^ids (.*)$/m;

	return (tenant => $tenant // '', split ' ', $ids);
}

# The arguments of every call, name => text, with what fill_org answers.
sub argument_lists
{
	my (%ids) = @_;
	my %lists;

	for my $line (split /\n/, _of_tenant($ARGUMENTS, $ids{tenant}))
	{
		my ($name, $arguments) = $line =~ /^(\w+)\s*(.*)$/;
		$arguments =~ s/:'(\w+)'/quoted($ids{$1})/ge;
		$arguments =~ s/:(\w+)/exists $ids{$1} ? $ids{$1} : ":$1"/ge;
		$lists{$name} = $arguments;
	}
	return %lists;
}

1;
