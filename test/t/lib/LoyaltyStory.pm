package LoyaltyStory;

# A story that leaves rows in every table of the extension: all kinds of postings, identifiers, cards, merges, a deletion.

use strict;
use warnings;

use Exporter 'import';

our @EXPORT = qw(story_begins story story_of story_ends tables);

# Reference data of an org, and what the whole org has once.
sub story_begins
{
	my ($org) = @_;

	return <<"SQL";
SELECT loyalty.create_org('$org', 'Org $org', base_country => 'IN');
SELECT loyalty.create_program('$org', 'base', 'Base', expiry_unit => 'days', expiry_value => 30);
SELECT loyalty.create_program('$org', 'roll', 'Roll', decimals => 3, expiry_unit => 'months', expiry_value => 2,
    expiry_type => 'rolling');
SELECT loyalty.set_promised_rules('$org', 'base', 1), loyalty.set_redemption_rules('$org', 'base', minimum => 1);
SELECT loyalty.create_store('$org', 's1', 'Store'), loyalty.create_till('$org', 't1', 's1', 'base');
SELECT loyalty.create_org_unit('$org', 'north', 'North'), loyalty.set_store_org_unit('$org', 's1', 'north'),
    loyalty.set_store_location('$org', 's1', 'Street 1', 'Pune', 18.52, 73.86, 'daily');
SELECT loyalty.create_sender('$org', 'ACME', 'mobile', 'north', is_default => true),
    loyalty.create_contact('$org', 'zoe', 'Zoe', 'zoe\@example.com', topics => '{request}'), loyalty.set_delivery_code('$org', NULL, 'scrubbed', NULL, 'failed'),
    loyalty.set_contact_topic('$org', 'request', 'only_when', 5);
SELECT loyalty.set_change_request_template('$org', 'email', 'contact', 'email', 'A request waits', 'Request {{request_id}}'),
    loyalty.set_change_request_contacts('$org', 'email', '{zoe}'), loyalty.set_change_request_rules('$org', 'email', 'only_when', 1000);
SELECT loyalty.create_message_template('$org', 'notice', 'email', 'A request', 'Request'), loyalty.notify_contacts('$org', 'request', 'notice', NULL, 'k', 5);
-- The keys of an account need a file; what stands here opens with none.
INSERT INTO loyalty_data.bsp_account (org_id, bsp_account_id, secret_set_at, key_id, is_verified, bsp_account, bsp, secret)
    SELECT org_id, 1000000 + org_id, now(), 1, true, 'wa', 'gupshup', 'sealed' FROM loyalty_data.org WHERE org = '$org';
SELECT loyalty.update_sender('$org', 'ACME', 'mobile', org_unit => 'north', bsp_account => 'wa', is_verified => true);
SELECT loyalty.set_verification_rules('$org', 'coupon'), loyalty.set_verification_template('$org', 'coupon', 'mobile', '{{pin}}');
SELECT loyalty.create_event_subscriber('$org', 'hook', 'https://example.com/hook', '{points_award,customer_registration}');
SELECT loyalty.set_config('$org', 'CONF_EVENT_TIME_TOLERANCE', '90');
SELECT loyalty.set_config('$org', 'CONF_ALLOW_EMAIL_UPDATE', 'true');
SELECT loyalty.set_config('$org', 'CONF_GIFT_CARD_ENABLED', 'true');
SELECT loyalty.set_config('$org', 'CONF_CLIENT_V2_API_ENABLED', 'true'), loyalty.create_source('Shop of $org');
SELECT loyalty.grant_org('$org', current_user::text);
SELECT loyalty.define_field('$org', 'custom', 'customer', 'colour', 'text');
SELECT loyalty.define_field('$org', 'custom', 'participation', 'drink', 'text');
SELECT loyalty.create_program('$org', 'asking', 'Asking');
SELECT loyalty.set_participation_rules('$org', 'asking', automatic_registration => true, terms => '{email,participation.drink}',
    stores => '{s1}'), loyalty.set_store_sender('$org', 's1', 'ACME');
SELECT loyalty.create_status_label('$org', 'suspended', 'Held'), loyalty.create_status_label('$org', 'active', 'Fine');
SELECT loyalty.set_restriction('$org', 'block_points_redemption', '{Held}');
SELECT loyalty.enable_customer_status('$org');
SELECT loyalty.set_config('$org', 'CONF_CARD_NUMBER_LENGTH', '8'), loyalty.set_config('$org', 'CONF_CARD_NUMBER_PREFIX', '55');
SELECT loyalty.set_config('$org', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.set_config('$org', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]');
SELECT loyalty.create_card_series('$org', 'plain', 'Plain', method => 'AUTO_INC', length => 6, prefix => '77', program => 'base');
SELECT loyalty.create_card_series('$org', 'few', 'Few', method => 'AUTO_INC', length => 2, prefix => '8');
SELECT loyalty.create_card_label('$org', 'suspended', 'Lost');
SELECT loyalty.create_message_template('$org', 'hello', 'mobile', 'Hello'), loyalty.update_message_template('$org', 'hello', 'Hi');
SELECT loyalty.create_message_template('$org', 'greeting', 'mobile', 'Hello');
SELECT loyalty.create_reminder('$org', 'soon', 'points_expiry', 3, 'greeting', program => 'base');
SELECT loyalty.create_reminder('$org', 'cake', 'birthday', 0, 'greeting'), loyalty.set_retention('$org', 'inbound', 365);
SET log_min_messages = error; -- the series is nearly used then, and the server says so
SET client_min_messages = error;
SELECT loyalty.generate_cards('$org', 'few', 9);
RESET log_min_messages;
RESET client_min_messages;
CREATE TABLE IF NOT EXISTS public.till_roll (line_no int PRIMARY KEY, org text, mobile text, transaction_number text, amount numeric,
    event_time timestamptz);
CREATE VIEW public.roll_$org AS SELECT line_no, mobile, transaction_number, amount, event_time FROM till_roll WHERE org = '$org';
SQL
}

sub mobiles
{
	my ($n) = @_;

	return map { sprintf '+9198%05d%03d', $n, $_ } 0 .. 9;
}

# What happens to the nth group of customers of an org; with psql, as variables hold the ids.
sub story
{
	my ($org, $n) = @_;
	my @mobile = mobiles($n);
	my $lines = '[{"item_code": "x", "quantity": 2, "amount": 50, "colour": "red"}, {"item_code": "off", "amount": -1}]';
	my $earning_lines = '[{"item_code": "x", "quantity": 2, "amount": 50, "points": 100}]';

	return <<"SQL";
SET client_min_messages = warning;
SELECT customer_id AS ann FROM loyalty.register_customer('$org', mobile => '$mobile[0]', first_name => 'Ann', till => 't1',
    email => 'ann$n\@example.com', custom_fields => '{"colour": "red"}', registered_on => '2024-01-01', idempotency_key => 'ann$n') \\gset
SELECT customer_id AS bob FROM loyalty.register_customer('$org', mobile => '$mobile[1]', registered_on => '2024-01-01') \\gset
SELECT customer_id AS cid FROM loyalty.register_customer('$org', mobile => '$mobile[2]', registered_on => '2024-01-01') \\gset
SELECT customer_id AS dan FROM loyalty.register_customer('$org', mobile => '$mobile[3]', registered_on => '2024-01-01') \\gset
SELECT loyalty.update_customer('$org', :ann, base_till => 't1');
SELECT loyalty.change_identifier('$org', :ann, 'email', 'anna$n\@example.com', reason => 'typo');
SELECT loyalty.set_channel('$org', :ann, 'mobile', '$mobile[0]', is_verified => true);
SELECT loyalty.set_subscription('$org', :ann, 'mobile', 'promotional', true);
SELECT loyalty.set_ndnc_status('$org', '$mobile[0]', 'registered');
SELECT loyalty.add_customer_note('$org', :ann, 'Likes corals', 'maya', 'note$n');
SELECT loyalty.record_inbound('$org', 'mobile', '$mobile[0]', 'Hello', provider_message_id => 'in$n', idempotency_key => 'in$n'),
    loyalty.record_inbound('$org', 'mobile', '$mobile[4]', 'Stop');
SELECT message_id AS sms FROM loyalty.send_message('$org', :ann, 'hello', source => 'INSTORE', idempotency_key => 'sms$n') \\gset
SELECT max(lease_no) FILTER (WHERE message_id = :sms) AS lease FROM loyalty.take_messages('$org', 'mobile', 100) \\gset
SELECT loyalty.acknowledge_message('$org', :ann, :sms, :lease, 'sent', 'P$n'), loyalty.record_delivery('$org', 'wa', 'P$n', 'delivered');
UPDATE loyalty_data.mobile_ndnc SET learned_at = now(), learned_customer_id = :ann, learned_message_id = :sms WHERE mobile = '+91' || right('$mobile[0]', 10);
SELECT loyalty.send_email('$org', :ann, 'Hello', 'Hello', attachments => '[{"file_name": "a.txt", "file_type": "txt", "file_data": "a"}]');
INSERT INTO loyalty_data.reminder_sent (org_id, customer_id, reminder_id, occasion, sent_at)
    SELECT o.org_id, :ann, r.reminder_id, '2024-03-01', now() FROM loyalty_data.org o JOIN loyalty_data.reminder r USING (org_id) WHERE o.org = '$org';
SELECT FROM loyalty.send_code('$org', 'generic', :ann, amount => 5, program => 'base');
SELECT FROM loyalty.enter_code('$org', 'generic', '000000', :ann);
SELECT loyalty.unblock_verification('$org', 'generic', :ann, reason => 'called');
INSERT INTO loyalty_data.verification_use (org_id, customer_id, purpose, run_no, used_at)
    SELECT a.org_id, a.customer_id, a.purpose, a.run_no, now() FROM loyalty_data.verification_attempt a WHERE a.customer_id = :ann;
SELECT loyalty.create_promotion('$org', 'promo$n', 'Promo', '{"type": "fixed", "value": 1}', '{"stores": ["s1"], "minimum_bill": 5}', trigger => 'code',
    redemptions_total => 1000, redemptions_per_customer => 3);
SELECT loyalty.generate_codes('$org', 'promo$n', 1000, prefix => 'GEN-', distribution => 'paper'), loyalty.create_code('$org', 'promo$n', 'MANY$n', redemptions => 500),
    loyalty.upload_codes('$org', 'promo$n', '{once-1-$n,once-2-$n}', partner => 'Shell');
SELECT loyalty.link_code('$org', :ann, 'MANY$n'), loyalty.link_code('$org', :ann, loyalty.export_codes('$org', 'promo$n', 1)) LIMIT 1;
SELECT loyalty.revoke_code('$org', 'ONCE-1-$n');
SELECT card_number AS card FROM loyalty.issue_card('$org', :ann, 'plain', card_external_id => 'X$n') \\gset
SELECT card_number AS other_card FROM loyalty.issue_card('$org', :bob, 'plain') \\gset
SELECT loyalty.set_card_status('$org', :'card', 'suspended', 'Lost'), loyalty.set_card_status('$org', :'card', 'active'),
    loyalty.set_card_status('$org', :'other_card', 'suspended');
SELECT card_number AS lost_card FROM loyalty.issue_card('$org', :ann, 'plain', card_external_id => 'Y$n') \\gset
SELECT card_number FROM loyalty.replace_card('$org', :ann, :'lost_card', reason => 'lost', actor => 'maya');
SELECT loyalty.import_opening_balance('$org', :dan, 25, program => 'base', event_time => '2024-02-01');
SELECT loyalty.add_transaction('$org', :ann, 'A-$n', 100, event_time => '2024-03-01', till => 't1', line_items => '$earning_lines', reason => 'sale');
SELECT loyalty.add_transaction('$org', :bob, 'B-$n', 50, event_time => '2024-03-01', line_items => '$lines', idempotency_key => 'b$n');
SELECT loyalty.add_transaction('$org', :bob, 'V-$n', 30, event_time => '2024-03-01', line_items => '$earning_lines');
SELECT loyalty.move_transaction('$org', 'V-$n', :bob, :dan, event_time => '2024-03-02', reason => 'wrong card');
SELECT loyalty.add_transaction_by_identifiers('$org', 'C-$n', 20, mobile => '$mobile[4]', event_time => '2024-03-01', till => 't1');
SELECT loyalty.add_transaction_by_identifiers('$org', 'T-$n', 20, mobile => '$mobile[5]', event_time => '2024-03-01',
    transaction_type => 'non_loyalty', till => 't1',
    line_items => '$lines');
SELECT loyalty.earn_points('$org', :ann, 1.125, program => 'roll', event_time => '2024-03-01', idempotency_key => 'e$n');
SELECT loyalty.earn_points('$org', :ann, 2.5, program => 'roll', event_time => '2024-03-02', till => 't1', source => 'shop-of-$org');
SELECT loyalty.earn_points('$org', :bob, 30, program => 'base', category => 'promised', event_time => '2024-03-01', reason => 'soon');
SELECT lot_id AS lot FROM loyalty.earn_points('$org', :bob, 10, program => 'base', event_time => '2024-03-02') \\gset
SELECT loyalty.change_expiry('$org', :bob, :lot, expires_at => '2024-07-01', event_time => '2024-03-02');
SELECT redemption_id AS redeemed FROM loyalty.redeem_points('$org', :ann, 12, program => 'base', event_time => '2024-03-02',
    transaction_number => 'A-$n', till => 't1') \\gset
SELECT loyalty.reverse_redemption('$org', :ann, :'redeemed', points => 5, event_time => '2024-03-03');
SELECT loyalty.transfer_points('$org', :ann, :cid, 7, program => 'base', event_time => '2024-03-03');
SELECT loyalty.award_referral('$org', :bob, :ann, 4, 3, program => 'base', transaction_number => 'B-$n', event_time => '2024-03-03');
SELECT loyalty.add_transaction('$org', :cid, 'D-$n', 9, program => 'roll', points => 9, event_time => '2024-03-03', till => 't1');
SELECT loyalty.redeem_points('$org', :cid, 9, program => 'roll', event_time => '2024-03-03');
SELECT loyalty.return_transaction('$org', :cid, 'D-$n', event_time => '2024-03-03', transaction_till => 't1');
SELECT loyalty.adjust_points('$org', :cid, 2, 'credit', reason => 'goodwill', program => 'base', event_time => '2024-03-03');
SELECT loyalty.adjust_points('$org', :cid, 1, 'debit', reason => 'error', program => 'base', event_time => '2024-03-03');
SELECT loyalty.import_points('$org', :cid, 6, program => 'base', event_time => '2024-03-03');
SELECT loyalty.return_transaction('$org', :bob, 'B-$n', event_time => '2024-03-04', return_number => 'R-$n');
SELECT count(error_code) FROM loyalty.earn_points_batch('$org', ARRAY[
    jsonb_populate_record(NULL::loyalty.earn_item, jsonb_build_object('customer_id', :ann, 'points', 7, 'event_time', '2024-03-05')),
    jsonb_populate_record(NULL::loyalty.earn_item, jsonb_build_object('customer_id', :cid, 'points', 8, 'event_time', '2024-03-05',
        'program', 'roll'))]);
SELECT count(error_code) FROM loyalty.redeem_points_batch('$org', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item,
    jsonb_build_object('customer_id', :ann, 'points', 2, 'event_time', '2024-03-05'))]);
