package LoyaltyProperty;

# The engine of the property test: random sequences of calls, planned with LoyaltyModel, run in batches of hundreds,
# every answer and every SQLSTATE compared. The operations are files in lib/operations, one entry each; see
# operation(). A seed is a world of two orgs, run by a process of its own, in a copy of database seed.

use strict;
use warnings;

use Exporter 'import';
use File::Basename qw(dirname);
use List::Util qw(first max min shuffle sum0);
use LoyaltyModel;
use LoyaltyTables;
use LoyaltyTest;
use POSIX ();
use PostgreSQL::Test::Utils;
use Storable ();

use constant {
	BATCH  => 500,
	SECOND => 1_000_000,
	HOUR   => 3_600_000_000,
	DAY    => 86_400_000_000,
	CARDS  => 12,               # in stock, of each series
};

our ($node, $seed, $world);
our @EXPORT = qw(BATCH SECOND HOUR DAY CARDS $node $seed $world operation operation_of chance between one_of weighted
  points_text thousandths plain literal quoted mobile
  some_customer some_member some_mover some_time some_points some_rate use_card name_bill card_number
  common_errors writing_errors point_errors spoil new_tag write_call plan_call plan_balance new_id
  check run_batch rows differences us line create_program run_seeds random_operation
  first max min shuffle sum0);

# Zones with surprises: days that begin at 01:00 (Santiago, Beirut), midnights that come twice (Havana, Azores), a day
# that never was (Apia, 2011-12-30), an ordinary summer time (Berlin), none at all.
my @ZONES = grep { LoyaltyModel::zone_known($_) }
  qw(America/Santiago UTC America/Havana Europe/Berlin Asia/Beirut Atlantic/Azores Pacific/Apia Asia/Kolkata);
my @ROUNDINGS = qw(ceiling floor half_up half_down half_even);

# ---- operations

my (%operation, @operations);

# Adds an operation to the table. Its parts, of which only the name is required:
#   name       also the name of the model's method, unless "model" says another one
#   choices    weight => sub ($org): plans calls with write_call() or plan_call(), or none where nothing fits
#   function   the SQL function (or, with procedure => 1, procedure, which answers nothing unless it is judged) and
#   arguments  its arguments' names, of which a call gives some
#   columns    what is selected of its answer, which is r
#   always     raw arguments of every call that does not give them
#   customer   what the argument is called that names the customer, if not customer_id
#   types      of arguments that are neither text nor in %TYPE
#   judge      sub ($operation, @columns): what is wrong with an answer, or undef
#   usual      defaults that a repeated request may say, or leave out
#   changed    sub ($given): changes a repeated request in a way of the operation's own
# A hash of weights would keep one of two equal ones, so choices is a list of pairs.
sub operation
{
	my (%given) = @_;

	die "operation $given{name} is there already" if $operation{ $given{name} };
	$operation{ $given{name} } = {%given};
	push @operations, $operation{ $given{name} };
	return;
}

