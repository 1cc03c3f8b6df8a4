# Tenants do not hold each other up: while any call of one is open, every call of another one runs, and waits for no lock.
#
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyCalls;
use LoyaltyTest;
use Test::More;

my $node = start_node('tenants', key_file => 1);

# Two tenants with the same data, each with orgs and a login role of its own.
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE a LOGIN IN ROLE loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
CREATE ROLE b LOGIN IN ROLE loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
CREATE ROLE mallory; CREATE ROLE other;
SELECT format('CREATE VIEW public.bills_%1$s AS SELECT n AS line_no, (''8111000'' || n)::text AS mobile, (''L-%1$s-'' || n)::text
    AS transaction_number, 10 AS amount, timestamptz ''2023-06-01'' AS event_time FROM generate_series(1, 5) n', t)
    FROM unnest('{a,b}'::text[]) t \gexec
GRANT SELECT ON public.bills_a TO a; GRANT SELECT ON public.bills_b TO b;
SQL
my %calls;
for my $tenant (qw(a b))
{
	my %ids = fill_org($node, $tenant);
	$calls{$tenant} = { argument_lists(%ids) };
	$node->safe_psql('postgres', "SELECT loyalty.grant_org(o, r) FROM unnest('{acme$tenant,jobs$tenant}'::text[]) o,"
		  . " unnest('{$tenant,other}'::name[]) r");
	# Whoever asked for something may take it back: the tenant itself.
	my $asked = $node->safe_psql('postgres', "SELECT request_id FROM loyalty.submit_change_request('acme$tenant', 'goodwill_points', $ids{ann},"
		  . q{ payload => '{"points": 7}')}, extra_params => [ '-U', $tenant ]);
	$calls{$tenant}{withdraw_change_request} =~ s/, \d+,/, $asked,/;
	delete $STATE_OF{withdraw_change_request};
	$calls{$tenant}{create_org} =~ s/'new'/'new$tenant'/;
	$calls{$tenant}{create_source} =~ s/New shop/New shop $tenant/;    # a code of all orgs, too
	$calls{$tenant}{load_transactions} = "'jobs$tenant', 'public.bills_$tenant', batch_size => 2";
	$calls{$tenant}{close_day} = "'jobs$tenant', '2020-01-01'::date + :n";
	$calls{$tenant}{$_} = "'jobs$tenant', as_of => '2023-01-01'::timestamptz + :n * interval '1 day', batch_size => 1"
	  for qw(convert_promised_points expire_points finish_messages send_reminders apply_retention escalate_change_requests expire_gift_vouchers);
	$node->safe_psql('postgres', "SELECT loyalty.create_program('acme$tenant', 'late', 'Late')");
	$calls{$tenant}{open_program_accounts} = "'acme$tenant', 'late', batch_size => 1";
}

my @routines = split /\n/, $node->safe_psql('postgres',
	"SELECT proname FROM pg_proc WHERE pronamespace = 'loyalty'::regnamespace ORDER BY prokind, proname COLLATE \"C\"");
is(join(' ', sort keys %{ $calls{a} }), join(' ', sort @routines), 'every function and procedure has a call');
my %is_procedure = map { $_ => 1 } split /\n/,
  $node->safe_psql('postgres', "SELECT proname FROM pg_proc WHERE pronamespace = 'loyalty'::regnamespace AND prokind = 'p'");
my @views = split /\n/,
  $node->safe_psql('postgres', "SELECT relname FROM pg_class WHERE relnamespace = 'loyalty'::regnamespace AND relkind = 'v'");

# A statement that makes the call; :n is its number.
sub statement_of
{
	my ($tenant, $routine, $number) = @_;
	my $arguments = $calls{$tenant}{$routine} =~ s/:n\b/$number/gr;

	return ($is_procedure{$routine} ? 'CALL' : 'SELECT * FROM') . " loyalty.$routine($arguments)";
}