INSERT INTO till_roll VALUES ($n * 10, '$org', '$mobile[6]', 'L-$n', 40, '2024-03-05'), ($n * 10 + 1, '$org', 'none', 'M-$n', 1, '2024-03-05');
CALL loyalty.load_transactions('$org', 'public.roll_$org');
SELECT loyalty.create_coupon_series('$org', 'own$n', 'Own', discount_type => 'percent', discount_value => 10, issue_limit => 100, notify_at => 5, coupons_per_customer => 9);
SELECT loyalty.create_coupon_series('$org', 'all$n', 'All', discount_type => 'fixed', discount_value => 5, code_type => 'generic', generic_code => 'ALL-$n');
SELECT loyalty.create_coupon_series('$org', 'paper$n', 'Paper', discount_type => 'fixed', discount_value => 5, code_type => 'uploaded', any_user => true);
SELECT loyalty.upload_coupons('$org', 'paper$n', '{paper-$n-1,paper-$n-2}'), loyalty.claim_offer('$org', 'all$n', 'summer'), loyalty.claim_offer('$org', 'paper$n', program => 'base');
SELECT coupon_code AS own_code FROM loyalty.issue_coupon('$org', :ann, 'own$n', till => 't1', reason => 'sorry', actor => 'maya', idempotency_key => 'coupon$n') \\gset
SELECT use_id FROM loyalty.redeem_coupon('$org', :ann, :'own_code', 'A-$n', 20, till => 't1', idempotency_key => 'use$n') \\gset
SELECT loyalty.reverse_coupon_redemption('$org', :ann, :use_id, till => 't1');
SELECT coupon_id FROM loyalty.issue_coupon('$org', :ann, 'all$n', 'summer', till => 't1');
SELECT coupon_id FROM loyalty.issue_coupon('$org', :cid, 'paper$n', program => 'base');
SELECT use_id FROM loyalty.redeem_coupon('$org', :ann, 'paper-$n-1', 'A-$n', 20, till => 't1');
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('$org', :ann, 50, expires_on => '2099-12-31', reason => 'birthday', actor => 'maya', idempotency_key => 'gift$n') \\gset
SELECT movement_id AS paid FROM loyalty.redeem_gift_voucher('$org', :'gift_code', 20, 'B-$n', till => 't1', idempotency_key => 'pay$n') \\gset
SELECT loyalty.reverse_voucher_redemption('$org', :gift, :paid, 5);
CALL loyalty.convert_promised_points('$org', '2024-03-06');
SELECT request_id FROM loyalty.submit_change_request('$org', 'goodwill_points', :cid, payload => '{"points": 3}', till => 't1', reason => 'sorry', source => 'INSTORE', actor => 'maya', idempotency_key => 'asked-$n');
SELECT request_id FROM loyalty.submit_change_request('$org', 'account_merge', :cid, target_id => :bob);
SELECT request_id FROM loyalty.submit_change_request('$org', 'email', :ann, new_value => 'ann-$n\@example.net');
SELECT merge_id FROM loyalty.merge_customers('$org', :ann, :cid, reason => 'the same', event_time => '2024-03-07', till => 't1');
SELECT loyalty.update_participation('$org', :dan, '{"drink": "tea"}', program => 'asking'),
    loyalty.set_participation_status('$org', :dan, 'deactivated', program => 'asking', reason => 'asked', actor => 'maya');
