# Long random sequences of calls against LoyaltyModel: every answer and every SQLSTATE is compared, after each batch
# every account, every lot and every invariant. LOYALTY_SEED=n repeats one seed, LOYALTY_OPERATIONS says how many
# calls all seeds make together, LOYALTY_SEEDS how many seeds there are.

use strict;
use warnings;

# The order of hashes is part of what a seed repeats.
BEGIN
{
	exec { $^X } $^X, (map { "-I$_" } @INC), $0, @ARGV if !defined $ENV{PERL_HASH_SEED} && ($ENV{PERL_HASH_SEED} = '0') eq '0'
	  && ($ENV{PERL_PERTURB_KEYS} = '0') eq '0';
}

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyModel;
use LoyaltyProperty;
use LoyaltyTest;
use Test::More;

use constant {
	OPERATIONS => 200_000,
	SEEDS      => 32,
};

my @ROUNDINGS = qw(ceiling floor half_up half_down half_even);
my $seeds = $ENV{LOYALTY_SEEDS} // SEEDS;
my @seeds = defined $ENV{LOYALTY_SEED} ? ($ENV{LOYALTY_SEED}) : (1 .. $seeds);
my $operations = int(($ENV{LOYALTY_OPERATIONS} // OPERATIONS) / $seeds) + 1;
my $total = 0;

my $keys = PostgreSQL::Test::Utils::tempdir() . '/keys';
PostgreSQL::Test::Utils::append_to_file($keys, '1 ' . 'a1' x 32 . "\n");
chmod(0600, $keys) or die "chmod: $!";
my $server = start_node('property', conf => "synchronous_commit = off\njit = off\nloyalty.key_file = '$keys'\n");

# Message and detail of a call that is refused.
$server->safe_psql('postgres', <<'SQL');
CREATE FUNCTION public.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
BEGIN
    EXECUTE call;
    RETURN 'nothing was refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN message || ': ' || detail;
END
$$
SQL
# All pages of a customer's ledger, one after the other.
$server->safe_psql('postgres', <<'SQL');
CREATE FUNCTION public.pages(org text, customer_id bigint, from_time timestamptz, to_time timestamptz, newest_first boolean, merged boolean)
RETURNS TABLE (effective_at timestamptz, entry text) LANGUAGE plpgsql AS $$
DECLARE
    line record;
    key text;
BEGIN
    FOR page IN 1 .. 1000 LOOP
        line := NULL;
        FOR line IN SELECT p.* FROM loyalty.points_ledger(org, customer_id, from_time => from_time, to_time => to_time,
            newest_first => newest_first, page_size => 37, after_key => key, include_merged => merged) p
        LOOP
            effective_at := line.effective_at;
            entry := concat_ws(' ', line.customer_id, line.program, line.category, line.event_id, line.entry_no);
            RETURN NEXT;
        END LOOP;
        EXIT WHEN line IS NULL OR NOT line.has_more;
        key := line.next_key;
    END LOOP;
END
$$;
SQL
$server->safe_psql('template1', 'CREATE DATABASE seed TEMPLATE postgres');

# The model is held to examples worked out by hand.
subtest 'the model itself' => sub {
	my $day = \&LoyaltyModel::days_from_date;
	for my $example (
		[ 'UTC',              [ 1998, 2,  1 ],  '1998-02-01 00:00:00.000000+00' ],
		[ 'America/Santiago', [ 2022, 9,  11 ], '2022-09-11 04:00:00.000000+00', 'the day begins at 01:00' ],
		[ 'America/Havana',   [ 2022, 11, 6 ],  '2022-11-06 04:00:00.000000+00', 'the first of two midnights' ],
		[ 'Pacific/Apia',     [ 2011, 12, 30 ], '2011-12-30 10:00:00.000000+00', 'a day that never was' ],
		[ 'Asia/Kolkata',     [ 2022, 1,  1 ],  '2021-12-31 18:30:00.000000+00' ])
	{
		my ($zone, $date, $start, $why) = @$example;
		is(LoyaltyModel::format_time(LoyaltyModel::day_start($zone, $day->(@$date))),
			$start, "the first instant of @$date in $zone" . ($why ? ": $why" : ''));
	}
	my $org = LoyaltyModel->new(org => 'example', zone => 'UTC', clock => $day->(1997, 1, 15) * DAY);
	$org->add_program('year', unit => 'months', value => 12);
	is(LoyaltyModel::format_time($org->program_expiry($org->{program}{year}, $org->{clock} + 20 * HOUR)),
		'1998-02-01 00:00:00.000000+00', 'awarded 1997-01-15, twelve months: not from 1998-02-01 on');
	is(join(' ', map { LoyaltyModel::computed_points(2500, 1_000_000, 0, $_) } @ROUNDINGS),
		'3000 2000 3000 2000 2000', 'two and a half, rounded');
	is(LoyaltyModel::computed_points(3500, 1_000_000, 0, 'half_even'), 4000, 'three and a half, to even');

	my $now = $org->{clock};
	$org->register(1, mobile => 'x');
	$org->earn(2, 0, points => '5', expires_at => $now + 2 * DAY);
	$org->earn(3, 0, points => '7', expires_at => $now + DAY);
	$org->{clock} = $now + HOUR;
	is($org->redeem(4, 0, points => '8')->{current_points}, 4000, 'eight of twelve are redeemed');
	is_deeply([ map { $_->{remaining} } @{ $org->{customers}[0]{accounts}{year}{regular}{lots} } ],
		[ 4000, 0 ], 'first the lot that expires first');
	is($org->redeem(5, 0, points => '4.5')->{err}, 'LY403', 'no halves');
	is($org->redeem(6, 0, points => '5')->{err},   'LY405', 'no more than there is');
	is($org->balance(0, undef, $now + 2 * DAY)->{expired}, 4000, 'the rest expires');
	is($org->earn(7, 0, points => '1', event_time => $now - 1)->{err}, 'LY407', 'nothing before the registration');
	LoyaltyModel::leave_zone();
};

my $entries_sql = <<"SQL";
SELECT e.customer_id, p.program, loyalty_data.ledger_word(e.category, 'category'), e.entry_no,
    loyalty_data.ledger_word(e.entry_type, 'entry_type'), trim_scale(e.points), trim_scale(e.balance_after),
    CASE WHEN e.entry_type = 'm' THEN '' ELSE loyalty_data.ledger_word(e.house_account, 'house_account') END,
    @{[us('e.effective_at')]}, e.posting_day, t.event_name, @{[us('e.event_time')]}, trim_scale(e.net_points)
FROM loyalty_data.entry_with_event e JOIN loyalty_data.program p USING (org_id, program_id) JOIN loyalty_data.org o USING (org_id)
    JOIN loyalty_data.event_type t USING (event_code)
WHERE o.org =
SQL

sub model_entries
{
	my ($org) = @_;

	my @lines;
	for my $customer (@{ $org->{customers} })
	{
		for my $account (map { values %$_ } values %{ $customer->{accounts} })
		{
			my $n = 0;
			for my $entry (@{ $account->{entries} })
			{
				push @lines,
				  line($customer->{id}, @$account{qw(program category)}, ++$n, $entry->{type},
					points_text($entry->{points}), points_text($entry->{balance}),
					$entry->{type} eq 'memo' ? '' : $entry->{house}, $entry->{effective},
					LoyaltyModel::format_date($entry->{day}),
					$entry->{event}{name}, $entry->{event}{time}, points_text($entry->{event}{net}));
			}
		}
	}
	return \@lines;
}

my $totals_sql = 'SELECT program, posting_day, category, house_account, trim_scale(credits), trim_scale(debits), entries,'
  . ' is_sealed FROM loyalty.daily_totals WHERE org =';

# What each house account gave and took on a posting day, and whether the day is closed.
sub model_totals
{
	my ($org) = @_;

	my %total;
	for my $account (map { values %$_ } map { values %{ $_->{accounts} } } @{ $org->{customers} })
	{
		for my $entry (@{ $account->{entries} })
		{
			my $total = $total{ join '|', $account->{program}, LoyaltyModel::format_date($entry->{day}), $account->{category},
				$entry->{house} } //= { credits => 0, debits => 0, entries => 0, day => $entry->{day} };
			$total->{ $entry->{type} eq 'debit' || $entry->{points} < 0 ? 'debits' : 'credits' } += abs $entry->{points};
			$total->{entries}++;
		}
	}
	return [
		map {
			my $total = $total{$_};
			line($_, (map { points_text($total->{$_}) } qw(credits debits)), $total->{entries},
				$total->{day} < ($org->{open_day} // 0) ? 't' : 'f')
		} keys %total ];
}

# Each table that has rows of orgs, with the number and a digest of those of the seed: other seeds write at the same time.
sub table_digests
{
	my $orgs = join ', ', map { quoted($_->{org}) } @{ $world->{orgs} };
	my $here = "WHERE org_id IN (SELECT org_id FROM loyalty_data.org WHERE org IN ($orgs))";
	my $tables = rows("SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r'"
		  . " AND c.relnamespace = 'loyalty_data'::regnamespace AND a.attname = 'org_id' ORDER BY 1");
	die 'where are the tables?' if 8 > grep { /^(ledger_|points_lot|lot_|transaction)/ } @$tables;
	return join "\n",
	  sort @{
		rows(
			join ' UNION ALL ',
			map { "SELECT '$_', count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM loyalty_data.$_ t $here" }
			  @$tables) };
}

# Every call that was made with an idempotency key, once more: nothing is written, the first answers come again.
sub replay_keys
{
	my $before  = table_digests();
	my @first   = grep { defined $_->{row} } @{ $world->{keyed} };
	my @answers = calls($node, [ "SET loyalty.clock = '" . LoyaltyModel::format_time($world->{clock} + 1000 * DAY) . "'",
			map { $_->{sql} } @first ]);
	shift @answers;
	my @wrong = grep { $answers[$_]{state} ne '00000' || $answers[$_]{rows}[0] ne $first[$_]{row} } 0 .. $#first;
	check(join("\n", map { "$first[$_]{sql}: $answers[$_]{state} @{$answers[$_]{rows}}, first $first[$_]{row}" } @wrong[ 0 .. min(2, $#wrong) ]),
		'', "seed $seed: @{[scalar @first]} repeats give the first answers");
	check(table_digests(), $before, "seed $seed: and write nothing");
	return;
}

# Who adds up the entries of the events that a subscriber is told, in its order, has the balances of the ledger at each
# step and in the end; where nobody subscribes nothing is told.
sub check_stream
{
	my ($org) = @_;

	my $here = 'org_id = (SELECT org_id FROM loyalty_data.org WHERE org = ' . quoted($org->{org}) . ')';
	my $name = "seed $seed: the events of $org->{org}, replayed, give the balances of the ledger";
	if ($org->{org} !~ /a$/)
	{
		check(rows("SELECT count(*) FROM loyalty_data.event_delivery WHERE $here")->[0], '0', "seed $seed: $org->{org} tells nobody");
		return;
	}
	check(rows(<<"SQL")->[0], '0|0|t', $name);
WITH told AS (
    SELECT d.customer_id, d.event_no, e.n, e.entry ->> 'program' AS program, e.entry ->> 'category' AS category,
           (e.entry ->> 'points')::numeric * CASE e.entry ->> 'entry_type' WHEN 'debit' THEN -1 ELSE 1 END AS points,
           (e.entry ->> 'balance_after')::numeric AS balance_after
    FROM loyalty_data.event_delivery d
    CROSS JOIN LATERAL jsonb_array_elements(d.payload::jsonb -> 'entries') WITH ORDINALITY e (entry, n)
    WHERE d.$here AND NOT d.is_replay),
steps AS (
    SELECT t.*, sum(points) OVER (PARTITION BY customer_id, program, category ORDER BY event_no, n) AS replayed FROM told t),
ends AS (SELECT customer_id, program, category, sum(points) AS points FROM told GROUP BY 1, 2, 3),
accounts AS (
    SELECT a.customer_id, p.program, loyalty_data.ledger_word(a.category, 'category') AS category, a.balance
    FROM loyalty_data.ledger_account a JOIN loyalty_data.program p USING (org_id, program_id) WHERE a.$here)
SELECT (SELECT count(*) FROM steps WHERE replayed <> balance_after),
       (SELECT count(*) FROM ends FULL JOIN accounts USING (customer_id, program, category)
        WHERE coalesce(ends.points, 0) <> coalesce(accounts.balance, 0)),
       (SELECT count(*) > 0 FROM told)
SQL
	check(rows('SELECT string_agg(invariant || coalesce(detail, chr(45)), chr(59)) FROM loyalty.verify_channels('
		  . quoted($org->{org}) . ') WHERE NOT ok')->[0], '~', "seed $seed: everything of $org->{org} was told");
	return;
}

# As-of answers around every time at which something happened to some customers are the model's, and lifetime points
# never fall with time.
sub check_as_of
{
	my ($org) = @_;

	my (@statements, @wanted);
	for my $customer (grep { defined } (shuffle(grep { $_->{loyal} } @{ $org->{customers} }))[ 0 .. 5 ])
	{
		my %time = map { $_ => 1 } map { ($_ - 1, $_, $_ + 1) } grep { defined }
		  map { (map { $_->{effective} } @{ $_->{entries} }), (map { $_->{expires} } @{ $_->{lots} }) }
		  map { values %$_ } values %{ $customer->{accounts} };
		my @times = sort { $a <=> $b } keys %time;
		my $every = max(1, int(@times / 150));
		@times = @times[ grep { $_ % $every == 0 } 0 .. $#times ];
		my $list = join ', ', map { literal('as_of', $_) } @times;
		push @statements, "SELECT current_points, promised_points, trigger_based_points, lifetime_points, redeemed_points,"
		  . " expired_points, returned_points FROM unnest(ARRAY[$list]) WITH ORDINALITY t (t, n) CROSS JOIN LATERAL"
		  . " loyalty.points_balance('$org->{org}', $customer->{id}, as_of => t) ORDER BY n";
		my $lifetime = 0;
		for my $time (@times)
		{
			my $want = $org->balance($customer->{handle}, undef, $time);
			die 'lifetime points fall' if $want->{lifetime} < $lifetime;
			$lifetime = $want->{lifetime};
			push @{ $wanted[$#statements] }, join '|', map { points_text($want->{$_}) }
			  qw(regular promised trigger_based lifetime redeemed expired returned);
		}
	}
	my @answers = calls($node, \@statements);
	my $got = join "\n", map { ($_->{state}, map { join '|', map { plain($_) } split /\|/ } @{ $_->{rows} }) } @answers;
	check($got, join("\n", map { ('00000', @$_) } @wanted), "seed $seed: as-of answers of $org->{org} are the model's");
	return;
}

# The pages of points_ledger, in both directions, are the customer's entries, and those of its group where it asks for them.
sub check_pages
{
	my ($org) = @_;

	my ($customer) =
	  sort { keys %{ $b->{keys} } <=> keys %{ $a->{keys} } } grep { $_->{loyal} } @{ $org->{customers} };
	my ($from, $to) = map { literal('as_of', $_) } $customer->{registered_on} - DAY, $world->{clock} + 500 * DAY;
	for my $order ('true, false', 'false, false', 'true, true', 'false, true')
	{
		my ($newest, $merged) = split /, /, $order;
		my $entries = 0;
		$entries += @{ $_->{entries} } for map { values %$_ } map { values %{ $_->{accounts} } } $customer,
		  $merged eq 'true' ? @{ $customer->{group} // [] } : ();
		my (@seen, $last);
		my $rows = rows("SELECT @{[us('effective_at')]}, entry"
			  . " FROM public.pages('$org->{org}', $customer->{id}, $from, $to, $order)");
		for my $row (@$rows)
		{
			my ($effective, $entry) = split /\|/, $row;
			check($effective, $last, "seed $seed: the ledger of $org->{org} is in order")
			  if defined $last && ($newest eq 'true' ? $effective > $last : $effective < $last);
			$last = $effective;
			push @seen, $entry;
		}
		my %unique = map { $_ => 1 } @seen;
		check(scalar(@seen) . ' ' . scalar(keys %unique),
			"$entries $entries", "seed $seed: pages of $org->{org} show each entry once, newest first and merged: $order");
	}
	return;
}

# points_ledger under random filters shows what the view shows under the same conditions, of one customer or of its group;
# its JSON shows the first ten of them and how many there are, and closing balances the last one of each account.
sub check_filters
{
	my ($org) = @_;

	my @statements;
	for my $customer (map { some_member($org) } 1 .. 40)
	{
		my ($from) = sort { $a <=> $b } map { some_time($org, $customer) // $org->{clock} } 1 .. 2;
		my %given = (from_time => $from, to_time => $from + one_of(0, DAY, 5 * DAY, 10 * DAY));
		my @where = map { "effective_at $_" } '>= ' . literal('as_of', $given{from_time}),
		  '<= ' . literal('as_of', $given{to_time});
		$given{program}    = one_of(@{ $org->{programs} })->{name} if chance(0.4);
		$given{category}   = one_of(@LoyaltyModel::CATEGORIES) if chance(0.4);
		$given{entry_type} = one_of(qw(credit debit opening_balance memo)) if chance(0.4);
		$given{source}     = one_of(qw(INSTORE WEBSITE ECOMMERCE)) if chance(0.2);
		$given{store}      = 's1' if chance(0.1);
		push @where, map { "$_ = '$given{$_}'" } grep { $given{$_} } qw(program category entry_type source store);
		my $call = join ', ', map { "$_ => " . literal(/_time$/ ? 'as_of' : $_, $given{$_}) } sort keys %given;
		if (chance(0.2))
		{
			$call .= ", tills => '{t1,t2}'";
			push @where, "till IN ('t1', 't2')";
		}
		my $merged = chance(0.5);
		$call .= ', include_merged => true' if $merged;
		my $whose = $merged ? " IN (SELECT $customer->{id} UNION SELECT unnest(merged_ids) FROM loyalty_data.customer"
		  . " WHERE customer_id = $customer->{id})" : " = $customer->{id}";
		my $columns = 'event_id, event_name, event_time, effective_at, recorded_at, entry_no, entry_type, program,'
		  . ' category, points, balance_after, points_on_event, till, store, source, transaction_id, redemption_id';
		my $view = "SELECT original_customer_id AS customer_id, $columns FROM loyalty.points_ledger_entries"
		  . " WHERE org = '$org->{org}' AND original_customer_id$whose AND " . join ' AND ', @where;
		my $asked = "'$org->{org}', $customer->{id}, $call";
		push @statements, "WITH v AS MATERIALIZED ($view),"
		  . " f AS MATERIALIZED (SELECT customer_id, $columns FROM loyalty.points_ledger($asked)),"
		  . " j AS MATERIALIZED (SELECT loyalty.points_ledger_json($asked, with_total => true) AS page),"
		  . " t AS MATERIALIZED (SELECT customer_id, program, category, closing_balance, entry_no, effective_at"
		  . " FROM loyalty.ledger_closing_balance($asked) WHERE entry_no IS NOT NULL),"
		  . ' l AS MATERIALIZED (SELECT DISTINCT ON (customer_id, program, category) customer_id, program, category, balance_after,'
		  . ' entry_no, effective_at FROM v ORDER BY customer_id, program, category, entry_no DESC)'
		  . ' SELECT CASE WHEN (SELECT count(*) FROM v) > 100 THEN (SELECT count(*) FROM f) <> 100 ELSE'
		  . ' EXISTS (TABLE v EXCEPT ALL TABLE f) OR EXISTS (TABLE f EXCEPT ALL TABLE v) END'
		  . " OR (SELECT (page #>> '{page,total}')::bigint FROM j) <> (SELECT count(*) FROM v)"
		  . " OR (SELECT jsonb_path_query_array(page, '\$.entries[*].event_id') FROM j)"
		  . " IS DISTINCT FROM (SELECT COALESCE(jsonb_agg(event_id), '[]') FROM (SELECT event_id FROM f LIMIT 10) x)"
		  . ' OR EXISTS (TABLE t EXCEPT ALL TABLE l) OR EXISTS (TABLE l EXCEPT ALL TABLE t)';
	}
	my @answers = calls($node, \@statements);
	my @wrong = grep { "$answers[$_]{state} @{$answers[$_]{rows}}" ne '00000 f' } 0 .. $#answers;
	check(join("\n", map { "$statements[$_]: $answers[$_]{state}" } @wrong),
		'', "seed $seed: filtered pages of $org->{org} show what the view shows");
	return;
}

sub final_checks
{
	# The views are read by statements that are planned for what is there.
	$node->safe_psql($LoyaltyTest::database, 'VACUUM ANALYZE');
	for my $org (@{ $world->{orgs} })
	{
		my $code = quoted($org->{org});
		check(differences(rows("$entries_sql $code"), model_entries($org)), '', "seed $seed: every entry of $org->{org}");
		check(differences(rows("$totals_sql $code"), model_totals($org)), '', "seed $seed: the totals of $org->{org} by day");
		my $events = 0;
		$events += $_->{events} for @{ $org->{customers} };
		check(rows(<<"SQL")->[0], $events, "seed $seed: every event of $org->{org}");
SELECT count(*) FROM (SELECT org_id FROM loyalty_data.ledger_event
    UNION ALL SELECT org_id FROM loyalty_data.ledger_entry WHERE event_code IS NOT NULL) v JOIN loyalty_data.org USING (org_id) WHERE org = $code
SQL
		check(rows(<<"SQL")->[0], '0', "seed $seed: the entries of $org->{org}, replayed, give balances and counters");
SELECT count(*) FROM (
    SELECT e.*,
           sum(CASE entry_type WHEN 'd' THEN -points ELSE points END) OVER w AS replayed,
           sum(points) FILTER (WHERE house_account IN ('i', 'm') AND entry_type <> 'd' AND points > 0) OVER a
               AS lifetime,
           sum(CASE entry_type WHEN 'd' THEN points ELSE -points END) FILTER (WHERE house_account = 'r') OVER a AS redeemed,
           sum(CASE entry_type WHEN 'd' THEN points ELSE -points END) FILTER (WHERE house_account = 'e') OVER a AS expired,
           sum(CASE entry_type WHEN 'd' THEN points ELSE -points END) FILTER (WHERE house_account = 'b') OVER a AS returned,
           row_number() OVER w AS n, lag(effective_at) OVER w AS before, lag(recorded_at) OVER w AS recorded_before,
           last_value(balance_after) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_balance
    FROM loyalty_data.entry_with_event e
    WHERE org_id = (SELECT org_id FROM loyalty_data.org WHERE org = $code)
    WINDOW a AS (PARTITION BY customer_id, program_id, category), w AS (a ORDER BY entry_no)) e
JOIN loyalty_data.ledger_account a USING (org_id, customer_id, program_id, category)
WHERE replayed <> balance_after OR n <> entry_no OR effective_at < before OR recorded_at < recorded_before
   OR a.balance <> last_balance OR a.last_entry_no < n
   OR (a.lifetime_points, a.redeemed_points, a.expired_points, a.returned_points)
      IS DISTINCT FROM (coalesce(lifetime, 0), coalesce(redeemed, 0), coalesce(expired, 0), coalesce(returned, 0))
SQL
		check(rows(<<"SQL")->[0], '0|0', "seed $seed: lots of $org->{org} follow from movements, next expiries are not late");
SELECT (SELECT count(*) FROM loyalty_data.points_lot l CROSS JOIN LATERAL (
            SELECT coalesce(sum(CASE movement_type WHEN 'r' THEN points ELSE -points END)
                       FILTER (WHERE movement_type IN ('r', 'R', 's')), 0) AS redeemed,
                   coalesce(sum(CASE movement_type WHEN 'e' THEN points ELSE -points END)
                       FILTER (WHERE movement_type IN ('e', 'E')), 0) AS expired
            FROM loyalty_data.lot_movement m
            WHERE (m.org_id, m.customer_id, m.lot_id) = (l.org_id, l.customer_id, l.lot_id)) m
        WHERE l.org_id = o.org_id AND (m.redeemed <> l.redeemed OR m.expired <> l.expired)),
       (SELECT count(*) FROM loyalty_data.ledger_account a JOIN (
            SELECT org_id, customer_id, program_id, category, min(expires_at) AS first
            FROM loyalty_data.points_lot WHERE remaining > 0 GROUP BY 1, 2, 3, 4) l
            USING (org_id, customer_id, program_id, category)
        WHERE a.org_id = o.org_id AND first IS NOT NULL AND (next_expiry_at IS NULL OR next_expiry_at > first))
FROM loyalty_data.org o WHERE o.org = $code
SQL
		check(rows(<<"SQL")->[0], 't|t', "seed $seed: trial balance and journal of $org->{org} balance");
SELECT (SELECT bool_and(d = c) FROM (SELECT sum(debit) AS d, sum(credit) AS c FROM loyalty.trial_balance
            WHERE org = $code GROUP BY program) t),
       (SELECT bool_and(d = c) FROM (SELECT sum(debit) AS d, sum(credit) AS c FROM loyalty.journal
            WHERE org = $code GROUP BY program, event_id) t)
SQL
		check_stream($org);
		check_as_of($org);
		check_pages($org);
		check_filters($org);
	}

	# What was asked before is asked again, when everything that can expire has expired.
	$world->{clock} += 3000 * DAY;
	$_->{clock} = $world->{clock} for @{ $world->{orgs} };
	for my $org (@{ $world->{orgs} })
	{
		plan_call('expire', $org, undef, {}, $org->expire_points(undef), sql => "CALL loyalty.expire_points('$org->{org}')");
	}
	my $asked = $world->{questions};
	$world->{questions} = [];
	plan_balance(@$_) for (shuffle(@$asked))[ 0 .. min(800, $#$asked) ];
	run_batch("seed $seed: everything expired, and the old questions again");
	replay_keys();
	check_deletions($_) for @{ $world->{orgs} };
	return;
}

# Some customers are deleted for good, whatever they have: nothing is left on their accounts, each of which that was not
# zero has one entry more, and every invariant holds.
sub check_deletions
{
	my ($org) = @_;

	my @ids = map { $_->{id} } grep { defined } (shuffle(grep { defined $_->{id} && !defined $_->{into} } @{ $org->{customers} }))[ 0 .. 7 ];
	my ($code, $list, $officer) = (quoted($org->{org}), join(', ', @ids), "officer_$org->{org}");
	my $accounts = "FROM loyalty_data.ledger_account WHERE customer_id IN ($list)";
	my ($open) = @{ rows("SELECT count(*) $accounts AND balance <> 0") };
	my @answers = calls($node,
		[ "SET loyalty.clock = '" . LoyaltyModel::format_time($world->{clock} + 1001 * DAY) . "'",
			"CREATE ROLE $officer IN ROLE loyalty_admin", "SELECT loyalty.grant_org($code, '$officer')",
			(map { "SELECT loyalty.request_deletion($code, $_)" } @ids), "SET ROLE $officer",
			map { "SELECT loyalty.approve_deletion($code, $_)" } @ids ]);
	check(join(' ', map { $_->{state} } @answers), join(' ', ('00000') x @answers), "seed $seed: deletions in $org->{org}");
	check(join('|', @{ rows("SELECT count(*) FILTER (WHERE balance <> 0 OR arrears <> 0) $accounts") },
		@{ rows("SELECT count(*) FROM loyalty_data.entry_with_event"
			. " WHERE event_code = 42 AND customer_id IN ($list)") },
		@{ rows("SELECT count(*) FROM loyalty_data.points_lot WHERE remaining <> 0 AND customer_id IN ($list)") }),
		"0|$open|0", "seed $seed: their balances have left");
	check(rows("SELECT bool_and(ok) FROM loyalty.verify_ledger($code)")->[0], 't', "seed $seed: every invariant holds after them");
	return;
}

# ---- the seeds

my $jobs = $ENV{LOYALTY_JOBS} // 2;
run_seeds(
	$server, \@seeds,
	$operations,
	$jobs,
	\&final_checks,
	sub {
		my ($seed, $count, @checks) = @_;

		note("seed $seed, $count calls: LOYALTY_SEED=$seed repeats it");
		$total += $count;
		is($_->[0], $_->[1], $_->[2]) for @checks;
	});

my $key_count = () = PostgreSQL::Test::Utils::slurp_file($keys) =~ /^\d/mg;
cmp_ok($key_count, '>', 1, "$key_count keys were used") if $total >= 1000;
cmp_ok($total, '>=', OPERATIONS, 'enough operations') unless $ENV{LOYALTY_SEED} || $ENV{LOYALTY_OPERATIONS};

# One account holds less than 10^15 points. Sums over accounts are exact as far as 64 bits of thousandths reach, and
# an error beyond, not another number.
{
	my $most = '999999999999999.999';
	my @sql  = "SELECT loyalty.create_org('rich', 'Rich')";
	push @sql, map { "SELECT loyalty.create_program('rich', 'p$_', 'P', decimals => 3)" } 1 .. 4;
	push @sql, "SELECT outcome FROM loyalty.register_customer('rich', mobile => '@{[mobile(1)]}',"
	  . " registered_on => '2020-01-01')";
	my $customer = "loyalty.find_customer('rich', 'mobile', '@{[mobile(1)]}')";
	for my $program (1 .. 3)
	{
		push @sql, map { "SELECT points FROM loyalty.earn_points('rich', $customer, $most, program => 'p$program', category => '$_')" }
		  @LoyaltyModel::CATEGORIES;
	}
	my @answers = calls($server, \@sql);
	is(join(' ', map { $_->{state} } @answers), join(' ', ('00000') x @answers), 'nine full accounts');
	is((call($server, "SELECT loyalty.earn_points('rich', $customer, 0.001, program => 'p1')"))[0], 'LY404', 'not one thousandth more');
	is(join("\n", call($server, "SELECT * FROM loyalty.points_balance('rich', $customer)")),
		"00000\n2999999999999999.997|2999999999999999.997|2999999999999999.997|8999999999999999.991|0.000|0.000|0.000|2999999999999999.997|[]",
		'the balance over all of them is exact');
	ledger_holds($server, 'rich');
	my $redeem = "SELECT * FROM loyalty.redeem_points('rich', $customer, $most, program => 'ALL', idempotency_key => 'all')";
	my ($first, $again) = calls($server, [ $redeem, $redeem ]);
	like("$first->{state} @{$first->{rows}}", qr/^00000 \d+\|\w{6}\|$most\|1999999999999999\.998$/,
		'a redemption over all programs');
	is("$again->{state} @{$again->{rows}}", "00000 @{$first->{rows}}", 'and its repeat');
	is((call($server, "SELECT points FROM loyalty.earn_points('rich', $customer, $most, program => 'p4')"))[0], '00000', 'a tenth');
	is((call($server, "SELECT * FROM loyalty.points_balance('rich', $customer)"))[0], 'LY404', 'a sum that has no number');
	is((call($server, "SELECT * FROM loyalty.points_balance('rich', $customer, 'p4')"))[1],
		"$most|0.000|0.000|$most|0.000|0.000|0.000|$most|[]", 'one program of it has');
	ledger_holds($server, 'rich', 'every invariant holds after it');
}

log_is_clean($server);
$server->stop;
done_testing();