sub operation_of { return $operation{ $_[0] } // die "no operation $_[0]"; }

sub _load_operations
{
	for my $file (sort glob dirname(__FILE__) . '/operations/*.pl')
	{
		do $file or die "$file: " . ($@ || $!);
	}
	return;
}

# ---- chance

sub chance { return rand() < $_[0]; }
sub between { my ($low, $high) = @_; return $low + int(rand($high - $low + 1)); }
sub one_of { return $_[ int(rand(@_)) ]; }

# One of pairs (weight, value).
sub weighted
{
	my (@pairs) = @_;

	my $sum = 0;
	for (my $i = 0; $i < @pairs; $i += 2) { $sum += $pairs[$i]; }
	my $at = rand($sum);
	while (@pairs)
	{
		my ($weight, $value) = splice @pairs, 0, 2;
		return $value if ($at -= $weight) < 0;
	}
	die 'unreachable';
}

# ---- SQL

my %TYPE = (
	points          => 'numeric',
	amount          => 'numeric',
	discount        => 'numeric',
	line_items      => 'jsonb',
	event_time      => 'timestamptz',
	expires_at      => 'timestamptz',
	redeemable_from => 'timestamptz',
	registered_on   => 'timestamptz',
	as_of           => 'timestamptz');

sub literal
{
	my ($name, $value, $types) = @_;

	return $value->{sql} if ref $value;    # what the server alone knows, an event's id say
	my $type = ($types // {})->{$name} // $TYPE{$name} // '';
	$value = LoyaltyModel::format_time($value) if $type eq 'timestamptz' && $value =~ /^-?\d+$/;
	return quoted($value) . ($type ? "::$type" : '');
}

# The call of one operation; raw arguments go in as they are.
sub _statement
{
	my ($kind, $org, $id, $given, $raw) = @_;

	my $operation = operation_of($kind);
	my $whom      = $operation->{customer} // 'customer_id';
	my %argument  = (
		%{ $operation->{always} // {} },
		org => quoted($org->{org}),
		(defined $given->{card_number} ? ($whom => 'NULL') : defined $id ? ($whom => $id) : ()),
		(map { $_ => literal($_, $given->{$_}, $operation->{types}) } grep { defined $given->{$_} } keys %$given),
		%{ $raw // {} });
	my @names = @{ $operation->{arguments} };
	for my $name (keys %argument)
	{
		die "$operation->{function} has no $name" unless grep { $_ eq $name } @names;
	}
	# A client that always binds every argument.
	if (chance(0.1))
	{
		$argument{$_} //= 'NULL' for @names;
	}
	my $call = "loyalty.$operation->{function}("
	  . join(', ', map { "$_ => $argument{$_}" } grep { exists $argument{$_} } @names) . ')';
	return $operation->{procedure} ? "CALL $call" : "SELECT $operation->{columns} FROM $call r";
}

sub points_text { return LoyaltyModel::format_points($_[0]); }

sub thousandths { return (LoyaltyModel::parse_decimal($_[0]))[0]; }

sub plain
{
	my ($text) = @_;

	$text =~ s/\.?0+$// if $text =~ /\./;
	return $text;
}

# ---- planning and judging

# Plans a call and what it must answer. The model has been asked already; its answer is $want.
sub plan_call
{
	my ($kind, $org, $handle, $given, $want, %more) = @_;

	my $id = defined $handle ? $org->{customers}[$handle]{id} : undef;
	my $planned = {
		kind   => $kind,
		org    => $org,
		handle => $handle,
		given  => {%$given},
		want   => $want,
		tag    => $more{tag},
		sql    => $more{sql} // _statement($kind, $org, $id, $given, $more{raw}),
		clock  => $world->{clock} };
	$world->{by_tag}{ $more{tag} } = $planned if defined $more{tag};
	push @{ $world->{plan} }, $planned;
	$world->{count}++;
	push @{ $world->{keyed} }, $planned
	  if defined $given->{idempotency_key} && !$want->{err} && !$want->{same_as};
	return;
}

# Whether an id of some kind is a number that was not answered before.
sub new_id
{
	my ($kind, $id) = @_;

	return $id =~ /^\d+$/ && !$world->{ids}{$kind}{$id}++;
}

# What is wrong with an answer, or undef.
sub _judge
{
	my ($planned, $got) = @_;

	my $want = $planned->{want};
	if ($want->{same_as})
	{
		my $first = $world->{by_tag}{ $want->{same_as} };
		return $got->{state} eq '00000' && $got->{rows}[0] eq $first->{row}
		  ? undef
		  : "the first answer: $first->{row}";
	}
	return $got->{state} eq $want->{err} ? undef : $want->{err} if $want->{err};
	my $operation = operation_of($planned->{kind});
	my $rows      = $operation->{judge} ? 1 : 0;
	return "$rows rows" if $got->{state} ne '00000' || @{ $got->{rows} } != $rows;
	return undef unless $operation->{judge};
	return $operation->{judge}->($planned, split /\|/, $planned->{row} = $got->{rows}[0], -1);
}

# ---- customers, times and points by chance

sub some_customer
{
	my ($org) = @_;

	my @known = grep { defined $_->{id} && !defined $_->{into} } @{ $org->{customers} };
	return undef unless @known;
	return $known[ int(rand() * rand() * @known) ] if chance(0.7);
	return one_of(@known);
}

# Loyal, and registered before the clock.
sub some_member
{
	my ($org) = @_;

	for (1 .. 10)
	{
		my $customer = some_customer($org) or return undef;
		return $customer if $customer->{loyal};
	}
	return undef;
}

# One who may get and give points in every way. Customer 2 of an org is the one that becomes rich: it has awards, bills and
# redemptions alone, so that lifetime points keep its other counters in bounds.
sub some_mover
{
	my ($org) = @_;

	my $customer = some_member($org) or return undef;
	return $customer->{handle} == 2 ? undef : $customer;
}

# A time at which something could happen to a customer; undef: leave it to the clock.
sub some_time
{
	my ($org, $customer) = @_;

	my ($from, $to) = ($customer->{registered_on}, $org->{clock} + $org->{tolerance});
	my @accounts = LoyaltyModel::accounts_of($customer);
	my $kind = weighted(32, 'clock', 25, 'recent', 12, 'whole', 12, 'expiry', 5, 'last', 6, 'future', 4, 'first', 4, 'day');
	my @expiries = $kind ne 'expiry' ? () : grep { defined && $_ >= $from && $_ <= $to }
	  map { $_->{expires}, $_->{redeemable} } map { @{ $_->{lots} } } @accounts;
	my $time =
		$kind eq 'recent'            ? $org->{clock} - between(0, 3 * DAY)
	  : $kind eq 'whole'             ? $from + int(rand($org->{clock} - $from + 1))
	  : $kind eq 'expiry' && @expiries ? one_of(@expiries) + one_of(-1, 0, 0, 0, 1)
	  : $kind eq 'last' && @accounts ? one_of(@accounts)->{last}
	  : $kind eq 'future'            ? $org->{clock} + one_of($org->{tolerance}, int(rand($org->{tolerance} + 1)))
	  : $kind eq 'first'             ? $from
	  : $kind eq 'day'
	  ? LoyaltyModel::day_start($org->{zone}, LoyaltyModel::local_date($org->{zone}, $org->{clock}) - between(0, 3))
	  + one_of(-1, 0, 0, 1)
	  : return undef;
	$time -= $time % SECOND if chance(0.4) && $kind !~ /expiry|first|last|future|day/;
	return min($to, max($from, $time));
}

# Points that a program keeps, as text.
sub some_points
{
	my ($decimals, $largest) = @_;

	my $step  = 10**(3 - $decimals);
	my $steps = max(1, int(($largest // one_of(5000, 50_000, 500_000)) / $step));
	my $text  = points_text($step * between(1, $steps));
	$text .= $text =~ /\./ ? '0' : '.00' if chance(0.1);
	return $text;
}

sub some_rate { return one_of(1_000_000, 100_000, 500_000, 50_000, 5_000, 333_333, 1_500_000, 2_718_281, 12_345_678); }

sub card_number { my ($series, $number) = @_; return sprintf '%s%04d', uc $series, $number; }

# Lets a card say who the customer is, if there is one.
sub use_card
{
	my ($org, $customer, $given) = @_;

	my $card = one_of(@{ $customer->{cards} // [] });
	$given->{card_number} = $card if defined $card;
	return;
}

# Names a bill of the customer, or of somebody merged into it; often without its till, which several may share a number at.
sub name_bill
{
	my ($org, $customer, $given) = @_;

	my @bills = map { map { @$_ } values %{ $org->{bills}{ $_->{handle} } // {} } } $customer, @{ $customer->{group} // [] };
	my $bill = one_of(sort { "$a->{number} $a->{till}" cmp "$b->{number} $b->{till}" } @bills) or return;
	$given->{transaction_number} = $bill->{number};
	$given->{transaction_till} = $bill->{till} if length $bill->{till} && chance(0.6);
	$given->{transaction_till} = one_of(sort keys %{ $org->{tills} }) if chance(0.04);
	return;
}

# ---- calls that are refused by their arguments alone: [SQLSTATE, given, raw]

sub common_errors
{
	my ($org, $customer, $time_name) = @_;

	my ($other) = grep { $_ != $org } @{ $world->{orgs} };
	my $stranger = first { defined $_->{id} } @{ $other->{customers} };
	return (
		[ 'LY004', {}, { org         => "'nosuch'" } ],
		[ 'LY001', {}, { org         => 'NULL' } ],
		[ 'LY001', {}, { customer_id => 'NULL' } ],
		[ 'LY107', {}, { customer_id => 0 } ],
		($stranger ? [ 'LY107', {}, { customer_id => $stranger->{id} } ] : ()),
		[ 'LY007', {}, { program => "'nosuch'" } ],
		[ 'LY015', {}, { $time_name => "'infinity'" } ],
		[ 'LY015', {}, { $time_name => "'-infinity'" } ]);
}

sub writing_errors
{
	my ($org, $customer) = @_;

	return (
		common_errors($org, $customer, 'event_time'),
		[ 'LY006', {}, { till            => "'nosuch'" } ],
		[ 'LY008', {}, { source          => "'MARS'" } ],
		[ 'LY002', {}, { reason          => "repeat('x', 2000)" } ],
		[ 'LY002', {}, { idempotency_key => "repeat('x', 5000)" } ],
		[ undef,   { event_time => $customer->{registered_on} - one_of(1, SECOND, 400 * DAY) } ],
		[ undef,   { event_time => $org->{clock} + $org->{tolerance} + one_of(1, SECOND, 400 * DAY) } ]);
}

sub point_errors
{
	my ($decimals) = @_;

	return (
		[ 'LY001', {}, { points => 'NULL' } ],
		(map { [ undef, { points => $_ } ] } '0', '0.000', '-1', '-0.5', 'NaN', 'Infinity', '-Infinity',
			'1000000000000000', '1' . '0' x 40, '1.0001', '0.00001'),
		($decimals < 3 ? [ undef, { points => '1.' . '0' x $decimals . '1' } ] : ()));
}

# Lays one of some errors over good arguments: (given, raw).
sub spoil
{
	my ($given, @errors) = @_;

	my ($state, $over, $raw) = @{ one_of(@errors) };
	delete $given->{$_} for keys %{ $raw // {} };
	return ({ %$given, %$over, ($state ? (err => $state) : ()) }, $raw);
}

sub new_tag { return ++$world->{tag}; }

# Asks the model for an operation's answer.
sub _ask
{
	my ($kind, $org, $handle, $tag, $given) = @_;

	my $method = operation_of($kind)->{model} // $kind;
	return $org->$method($tag, defined $handle ? $handle : (), %$given);
}

# A writing call about a customer: the model is asked, and the call is planned. {err} in the arguments is the model's
# answer where the arguments alone refuse the call.
sub write_call
{
	my ($kind, $org, $customer, $given, $raw) = @_;

	my $tag = new_tag();
	$given->{idempotency_key} //= chance(0.04) ? 'key of many ' . between(1, 3) : "key $tag"
	  if !$given->{err} && !$raw && chance(0.35);
	my $want  = _ask($kind, $org, $customer->{handle}, $tag, $given);
	my %shown = %$given;
	delete $shown{err};
	plan_call($kind, $org, $customer->{handle}, \%shown, $want, tag => $tag, raw => $raw);
	return;
}

# Asks for a balance; for one as of a time, again when all is over.
sub plan_balance
{
	my ($org, $customer, $program, $as_of) = @_;

	my $want  = $org->balance($customer->{handle}, $program, $as_of);
	my %given = (program => $program // (chance(0.2) ? 'ALL' : undef), as_of => $as_of);
	plan_call('balance', $org, $customer->{handle}, \%given, $want);
	push @{ $world->{questions} }, [ $org, $customer, $program, $as_of ] if defined $as_of;
	return;
}

# The same request in other words: numbers with more zeros, and defaults that are said.
sub _say_otherwise
{
	my ($kind, $given) = @_;

	my $usual = operation_of($kind)->{usual} // {};
	$given->{$_} //= $usual->{$_} for keys %$usual;
	for my $name (grep { defined $given->{$_} } qw(points amount discount referee_points referrer_points))
	{
		$given->{$name} .= $given->{$name} =~ /\./ ? '00' : '.0';
	}
	$given->{line_items} =~ s/("(?:amount|points|quantity)": \d+)(?=[,}])/$1.00/g if defined $given->{line_items};
	return;
}

# A customer, perhaps by the id of another one of its merge group.
sub _another_id
{
	my ($org, $handle) = @_;

	return one_of($org->group_of($org->{customers}[$handle]))->{handle};
}

# A call that was made before with a key, once more, as it was or changed, by any id of its customers.
sub _repeat
{
	my ($org, $changed) = @_;

	my $first = one_of(grep { defined $_->{handle} && $_->{org} == $org && operation_of($_->{kind})->{function} } @{ $world->{keyed} })
	  or return;
	my %given = %{ $first->{given} };
	my $kind  = $first->{kind};
	my $names = operation_of($kind)->{arguments};
	_say_otherwise($kind, \%given) if !$changed && chance(0.5);
	if ($changed)
	{
		my $own = operation_of($kind)->{changed};
		my $amount = first { defined $given{$_} } qw(points amount);
		if ($own && chance(0.2))
		{
			$kind = $own->(\%given);
		}
		elsif (!$amount || (chance(0.4) && grep { $_ eq 'event_time' } @$names))
		{
			$given{event_time} = defined $given{event_time} ? $given{event_time} + 1 : $org->{clock};
		}
		elsif (chance(0.3) && grep { $_ eq 'program' } @$names)
		{
			$given{program} = (first { $_->{name} ne ($given{program} // '') } @{ $org->{programs} })->{name};
		}
		else
		{
			$given{$amount} = points_text(thousandths($given{$amount}) + 1000);
		}
	}
	my $tag = new_tag();
	my $handle = defined $given{card_number} ? $first->{handle} : _another_id($org, $first->{handle});
	for my $other (grep { ref $given{$_} } qw(to_customer_id referrer_id))
	{
		my $now = _another_id($org, $given{$other}{handle});
		$given{$other} = { handle => $now, sql => $org->{customers}[$now]{id} };
	}
	my $want = _ask($kind, $org, $handle, $tag, \%given);
	return plan_call($kind, $org, $handle, \%given, $want, tag => $tag);
}

operation(
	name    => 'repeat',
	choices => [ 4 => sub { _repeat($_[0], 0) }, 2 => sub { _repeat($_[0], 1) } ]);

# Every invariant, at any moment and not only between batches.
operation(
	name    => 'verify',
	choices => [
		0.4 => sub {
			my ($org) = @_;
			plan_call('verify', $org, undef, {}, {}, sql => verify_sql($org));
		}
	],
	judge => sub {
		my (undef, $all, @wrong) = @_;
		return $all eq 't' && "@wrong" eq '~' ? undef : 't|~';
	});

sub random_operation
{
	my $org = one_of(@{ $world->{orgs} });

	my $step = weighted(30, 0, 30, int(rand(HOUR)), 30, int(rand(5 * HOUR)), 2, int(rand(2 * DAY)), 0.7, -int(rand(HOUR)));
	$world->{clock} += $step;
	$_->{clock} = $world->{clock} for @{ $world->{orgs} };
	return weighted(map { @{ $_->{choices} // [] } } @operations)->($org);
}

# ---- the two orgs of a seed

sub create_program
{
	my ($org, $name, %rule) = @_;

	my $program = $org->add_program($name, %rule);
	my $sql = "SELECT loyalty.create_program(@{[quoted($org->{org})]}, '$name', 'Program $name',"
	  . " points_per_unit => @{[sprintf '%d.%06d', $program->{rate} / SECOND, $program->{rate} % SECOND]},"
	  . " decimals => $program->{decimals}, rounding => '$program->{rounding}', expiry_unit => '$program->{unit}',"
	  . ' expiry_value => ' . ($program->{value} // 'NULL') . ','
	  . ' expiry_date => ' . (defined $program->{date} ? quoted(LoyaltyModel::format_date($program->{date})) : 'NULL') . ','
	  . " expiry_type => '$program->{type}', allow_negative_on_return => "
	  . ($program->{negative} ? 'true' : 'false') . ')';
	return $sql;
}

sub _stock { my ($series) = @_; return map { card_number($series, $_) } 1 .. CARDS; }

sub _create_org
{
	my ($code, $zone, $start) = @_;

	my $org = LoyaltyModel->new(org => $code, zone => $zone, clock => $start, tolerance => one_of(0, 300, 4000) * SECOND);
	my $quoted = quoted($code);
	my %rule = (
		base   => { unit => 'days',   value => between(3, 40),  decimals => 0 },
		month  => { unit => 'months', value => between(1, 3),   decimals => 2 },
		roll   => { unit => 'days',   value => between(15, 50), decimals => 1, type => 'rolling' },
		stay   => { unit => 'never',  decimals => 3 },
		season => {
			unit     => 'fixed_date',
			date     => LoyaltyModel::local_date($zone, $start) + between(120, 250),
			decimals => between(0, 3) },
		moon => { unit => 'months', value => 1, decimals => 2, type => 'rolling' });
	my @sql = (
		"SET loyalty.clock = '" . LoyaltyModel::format_time($start - 500 * DAY) . "'",
		"SELECT loyalty.create_org($quoted, 'Org', time_zone => '$zone')",
		"SELECT loyalty.set_config($quoted, 'CONF_CLIENT_V2_API_ENABLED', 'on')",
		"SELECT loyalty.set_config($quoted, 'CONF_EVENT_TIME_TOLERANCE', '" . $org->{tolerance} / SECOND . "')");
	$rule{$_}{negative} = chance(0.5) ? 1 : 0 for sort keys %rule;
	for my $name (qw(base month roll stay season moon))
	{
		push @sql, create_program($org, $name, rate => some_rate(),
			rounding => $ROUNDINGS[ $world->{programs}++ % @ROUNDINGS ], %{ $rule{$name} });
	}
	for my $name (qw(base month roll))
	{
		my $program = $org->{program}{$name};
		@$program{qw(promised_days from_award)} = (between(0, 6), chance(0.5) ? 1 : 0);
		push @sql, "SELECT loyalty.set_promised_rules($quoted, '$name', $program->{promised_days}, '"
		  . ($program->{from_award} ? 'award' : 'conversion') . "')";
	}
	push @sql, "SELECT loyalty.create_store($quoted, 's1', 'Store')",
	  "SELECT loyalty.create_till($quoted, 't1', 's1')", "SELECT loyalty.create_till($quoted, 't2', 's1', 'month')";
	push @sql, "SELECT loyalty.create_card_series($quoted, 'own', 'Own program', method => 'AUTO_INC', length => 12, prefix => 'O', program => 'moon')",
	  "SELECT loyalty.create_card_series($quoted, 'any', 'No program', method => 'AUTO_INC', length => 12, prefix => 'A')";
	push @sql, map {
		"SELECT loyalty.import_cards($quoted, '$_', ARRAY[" . join(', ', map { quoted($_) } _stock($_)) . '])'
	} 'own', 'any';
	push @sql, "CREATE TABLE public.roll_$code (line_no int PRIMARY KEY, customer_id bigint, mobile text, first_name text,"
	  . ' transaction_number text, amount numeric, event_time timestamptz, till text, program text, points numeric,'
	  . ' discount numeric, registered_on timestamptz)';
	# One of the two tells its events: the other one shows that what nobody subscribes to is not written.
	push @sql, "SELECT loyalty.create_event_subscriber($quoted, 'books')" if $code =~ /a$/;
	$org->add_till('t1');
	$org->add_till('t2', 'month');
	$node->safe_psql($LoyaltyTest::database, join ";\n", @sql);
	return $org;
}

# ---- running

# A seed runs in a process of its own: what it found is told by the first one.
my @checks;

sub check
{
	my ($got, $want, $name) = @_;

	push @checks, [ $got, $want, $name ];
	return $got eq $want;
}

# The last calls before one for the same customer, and when they were made.
sub _history
{
	my ($planned, @before) = @_;

	return '' unless defined $planned->{handle};
	my @same = grep { defined $_->{handle} && $_->{handle} == $planned->{handle} && $_->{org} == $planned->{org} } @before;
	splice @same, 0, @same - 12 if @same > 12;
	return join "\n", map { "  [" . LoyaltyModel::format_time($_->{clock}) . "] $_->{sql}" } @same;
}

# A call with the clock it is made at, in one round trip where it is no procedure that commits.
sub _at_clock
{
	my ($planned) = @_;

	my $clock = "SET loyalty.clock = '" . LoyaltyModel::format_time($planned->{clock}) . "'";
	return operation_of($planned->{kind})->{procedure}
	  ? "$clock;\n$planned->{sql}"
	  : "$clock\\;\n$planned->{sql}";
}

# Runs what is planned and compares. Answers whether all was as expected.
sub run_batch
{
	my ($name) = @_;

	LoyaltyModel::leave_zone();
	my @plan = @{ $world->{plan} };
	$world->{plan} = [];
	my @statements = map { _at_clock($_) } @plan;
	for my $org (@{ $world->{orgs} })
	{
		push @statements, tables_sql($org);
	}
	my $errors;
	my @answers = calls($node, \@statements, stderr => \$errors);

	my @wrong;
	for my $i (0 .. $#plan)
	{
		my $got = $answers[$i];
		my $wanted = _judge($plan[$i], $got);
		next unless defined $wanted;
		push @wrong, sprintf "at %s\n%s\ngot  %s %s\nwant %s\nbefore, for this customer:\n%s",
		  LoyaltyModel::format_time($plan[$i]{clock}), $plan[$i]{sql}, $got->{state}, join(' // ', @{ $got->{rows} }),
		  $wanted, _history($plan[$i], @{ $world->{history} }, @plan[ 0 .. $i - 1 ]);
		last;
	}
	push @{ $world->{history} }, @plan;
	push @wrong, wrong_tables($world->{orgs}, @answers[ @plan .. $#answers ]) unless @wrong;
	push @wrong, grep { /WARNING/ } split /\n/, $errors;
	LoyaltyModel::leave_zone();
	return check(join("\n", @wrong), '', $name);
}

sub rows
{
	my ($sql) = @_;

	return [ split /\n/, $node->safe_psql($LoyaltyTest::database, $sql, extra_params => [ '-P', 'null=~' ]) ];
}

# ---- seeds

# A world of two orgs lives through some operations; final is asked in the end if all went well.
sub _run_seed
{
	my ($operations, $final) = @_;

	# A database of its own: ids are the same whatever the seeds beside it draw.
	$node->safe_psql('postgres', "CREATE DATABASE seed_$seed TEMPLATE seed");
	$LoyaltyTest::database = "seed_$seed";
	srand($seed);
	# A quarter of the seeds: every row by its statement.
	$ENV{PGOPTIONS} = '-c loyalty.direct_rows=off' if $seed % 4 == 0;

	# Runs last a year and more. Some cross 2000-01-01, where PostgreSQL's own count of time is zero, some the
	# day that Apia skipped.
	my @zone = map { $ZONES[ (2 * $seed + $_) % @ZONES ] } 0, 1;
	my $year = "@zone" =~ /Apia/ ? 2011 : one_of(1999, between(2001, 2023));
	my $start = LoyaltyModel::days_from_date($year, between(6, 9), between(1, 28)) * DAY + int(rand(DAY));
	$world = { clock => $start, count => 0, tag => 0, map { $_ => [] } qw(plan keyed history questions) };
	$world->{orgs} = [ map { _create_org("s$seed$_", $zone[ $_ eq 'a' ? 0 : 1 ], $start) } 'a', 'b' ];
	my ($batch, $fine) = (0, 1);
	while ($fine && $world->{count} < $operations)
	{
		$batch++;
		random_operation() while @{ $world->{plan} } < min(BATCH, $batch * 40);    # early ones make customers
		$fine = run_batch("seed $seed: batch $batch, $world->{count} calls");
		if ($batch == 4)
		{
			my $org = $world->{orgs}[0];
			$node->safe_psql($LoyaltyTest::database,
				create_program($org, 'young', rate => some_rate(), unit => 'days', value => 9, decimals => 1));
		}
		if ($batch == 3)
		{
			($_->{customers}[2] // {})->{rich} = 1 for @{ $world->{orgs} };
		}
	}
	$final->() if $fine;
	return;
}

# Runs a seed in a process of its own, which leaves what it found in a file.
sub _start_seed
{
	my ($file, $operations, $final) = @_;

	my $pid = fork // die "cannot fork: $!";
	return $pid if $pid;
	if (!eval { _run_seed($operations, $final); 1 })
	{
		check("$@", '', "seed $seed runs to its end");
	}
	Storable::nstore({ checks => \@checks, count => $world->{count} }, $file);
	POSIX::_exit(0);
}

# Runs seeds, each for so many operations, some at a time; tells ->($seed, $count, @checks) of each in their order.
# Nothing more is started once one has failed.
sub run_seeds
{
	my ($server, $seeds, $operations, $jobs, $final, $tell) = @_;

	my (%running, $failed);
	my @waiting = @$seeds;
	my $directory = PostgreSQL::Test::Utils::tempdir();
	($node) = ($server);
	_load_operations();
	while (@waiting || %running)
	{
		while (@waiting && !$failed && keys %running < $jobs)
		{
			$seed = shift @waiting;
			$running{ _start_seed("$directory/$seed", $operations, $final) } = $seed;
		}
		my $pid = waitpid(-1, 0);
		my $done = delete $running{$pid};
		if (!defined $done)
		{
			last if $pid < 0;
			next;
		}
		my $found = -e "$directory/$done" ? Storable::retrieve("$directory/$done") : { checks => [ [ "status $?", '', "seed $done" ] ], count => 0 };
		$failed ||= grep { $_->[0] ne $_->[1] } @{ $found->{checks} };
		$tell->($done, $found->{count}, @{ $found->{checks} });
		@waiting = () if $failed;
	}
	return;
}

1;