SELECT loyalty.set_customer_status('$org', :dan, 'Held', reason => 'chargeback', actor => 'maya'), loyalty.submit_change_request('$org', 'delete_account', :dan, origin => 'instore', till => 't1', reason => 'asked', source => 'INSTORE', actor => 'maya');
CALL loyalty.expire_points('$org', '2024-06-15');
SQL
}

# The nth group's ledger without ids and times of recording.
sub story_of
{
	my ($org, $n) = @_;
	my $ids = "(SELECT i.customer_id FROM loyalty_data.customer_identifier i JOIN loyalty_data.org o USING (org_id)"
	  . " WHERE o.org = '$org' AND i.identifier_value LIKE '" . substr((mobiles($n))[0], 0, -3) . "%')";

	return <<"SQL";
SELECT p.program, e.category, e.entry_no, e.entry_type, e.house_account, e.points, e.balance_after, e.effective_at, e.event_code, e.net_points
    FROM loyalty_data.entry_with_event e JOIN loyalty_data.program p USING (org_id, program_id) WHERE e.customer_id IN $ids
    ORDER BY e.customer_id, 1, 2, 3;
SELECT p.program, l.category, l.awarded_at, l.expires_at, l.points, l.remaining, l.redeemed, l.expired, l.returned, l.transferred,
    l.merged, l.converted, l.adjusted FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (org_id, program_id)
    WHERE l.customer_id IN $ids ORDER BY l.lot_id;
SELECT m.entry_no, m.movement_type, m.points FROM loyalty_data.lot_movement m WHERE m.customer_id IN $ids
    ORDER BY m.lot_id, m.entry_no, m.movement_type;
SELECT a.category, a.balance, a.arrears, a.lifetime_points, a.redeemed_points, a.expired_points, a.returned_points, a.last_entry_no,
    a.next_expiry_at FROM loyalty_data.ledger_account a WHERE a.customer_id IN $ids ORDER BY a.customer_id, a.program_id, a.category;
SQL
}

# Closes the org's books: done once, when the story is over.
sub story_ends
{
	my ($org) = @_;

	return "CALL loyalty.close_day('$org', '2024-06-14');\n";
}

# The tables of the extension in a database.
sub tables
{
	my ($node, $database) = @_;

	return split /\n/, $node->safe_psql($database // 'postgres',
		"SELECT relname FROM pg_class WHERE relnamespace = 'loyalty_data'::regnamespace AND relkind = 'r' ORDER BY 1");
}

1;
