# Texts of one-time codes: sealed as they are sent, opened for workers alone, wiped as their message ends in whatever way, and at no
# time in a table, a dump, the WAL or the log.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

use constant PIN => 'PIN-7Q';	# every text of a code has it, with its number

# What the server logs of statements is literals that callers wrote, so it is off: messages are ours.
my $node = start_node('codes', conf => "log_min_messages = debug1\nlog_min_error_statement = panic\nautovacuum = off\n");

# Points the setting at a file of these keys.
my $version = 0;
sub use_keys
{
	my @keys = @_;
	my $path = $node->basedir . '/keys' . ++$version;

	append_to_file($path, join '', map { "$_ " . sprintf('%02x', $_) x 32 . "\n" } @keys);
	chmod(0600, $path) or die "chmod: $!";
	$node->safe_psql('postgres', "LOAD 'loyalty'; ALTER SYSTEM SET loyalty.key_file = '$path'");
	$node->reload;
	$node->poll_query_until('postgres', "SELECT current_setting('loyalty.key_file') = '$path'") or die 'the setting did not change';
	return;
}

# Runs SQL at so many seconds of the test.
sub at
{
	my ($seconds, $sql) = @_;

	return $node->safe_psql('postgres', "SET loyalty.clock = '2024-05-02 10:00+00'; SET loyalty.clock = '"
		  . $node->safe_psql('postgres', "SELECT '2024-05-02 10:00+00'::timestamptz + interval '$seconds s'") . "'; $sql");
}