# Every call of the second tenant, and every view; the names of those that did not answer.
my $made = 0;
sub held_up
{
	my ($what) = @_;

	$made++;
	my @names = (@routines, @views);
	my @settings = ("SET lock_timeout = '500ms'; SET statement_timeout = '20s'", 'SET client_min_messages = warning');
	my @statements = map {
		$is_procedure{$_} ? statement_of('b', $_, $made)
		  : ('BEGIN', exists $calls{b}{$_} ? statement_of('b', $_, 1) : "SELECT * FROM loyalty.$_ LIMIT 1", 'ROLLBACK')
	} @names;
	my @answers = calls($node, [ @settings, @statements ], user => 'b');
	splice @answers, 0, scalar @settings;
	return map {
		my $answer = $is_procedure{$_} ? shift @answers : (splice @answers, 0, 3)[1];
		$answer->{state} eq ($STATE_OF{$_} // '00000') ? () : "$what holds up $_: $answer->{state}"
	} @names;
}

is(join("\n", held_up('nothing')), '', 'every call of the tenant answers');

# ---- functions: each is called, and its transaction stays open

# The calls of the catalogue; then every change of configuration, all in one transaction, those of which types are keys first.
my @held = map { [ $_, statement_of('a', $_, 1) ] } grep { !$is_procedure{$_} } @routines;
my @changes = split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT format('SELECT loyalty.set_config(%L, %L, %L)', 'acmea', k.config_key, w)
FROM loyalty.config_catalogue() WITH ORDINALITY k (config_key, value_type, default_value, allowed, description, n)
    LEFT JOIN loyalty.org_config c ON c.org = 'acmea' AND c.config_key = k.config_key,
    LATERAL (SELECT w FROM unnest(string_to_array(k.allowed, ',')) w WHERE w <> coalesce(c.config_value, '') LIMIT 1) x (w)
WHERE k.allowed ~ '^\w+(,\w+)+$'
ORDER BY k.config_key IN ('CONF_USERS_IS_EMAIL_UNIQUE', 'CONF_REGISTRATION_PRIMARY_KEY') DESC, n
SQL
cmp_ok(scalar @changes, '>', 20, 'there are many changes of configuration');
push @held, [ 'all changes of configuration', @changes ];

# What a call of one tenant may have locked: rows, and of the lock manager's objects those of its own orgs. Whoever writes
# identifiers has a share of the keys, and whoever posts one of the day. Relations that the call itself made are not seen.
my $LOCKS = <<'SQL';
SELECT string_agg(what, '; ') FROM (
    SELECT format('%s on %s', l.mode, c.oid::regclass) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = :pid AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
    UNION ALL
    SELECT format('%s on org %s', l.mode, l.objid) FROM pg_locks l
    WHERE l.pid = :pid AND l.locktype = 'object' AND l.classid = 'loyalty_data.org'::regclass
      AND l.objid NOT IN (SELECT org_id FROM loyalty_data.org WHERE org IN ('acmea', 'jobsa'))
    UNION ALL
    SELECT format('%s written without lock %s of the org', w.tables, w.lock)
    FROM (VALUES ('{loyalty_data.identifier,loyalty_data.customer_identifier}'::regclass[], 1), ('{loyalty_data.ledger_entry}', 2)) w (tables, lock)
    WHERE EXISTS (SELECT FROM pg_locks l WHERE l.pid = :pid AND l.relation = ANY (w.tables) AND l.mode = 'RowExclusiveLock')
      AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.pid = :pid AND l.locktype = 'object' AND l.classid = 'loyalty_data.org'::regclass
          AND l.objsubid = w.lock)) x (what)
SQL

my $session = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'a' ]);
my $pid = $session->query('SELECT pg_backend_pid()');
my (@failed, @locks, @up);
$session->query('\set ON_ERROR_ROLLBACK on');
for (@held)
{
	my ($name, @calls) = @$_;
	$session->query('BEGIN');
	for my $call (@calls)
	{
		$session->{stderr} = '';
		$session->query("$call \\g /dev/null");
		push @failed, "$call: $session->{stderr}" if $session->{stderr} =~ /ERROR/;
	}
	my $locked = $node->safe_psql('postgres', $LOCKS =~ s/:pid/$pid/gr);
	push @locks, "$name: $locked" if $locked;
	push @up, held_up($name);
	$session->query('ROLLBACK');
	last if @up > 20;
}
my @refused = grep { /set_config/ } @failed;
is(join("\n", grep { !/set_config/ } @failed), '', 'each call of the first tenant is open');
cmp_ok(scalar @refused, '<=', 3, 'and most changes of configuration') or diag(@refused);
is(join("\n", grep { /EMAIL_UNIQUE|REGISTRATION_PRIMARY_KEY'/ } @refused), '', 'those of keys among them');
is(join("\n", @locks), '', 'and holds no lock of a table, and none of another org');
is(join("\n", @up), '', 'every call of the second one runs meanwhile');
$session->quit;

# ---- procedures: each is stopped in its midst by a row that another session of the tenant holds

my $gate = $node->background_psql('postgres', on_error_die => 1);
my $poster = "SELECT loyalty.earn_points('jobsa', loyalty.find_customer('jobsa', 'mobile', '81110001'), 1) \\g /dev/null";
my @stopped;
@up = ();
for my $procedure (grep { $is_procedure{$_} } @routines)
{
	$gate->query_safe("BEGIN; $poster
		SELECT FROM loyalty_data.customer c JOIN loyalty_data.org o USING (org_id) WHERE o.org IN ('acmea', 'jobsa') FOR UPDATE OF c \\g /dev/null");
	my $runner = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'a' ]);
	my $runs = $runner->query('SELECT pg_backend_pid()');
	$runner->query_until(qr/begun/, "\\echo begun\n" . statement_of('a', $procedure, 1000) . ";\n");
	$node->poll_query_until('postgres', "SELECT wait_event_type = 'Lock' OR state = 'idle' AND query LIKE 'CALL%' FROM pg_stat_activity WHERE pid = $runs")
	  or die "$procedure neither waits nor ends";
	push @stopped, $procedure
	  if $node->safe_psql('postgres', "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $runs") eq 't';
	push @up, held_up("CALL $procedure");
	$gate->query_safe('ROLLBACK');
	$runner->query('SELECT 1');
	$runner->quit;
}
$gate->quit;
is(join(' ', @stopped), 'close_day convert_promised_points expire_points load_transactions open_program_accounts',
	'procedures that were stopped');
is(join("\n", @up), '', 'every call of the second tenant runs while a procedure of the first one does');

# ---- a transaction that posted and was prepared is waited for by its own org alone

$node->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$node->restart;
$node->safe_psql('postgres', "BEGIN; $poster\nPREPARE TRANSACTION 'posted'");
is(join("\n", held_up('a prepared transaction')), '', 'the second tenant does not wait for it');
is((call($node, "SET statement_timeout = '1s'; CALL loyalty.close_day('jobsa', '2022-12-20')"))[0], '57014', 'its own closing does');
$node->safe_psql('postgres', "COMMIT PREPARED 'posted'");
is((call($node, "CALL loyalty.close_day('jobsa', '2022-12-20')"))[0], '00000', 'until it is committed');

ledger_holds($node, $_) for qw(acmea jobsa acmeb jobsb);
log_is_clean($node);
$node->stop;
done_testing();