# What a worker gets at a time: texts and leases.
sub taken
{
	my ($seconds, $channel) = @_;

	return at($seconds, "SET SESSION AUTHORIZATION carrier; SELECT concat_ws(' ', body, html ~ '@{[PIN]}', attempt) FROM loyalty.take_messages('acme', '"
		  . ($channel // 'mobile') . "')");
}

# State of the message of a number, and whether anything of its text is kept.
sub state_of
{
	my ($n) = @_;

	return $node->safe_psql('postgres', <<"SQL");
SELECT concat_ws(' ', loyalty_data.message_word(m.state, 'state'), m.cause, CASE WHEN b.sealed IS NOT NULL THEN 'sealed by ' || b.key_id END,
    CASE WHEN b.address IS NULL THEN 'without address' END, CASE WHEN num_nonnulls(b.subject, b.body, b.html, b.variables, b.components) > 0 THEN 'open' END)
FROM sent JOIN loyalty_data.message m USING (message_id) LEFT JOIN loyalty_data.message_body b USING (org_id, customer_id, message_id) WHERE n = $n
SQL
}

sub acknowledge
{
	my ($seconds, $n, $lease, $outcome) = @_;

	return at($seconds, "SELECT loyalty.acknowledge_message('acme', customer_id, message_id, $lease, '$outcome') FROM sent JOIN loyalty_data.message USING (message_id) WHERE n = $n");
}

use_keys(1);
$node->safe_psql('postgres', <<'SQL');
SET loyalty.clock = '2024-05-02 10:00+00';
CREATE ROLE carrier LOGIN IN ROLE loyalty_gateway;
SELECT loyalty.create_org('acme', 'Acme', base_country => 'SG'), loyalty.grant_org('acme', 'carrier'), loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true);
SELECT loyalty.create_message_template('acme', 'pin', 'mobile', 'Your code: {{pin}}', purpose => 'code', topic => 'code'),
    loyalty.create_message_template('acme', 'mail', 'email', subject => 'Code {{pin}}', blocks => '[{"type": "title", "text": "It is {{pin}}"}]', purpose => 'code', topic => 'code');
CREATE TABLE who AS SELECT n, (loyalty.register_customer('acme', '+659123000' || n, email => 'ann' || n || '@example.com', registered_on => '2024-01-01')).customer_id AS id
    FROM generate_series(1, 3) n;
CREATE TABLE sent (n int, message_id bigint);
SQL

# Sends a code of a number to a customer, by a template and at a time, and keeps its id.
sub send_code
{
	my ($seconds, $n, $who, $more) = @_;
	my $template = ($more // '') =~ /email/ ? 'mail' : 'pin';

	at($seconds, "INSERT INTO sent SELECT $n, (loyalty.send_message('acme', id, '$template', '{\"pin\": \"@{[PIN]}$n\"}'" . ($more ? ", $more" : '') . ")).message_id FROM who WHERE n = $who");
	return;
}

# ---- sealed while it waits, opened for a worker, wiped as it is sent
send_code(0, 1, 1, q{idempotency_key => 'first'});
is(state_of(1), 'queued sealed by 1', 'a code that waits is sealed, its address is not');
is($node->safe_psql('postgres', q{SELECT p FROM loyalty_data.message m, loyalty_data.message_word(m.purpose, 'purpose') p}), 'code', 'it is one, though the call does not say so');
is(taken(0), 'Your code: ' . PIN . '1 1', 'a worker gets its text');
is(state_of(1), 'leased sealed by 1', 'which stays sealed meanwhile');
is(acknowledge(1, 1, 1, 'retry'), 'queued', 'it may be tried again');
is(taken(31), 'Your code: ' . PIN . '1 2', 'with its text');
is(acknowledge(32, 1, 2, 'sent'), 'sent', 'it is sent');
is(state_of(1), 'sent', 'and wiped');

# ---- all other ends. Example 20: sent at 0 s, valid until 300 s.
send_code(0, $_, 2, q{valid_until => '2024-05-02 10:05+00'}) for 2, 3;
is(taken(299, 'email'), '', 'another channel has nothing');
is(at(299, "SELECT string_agg(body, ',') FROM loyalty.take_messages('acme', 'mobile', 1)"), 'Your code: ' . PIN . '2', 'at 299 s a worker gets it');
is(taken(300), '', 'at 300 s none does');
is(state_of(3), 'expired', 'it is expired, and wiped');
is(acknowledge(301, 2, 1, 'failed'), 'failed', 'a provider refuses one');
is(state_of(2), 'failed failed', 'which is wiped');
send_code(400, 4, 1, q{channel => 'email', valid_until => '2024-05-02 10:10+00'});
is(taken(400, 'email'), 'It is ' . PIN . '4 t 1', 'an e-mail has its blocks');
at(599, q{CALL loyalty.finish_messages('acme')});
is(state_of(4), 'leased sealed by 1', 'the job leaves what is good');
at(600, q{CALL loyalty.finish_messages('acme')});
is(state_of(4), 'expired', 'and wipes what no worker comes for');
send_code(700, 5, 1);
at(700, q{SELECT loyalty.cancel_message('acme', customer_id, message_id, 'superseded') FROM sent JOIN loyalty_data.message USING (message_id) WHERE n = 5});
is(state_of(5), 'canceled canceled', 'a canceled one is wiped');
at(700, q{SELECT loyalty.set_config('acme', 'CONF_MESSAGE_MAX_ATTEMPTS', '1')});
send_code(700, 6, 1);
is(taken(700), 'Your code: ' . PIN . '6 1', 'of one attempt');
is(acknowledge(701, 6, 1, 'retry'), 'dead', 'the first is the last');
is(state_of(6), 'dead', 'it is wiped');
send_code(700, 7, 3);
at(701, q{SELECT loyalty.merge_customers('acme', (SELECT id FROM who WHERE n = 1), (SELECT id FROM who WHERE n = 3))});
is(state_of(7), 'canceled merge', 'so is that of who is merged');
like((call($node, q{SELECT loyalty.send_message('acme', (SELECT id FROM who WHERE n = 2), 'mail', '{"pin": "x"}', attachments => '[{"file_name": "a.txt", "file_data": "x"}]')}))[0],
	qr/^LY003$/, 'files, which are not sealed, go with no code');

# ---- the address of a code is the one that it was sent to
send_code(800, 8, 2);
at(801, q{SELECT loyalty.set_channel('acme', id, 'mobile', '+6591239999', is_primary => true) FROM who WHERE n = 2});
is(at(802, q{SELECT address FROM loyalty.take_messages('acme', 'mobile')}), '+6591230002', 'whatever the customer changes meanwhile');

# ---- keys go on, and go
send_code(900, 9, 2);
use_keys(1, 2);
send_code(901, 10, 2);
is(state_of(9) . ', ' . state_of(10), 'queued sealed by 1, queued sealed by 2', 'a new key seals what comes next');
is(join(',', sort split /\n/, taken(902)), join(',', sort map { 'Your code: ' . PIN . "$_ 1" } 9, 10), 'and both open');
send_code(903, 11, 2);
send_code(903, 12, 2);
$node->safe_psql('postgres', 'UPDATE loyalty_data.message_body b SET key_id = 1 FROM sent s WHERE s.message_id = b.message_id AND n = 11');
use_keys(2);
is(taken(904), 'Your code: ' . PIN . '12 1', 'one whose key is gone keeps no worker from the others');
is(state_of(11), 'failed key_missing', 'and ends');

# ---- what was changed, or taken from another row, does not open: it ends alone
send_code(905, 15, 2);
send_code(905, 16, 2);
send_code(905, 17, 2, q{idempotency_key => 'empty'});
send_code(905, 18, 2);
$node->safe_psql('postgres', <<'SQL');
UPDATE loyalty_data.message_body b SET sealed = set_byte(b.sealed, 30, 255 - get_byte(b.sealed, 30)) FROM sent s WHERE s.message_id = b.message_id AND n = 15;
UPDATE loyalty_data.message_body b SET sealed = o.sealed FROM loyalty_data.message_body o, sent s, sent t
    WHERE s.message_id = b.message_id AND s.n = 16 AND t.message_id = o.message_id AND t.n = 18;
UPDATE loyalty_data.message_body b SET sealed = NULL FROM sent s WHERE s.message_id = b.message_id AND n = 17;
SQL
is(taken(906), 'Your code: ' . PIN . '18 1', 'others are handed out');
is(state_of($_), 'failed unreadable', 'and it ends, wiped') for 15 .. 17;
send_code(907, 19, 2);
$node->safe_psql('postgres', q{UPDATE loyalty_data.message_body b SET sealed = '\x00' FROM sent s WHERE s.message_id = b.message_id AND n = 19});
is(taken(908), '', 'what is too short to be sealed ends, too');
is(state_of(19), 'failed unreadable', 'in the same way');

# ---- nothing of any code is anywhere while some wait
send_code(1000, 13, 2);
send_code(1000, 14, 2, q{channel => 'email'});
$node->safe_psql('postgres', 'CHECKPOINT; SELECT pg_switch_wal()');
my $pin = PIN;
is(run_command([ 'pg_dump', '-d', $node->connstr('postgres') ]) =~ /$pin/, '', 'a dump has none');
my $dir = $node->data_dir;
my @found = grep { slurp_file($_) =~ /$pin/ } glob("$dir/pg_wal/0*"), glob("$dir/base/*/*"), $node->logfile;
is(join(' ', @found), '', 'nor has a file of the database, the WAL or the log');
like($node->safe_psql('postgres', q{SELECT string_agg(i::text, ',') FROM loyalty.customer_interactions('acme', (SELECT id FROM who WHERE n = 2)) i}), qr/code/, 'agents see that there were some');
unlike($node->safe_psql('postgres', q{SELECT string_agg(i::text, ',') FROM loyalty.customer_interactions('acme', (SELECT id FROM who WHERE n = 2)) i}), qr/$pin/, 'and not what they say');
is(join(',', sort split /\n/, taken(1000) . "\n" . taken(1000, 'email')), "It is ${pin}14 t 1,Your code: ${pin}13 1", 'though they are there');
is($node->safe_psql('postgres', q{SELECT count(*) FROM loyalty.verify_channels('acme') WHERE NOT ok}), '0', 'all is in order');

done_testing();
