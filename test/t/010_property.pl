# Long random sequences of calls against LoyaltyModel: every answer and every SQLSTATE is compared, after each batch
# every account, every lot and every invariant. LOYALTY_SEED=n repeats one seed, LOYALTY_OPERATIONS says how many
# calls all seeds make together.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use List::Util qw(first max min shuffle);
use LoyaltyModel;
use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes ();

use constant {
	BATCH     => 500,
	CUSTOMERS => 30,               # of each org
	SECOND    => 1_000_000,
	HOUR      => 3_600_000_000,
	DAY       => 86_400_000_000,
};

# Zones with surprises: days that begin at 01:00 (Santiago, Beirut), midnights that come twice (Havana, Azores), a day
# that never was (Apia, 2011-12-30), an ordinary summer time (Berlin), none at all.
my @ZONES = grep { LoyaltyModel::zone_known($_) }
  qw(America/Santiago UTC America/Havana Europe/Berlin Asia/Beirut Atlantic/Azores Pacific/Apia Asia/Kolkata);
my @ROUNDINGS = qw(ceiling floor half_up half_down half_even);

my @seeds = defined $ENV{LOYALTY_SEED} ? ($ENV{LOYALTY_SEED}) : (1, 2, 3, 4, time % 1_000_000 + 10);
my $operations = int(($ENV{LOYALTY_OPERATIONS} // 30_000) / (defined $ENV{LOYALTY_SEED} ? 5 : @seeds));

my $node = start_node('property', conf => "synchronous_commit = off\njit = off\n");
my $total = 0;

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

# ---- chance

my ($seed, $world);

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

my %FUNCTION = (
	register => [
		'register_customer', 'r.customer_id, r.outcome, r.warnings',
		qw(org mobile external_id first_name registered_on loyalty_type idempotency_key)
	],
	earn => [
		'earn_points',
		'r.event_id, r.lot_id, r.points, r.current_points, (extract(epoch FROM r.expires_at) * 1000000)::bigint',
		qw(org customer_id points program category event_name event_time expires_at redeemable_from till reason
		  idempotency_key source)
	],
	bill => [
		'add_transaction',
		'r.transaction_id, r.event_id, r.points, r.current_points',
		qw(org customer_id transaction_number amount event_time till store source discount transaction_type points
		  line_items idempotency_key program reason)
	],
	redeem => [
		'redeem_points',
		'r.event_id, r.redemption_id, r.points, r.current_points',
		qw(org customer_id points program event_time till transaction_number reason idempotency_key source)
	],
	balance => [
		'points_balance',
		'r.current_points, r.promised_points, r.trigger_based_points, r.lifetime_points, r.redeemed_points,'
		  . ' r.expired_points, r.returned_points',
		qw(org customer_id program as_of)
	]);

sub literal
{
	my ($name, $value) = @_;

	$value = LoyaltyModel::format_time($value) if ($TYPE{$name} // '') eq 'timestamptz' && $value =~ /^-?\d+$/;
	return quoted($value) . ($TYPE{$name} ? "::$TYPE{$name}" : '');
}

# The call of one operation; raw arguments go in as they are.
sub statement
{
	my ($kind, $org, $id, $given, $raw) = @_;

	my ($function, $columns, @names) = @{ $FUNCTION{$kind} };
	my %argument = (
		org => quoted($org->{org}),
		(defined $id ? (customer_id => $id) : ()),
		(map { $_ => literal($_, $given->{$_}) } grep { defined $given->{$_} } keys %$given),
		%{ $raw // {} });
	for my $name (keys %argument)
	{
		die "$function has no $name" unless grep { $_ eq $name } @names;
	}
	return "SELECT $columns FROM loyalty.$function("
	  . join(', ', map { "$_ => $argument{$_}" } grep { exists $argument{$_} } @names) . ') r';
}

# ---- what is expected of an answer

sub points_text { return LoyaltyModel::format_points($_[0]); }

sub thousandths { return (LoyaltyModel::parse_decimal($_[0]))[0]; }

sub plain
{
	my ($text) = @_;

	$text =~ s/\.?0+$// if $text =~ /\./;
	return $text;
}

# Plans a call and what it must answer. The model has been asked already; its answer is $want.
sub plan_call
{
	my ($kind, $org, $handle, $given, $want, %more) = @_;

	my $id = defined $handle ? $org->{customers}[$handle]{id} : undef;
	my $operation = {
		kind   => $kind,
		org    => $org,
		handle => $handle,
		given  => {%$given},
		want   => $want,
		tag    => $more{tag},
		sql    => $more{sql} // statement($kind, $org, $id, $given, $more{raw}),
		clock  => $world->{clock} };
	$world->{by_tag}{ $more{tag} } = $operation if defined $more{tag};
	push @{ $world->{plan} }, $operation;
	$world->{count}++;
	push @{ $world->{keyed} }, $operation
	  if defined $given->{idempotency_key} && !$want->{err} && !$want->{same_as};
	return;
}

# What is wrong with an answer, or undef.
sub judge
{
	my ($operation, $got) = @_;

	my $want = $operation->{want};
	if ($want->{same_as})
	{
		my $first = $world->{by_tag}{ $want->{same_as} };
		return $got->{state} eq '00000' && $got->{rows}[0] eq $first->{row}
		  ? undef
		  : "the first answer: $first->{row}";
	}
	if ($want->{err})
	{
		return $got->{state} eq $want->{err} ? undef : $want->{err};
	}
	return 'one row' if $got->{state} ne '00000' || @{ $got->{rows} } != ($operation->{kind} eq 'expire' ? 0 : 1);
	return undef if $operation->{kind} eq 'expire';

	my @column = split /\|/, $operation->{row} = $got->{rows}[0], -1;
	if ($operation->{kind} eq 'register')
	{
		return "outcome $want->{outcome}" if $column[1] ne $want->{outcome};
		my $customer = $operation->{org}{customers}[ $want->{customer} ];
		$customer->{id} //= $column[0];
		return $customer->{id} eq $column[0] ? undef : "customer $customer->{id}";
	}
	if ($operation->{kind} eq 'balance')
	{
		my $line = join '|',
		  (map { points_text($want->{$_}) } qw(regular promised trigger_based lifetime redeemed expired)), '0';
		return join('|', map { plain($_) } @column) eq $line ? undef : $line;
	}

	my $line = points_text($want->{points}) . '|' . points_text($want->{current_points});
	return $line if plain($column[2]) . '|' . plain($column[3]) ne $line;
	my $event = $column[ $operation->{kind} eq 'bill' ? 1 : 0 ];
	return 'a new event id' if $event !~ /^\d+$/ || $world->{event_ids}{$event}++;
	if ($operation->{kind} eq 'earn')
	{
		my $expires = $want->{expires_at} // '~';
		return "expires_at $expires" if $column[4] ne $expires;
		return 'a lot id' if $column[1] !~ /^\d+$/ || $world->{lot_ids}{ $column[1] }++;
	}
	elsif ($operation->{kind} eq 'bill')
	{
		return 'a new transaction id' if $column[0] !~ /^\d+$/ || $world->{transaction_ids}{ $column[0] }++;
	}
	else
	{
		return 'a redemption id of six characters' if $column[1] !~ /^[0-9A-Za-z]{6}$/;
		return 'a redemption id of its own'
		  if $world->{redemption_ids}{"$operation->{org}{org} $operation->{handle} $column[1]"}++;
	}
	return undef;
}

# ---- random operations

sub some_customer
{
	my ($org) = @_;

	my @known = grep { defined $_->{id} } @{ $org->{customers} };
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
		return $customer if $customer->{loyal} && $customer->{registered_on} <= $org->{clock};
	}
	return undef;
}

# A time at which something could happen to a customer; undef: leave it to the clock.
sub some_time
{
	my ($org, $customer) = @_;

	my ($from, $to) = ($customer->{registered_on}, $org->{clock} + $org->{tolerance});
	my @accounts = map { values %$_ } values %{ $customer->{accounts} };
	my @expiries = grep { defined && $_ >= $from && $_ <= $to } map { $_->{expires}, $_->{redeemable} }
	  map { @{ $_->{lots} } } @accounts;
	my $kind = weighted(32, 'clock', 25, 'recent', 12, 'whole', 12, 'expiry', 5, 'last', 6, 'future', 4, 'first', 4, 'day');
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

# Refused by their arguments alone: [SQLSTATE, given, raw].
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

# Asks the model for a planned writing call.
sub ask
{
	my ($kind, $org, $handle, $tag, $given) = @_;

	my $method = { earn => 'earn', bill => 'bill', redeem => 'redeem', register => 'register' }->{$kind};
	return $org->$method($tag, defined $handle ? $handle : (), %$given);
}

sub write_call
{
	my ($kind, $org, $customer, $given, $raw) = @_;

	my $tag = new_tag();
	$given->{idempotency_key} //= "key $tag" if !$given->{err} && !$raw && chance(0.35);
	my $want   = ask($kind, $org, $customer->{handle}, $tag, $given);
	my %shown  = %$given;
	delete $shown{err};
	plan_call($kind, $org, $customer->{handle}, \%shown, $want, tag => $tag, raw => $raw);
	return;
}

sub random_earn
{
	my ($org, $spoiled) = @_;

	my $customer = some_member($org) or return;
	my %given = (event_time => some_time($org, $customer));
	$given{program}    = one_of(@{ $org->{programs} })->{name} if $spoiled || chance(0.75);
	$given{till}       = one_of(sort keys %{ $org->{tills} }) if chance(0.3);
	$given{category}   = one_of(@LoyaltyModel::CATEGORIES) if chance(0.4);
	$given{event_name} = one_of(qw(points_award goodwill generic_event bulk_award target_completed)) if chance(0.2);
	$given{source}     = 'ECOMMERCE' if chance(0.1);
	$given{reason}     = q(it's a reason) if chance(0.1);
	my $time    = $given{event_time} // $org->{clock};
	my $program = $org->_award_program(\%given);
	$given{points} = some_points($program->{decimals});
	$given{expires_at} = $time + one_of(1, SECOND, between(1, 50 * DAY), between(1, 50 * DAY)) if chance(0.25);
	$given{redeemable_from} = $time + one_of(0, 1, between(-DAY, 10 * DAY), between(0, 30 * DAY)) if chance(0.15);

	if ($spoiled)
	{
		delete $given{category};
		$given{program} = $org->{programs}[1]{name};    # no fixed date that would be refused first
		$given{points}  = some_points(0);
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			point_errors($org->{programs}[1]{decimals}),
			[ 'LY003', {}, { category        => "'gold'" } ],
			[ 'LY415', {}, { event_name      => "'nosuch'" } ],
			[ 'LY415', {}, { event_name      => "'customer_registration'" } ],
			[ 'LY015', {}, { expires_at      => "'infinity'" } ],
			[ 'LY015', {}, { redeemable_from => "'-infinity'" } ],
			[ undef, { expires_at => $time - one_of(0, 1, DAY) } ]);
		delete $spoiled_given->{expires_at}
		  if defined $spoiled_given->{event_time} && defined $given{expires_at};
		return write_call('earn', $org, $customer, $spoiled_given, $raw);
	}
	$given{points} = '999999999999999.999' if $customer->{rich} && chance(0.05);
	if ($customer->{rich} && thousandths($given{points}) > 1_000_000_000)
	{
		$given{program}  = $org->{programs}[3]{name};    # keeps three decimals
		$given{category} = 'regular';
	}
	return write_call('earn', $org, $customer, \%given);
}

sub new_number
{
	my ($org) = @_;

	return sprintf '%s/%06d', one_of('A', 'B'), ++$org->{last_number};
}

# An amount that earns exactly half a step of the program's last decimal more than some points.
sub amount_of_half
{
	my ($program) = @_;

	my $numerator   = (2 * between(0, 200) + 1) * 10**(3 - $program->{decimals}) * SECOND;
	my $denominator = 2 * $program->{rate};
	return $numerator % $denominator ? undef : points_text($numerator / $denominator);
}

sub random_bill
{
	my ($org, $spoiled) = @_;

	my $customer = chance(0.9) || $spoiled ? some_member($org) : some_customer($org);
	return unless $customer && $customer->{registered_on} <= $org->{clock};
	my %given = (
		event_time         => some_time($org, $customer),
		transaction_number => new_number($org),
		amount             => weighted(
			4, sub { points_text(between(0, 300_000)) },
			3, sub { points_text(500 * between(0, 400)) },
			2, sub { points_text(10 * between(0, 20_000)) },
			1, sub { one_of('0', '0.001', '999999.999') })->());
	$given{till}    = one_of(sort keys %{ $org->{tills} }) if chance(0.5);
	$given{program} = one_of(@{ $org->{programs} })->{name} if chance(0.6);
	$given{source}   = 'WEBSITE' if chance(0.1);
	$given{store}    = 's1' if chance(0.1);
	$given{discount} = points_text(between(0, 5000)) if chance(0.2);    # shown, never computed with
	$given{line_items} = '[{"item_code": "A", "quantity": 2, "amount": 3.5}, {"item_code": "B", "amount": 1}]'
	  if chance(0.05);
	my $program = $org->_award_program(\%given);
	$given{points} = chance(0.1) ? '0' : some_points($program->{decimals})
	  if $customer->{loyal} && chance(0.25);
	$given{amount} = amount_of_half($program) // $given{amount} if chance(0.2);
	if ($spoiled)
	{
		$given{program} = $org->{programs}[1]{name};
		$given{points}  = some_points(0) if defined $given{points};
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			[ 'LY001', {}, { transaction_number => 'NULL' } ],
			[ 'LY001', {}, { transaction_number => "''" } ],
			[ 'LY001', {}, { amount             => 'NULL' } ],
			[ 'LY002', {}, { transaction_number => "repeat('9', 2000)" } ],
			[ 'LY003', {}, { transaction_type   => "'gift'" } ],
			[ 'LY005', {}, { store              => "'nosuch'" } ],
			[ 'LY413', {}, { discount           => '-0.01' } ],
			[ 'LY414', {}, { line_items         => q('[{"item_code": "A"}]') } ],
			(map { [ undef, { points => $_ } ] } '-1', 'NaN', '1000000000000000', '0.0001'),
			(map { [ undef, { amount => $_, points => '1' } ] } '-0.001', 'NaN', 'Infinity', '1000000000000000',
				'1.0001'));
		$raw //= {};
		return write_call('bill', $org, $customer, $spoiled_given, $raw);
	}
	if (chance(0.06) && @{ $org->{given_numbers} // [] })
	{
		@given{ 'till', 'transaction_number' } = @{ one_of(@{ $org->{given_numbers} }) };
		$given{till} = one_of(undef, 't1', 't2') if chance(0.3);
		delete $given{points};
		$given{program} = 'base';
	}
	push @{ $org->{given_numbers} }, [ @given{ 'till', 'transaction_number' } ];
	$customer->{numbers}{ $given{transaction_number} } = 1;
	return write_call('bill', $org, $customer, \%given);
}

sub random_redeem
{
	my ($org, $spoiled) = @_;

	my $customer = some_member($org) or return;
	my %given = (event_time => some_time($org, $customer));
	if ($spoiled || chance(0.6))
	{
		my @held = grep { $customer->{accounts}{$_}{regular}{balance} } sort keys %{ $customer->{accounts} };
		$given{program} = @held && chance(0.85) ? one_of(@held) : one_of(@{ $org->{programs} })->{name};
	}
	$given{till} = one_of(sort keys %{ $org->{tills} }) if chance(0.2);
	$given{reason} = 'a gift' if chance(0.1);
	my @accounts = $org->redeem_accounts($customer, $given{program});
	my $decimals =
	  max(map { $_->{decimals} } defined $given{program} ? $org->{program}{ $given{program} } : @{ $org->{programs} });
	my $step      = 10**(3 - $decimals);
	my $time      = $given{event_time} // $org->{clock};
	my $available = $org->available(\@accounts, LoyaltyModel::_effective($time, @accounts));
	$available -= $available % $step;

	if ($spoiled)
	{
		$given{points} = $available ? points_text($step) : '1';
		return if $available < $step;
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			point_errors($decimals),
			[ 'LY411', {}, { transaction_number => "'nosuch'" } ],
			[ 'LY405', { points => points_text($available + $step) } ]);
		return write_call('redeem', $org, $customer, $spoiled_given, $raw);
	}
	if (chance(0.15))
	{
		my @own = grep { $org->{numbers}{$_} == $customer->{handle} } sort keys %{ $org->{numbers} };
		if (@own)
		{
			my ($till, $number) = split /\0/, one_of(@own);
			$given{transaction_number} = $number;
			delete $given{till};
			$given{till} = $till if length $till;
		}
	}
	$given{points} =
	    $available < $step ? some_points($decimals)
	  : weighted(
		50, sub { some_points($decimals, $available) },
		20, sub { some_points($decimals, min($available, 20_000)) },
		18, sub { points_text($available) },
		12, sub { points_text($available + $step) })->();
	return write_call('redeem', $org, $customer, \%given);
}

sub random_register
{
	my ($org) = @_;

	my $known = @{ $org->{customers} };
	my $tag   = new_tag();
	my %given;
	my $kind = weighted(
		($known < CUSTOMERS ? 30 * (1 - $known / CUSTOMERS) + 2 : 0), 'new',
		6, 'again', 2, 'enrol', 1.5, 'error', 1.5, 'conflict', 1.5, 'key');
	$kind = 'new' unless $known;
	my $person = one_of(@{ $org->{people} // [] });
	if ($kind eq 'new')
	{
		my $n = $org->{last_person}++;
		my $back = weighted(4, 0, 2, int(rand(30 * DAY)), 1, int(rand(400 * DAY)), 1, HOUR);
		%given = (mobile => mobile($n), first_name => "P$n");
		$given{external_id}   = "X$n" if chance(0.4);
		$given{registered_on} = $org->{clock} - $back if $back;
		$given{loyalty_type}  = 'non_loyalty' if chance(0.08);
		$given{idempotency_key} = "registration $n" if chance(0.3);
		push @{ $org->{people} }, \%given;
	}
	elsif ($kind eq 'again')
	{
		%given = (mobile => $person->{mobile}, first_name => 'Again');
		substr($given{mobile}, 3, 0) = ' ' if chance(0.3);
	}
	elsif ($kind eq 'enrol')
	{
		my $guest = first { !$_->{loyal} && defined $_->{id} && $_->{registered_on} <= $org->{clock} }
		  @{ $org->{customers} };
		return unless $guest;
		my ($key) = grep { /^mobile=/ && $org->{owner}{$_} == $guest->{handle} } sort keys %{ $org->{owner} };
		%given = (mobile => substr($key, 7));
	}
	elsif ($kind eq 'conflict')
	{
		my $other = one_of(grep { defined $_->{external_id} } @{ $org->{people} });
		return unless $other && $other != $person;
		%given = (mobile => $person->{mobile}, external_id => $other->{external_id});
	}
	elsif ($kind eq 'key')
	{
		my $old = one_of(grep { defined $_->{idempotency_key} } @{ $org->{people} });
		return unless $old;
		%given = %$old;
		$given{first_name} = 'Changed' if chance(0.3);
	}
	else
	{
		my ($state, %wrong) = @{ one_of([ 'LY102', mobile => '+9112' ], [ 'LY102', mobile => 'no digits' ],
				[ 'LY101', external_id => 'only' ], [ 'LY101' ],
				[ 'LY003', mobile => mobile(0), loyalty_type => 'gold' ]) };
		return plan_call('register', $org, undef, \%wrong, { err => $state });
	}

	# The model knows mobiles by their normal form.
	my %normal = %given;
	$normal{mobile} =~ s/ // if defined $normal{mobile};
	my $want = $org->register($tag, %normal);
	return plan_call('register', $org, undef, \%given, $want, tag => $tag);
}

sub random_repeat
{
	my ($org, $changed) = @_;

	my $first = one_of(grep { $_->{kind} ne 'register' && $_->{org} == $org } @{ $world->{keyed} }) or return;
	my %given = %{ $first->{given} };
	my $kind  = $first->{kind};
	if ($changed)
	{
		if (chance(0.2) && $kind ne 'bill')
		{
			$kind = $kind eq 'earn' ? 'redeem' : 'earn';
			delete @given{qw(category event_name expires_at redeemable_from transaction_number)};
		}
		elsif (chance(0.3))
		{
			$given{event_time} = defined $given{event_time} ? $given{event_time} + 1 : $org->{clock};
		}
		elsif (chance(0.3))
		{
			$given{program} =
			  (first { $_->{name} ne ($given{program} // '') } @{ $org->{programs} })->{name};
		}
		else
		{
			my $name = $kind eq 'bill' ? 'amount' : 'points';
			$given{$name} = points_text(thousandths($given{$name}) + 1000);
		}
	}
	my $tag = new_tag();
	my $want = ask($kind, $org, $first->{handle}, $tag, \%given);
	return plan_call($kind, $org, $first->{handle}, \%given, $want, tag => $tag);
}

sub plan_balance
{
	my ($org, $customer, $program, $as_of) = @_;

	my $want  = $org->balance($customer->{handle}, $program, $as_of);
	my %given = (program => $program, as_of => $as_of);
	plan_call('balance', $org, $customer->{handle}, \%given, $want);
	push @{ $world->{questions} }, [ $org, $customer, $program, $as_of ] if defined $as_of;
	return;
}

sub random_balance
{
	my ($org) = @_;

	my $customer = some_customer($org) or return;
	my $program = chance(0.5) ? one_of(@{ $org->{programs} })->{name} : undef;
	my $as_of;
	if (chance(0.65))
	{
		$as_of = some_time($org, $customer);
		$as_of = one_of($customer->{registered_on} - 1, $org->{clock} + between(1, 100 * DAY), $org->{clock})
		  if !defined $as_of || chance(0.2);
	}
	return plan_balance($org, $customer, $program, $as_of);
}

sub random_balance_error
{
	my ($org) = @_;

	my $customer = some_customer($org) or return;
	my ($state, undef, $raw) = @{ one_of(common_errors($org, $customer, 'as_of')) };
	return plan_call('balance', $org, $customer->{handle}, {}, { err => $state }, raw => $raw);
}

# Expires points, and asks for the same balances before and after.
sub random_expire
{
	my ($org) = @_;

	my $as_of = weighted(4, undef, 4, $org->{clock} - int(rand(20 * DAY)), 1, $org->{clock}, 1, $org->{clock} + 1,
		1, $org->{clock} - 500 * DAY);
	my $batch = one_of('', ', batch_size => 1', ', batch_size => 7');
	my $time  = defined $as_of ? literal('as_of', $as_of) : 'NULL';
	my @asked = map { [ $_, $org->{clock} - int(rand(20 * DAY)) ] } grep { $_ } map { some_customer($org) } 1 .. 3;
	plan_balance($org, $_->[0], undef, $_->[1]) for @asked;
	my $want = $org->expire_points($as_of);
	plan_call('expire', $org, undef, {}, $want, sql => "CALL loyalty.expire_points(@{[quoted($org->{org})]}, $time$batch)");
	plan_balance($org, $_->[0], undef, $_->[1]) for @asked;
	return;
}

# Somebody who is not enrolled has no points.
sub random_guest
{
	my ($org) = @_;

	my $customer = one_of(grep { !$_->{loyal} && defined $_->{id} } @{ $org->{customers} }) or return;
	return plan_balance($org, $customer) if chance(0.3);
	return if $customer->{registered_on} > $org->{clock};
	return write_call(one_of('earn', 'redeem'), $org, $customer, { points => '1', program => 'base' });
}

sub random_operation
{
	my $org = one_of(@{ $world->{orgs} });

	my $step = weighted(30, 0, 30, int(rand(HOUR)), 30, int(rand(5 * HOUR)), 2, int(rand(2 * DAY)), 0.7, -int(rand(HOUR)));
	$world->{clock} += $step;
	$_->{clock} = $world->{clock} for @{ $world->{orgs} };

	return weighted(
		4,   sub { random_register($org) },
		27,  sub { random_earn($org, 0) },
		4,   sub { random_earn($org, 1) },
		17,  sub { random_bill($org, 0) },
		3,   sub { random_bill($org, 1) },
		19,  sub { random_redeem($org, 0) },
		3,   sub { random_redeem($org, 1) },
		4,   sub { random_repeat($org, 0) },
		2,   sub { random_repeat($org, 1) },
		12,  sub { random_balance($org) },
		1,   sub { random_balance_error($org) },
		0.5, sub { random_guest($org) },
		0.8, sub { random_expire($org) })->();
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
	  . " expiry_type => '$program->{type}')";
	return $sql;
}

sub some_rate { return one_of(1_000_000, 100_000, 500_000, 50_000, 5_000, 333_333, 1_500_000, 2_718_281, 12_345_678); }

sub create_org
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
		"SELECT loyalty.set_config($quoted, 'CONF_EVENT_TIME_TOLERANCE', '" . $org->{tolerance} / SECOND . "')");
	for my $name (qw(base month roll stay season moon))
	{
		push @sql, create_program($org, $name, rate => some_rate(),
			rounding => $ROUNDINGS[ $world->{programs}++ % @ROUNDINGS ], %{ $rule{$name} });
	}
	push @sql, "SELECT loyalty.create_store($quoted, 's1', 'Store')",
	  "SELECT loyalty.create_till($quoted, 't1', 's1')", "SELECT loyalty.create_till($quoted, 't2', 's1', 'month')";
	$org->add_till('t1');
	$org->add_till('t2', 'month');
	$node->safe_psql('postgres', join ";\n", @sql);
	return $org;
}

# ---- comparing tables

# The differences between two lists of lines, shortened.
sub differences
{
	my ($got, $want) = @_;

	my %count;
	$count{$_}++ for @$got;
	$count{$_}-- for @$want;
	my @lines = map { ($count{$_} > 0 ? 'got:  ' : 'want: ') . $_ } grep { $count{$_} } sort keys %count;
	splice @lines, 8, @lines - 8, '...' if @lines > 9;
	return join "\n", @lines;
}

sub us { return "(extract(epoch FROM $_[0]) * 1000000)::bigint"; }

sub line { return join '|', map { defined $_ ? $_ : '~' } @_; }

my $accounts_sql = <<"SQL";
SELECT 'account', a.customer_id, p.program, loyalty.ledger_word(a.category, 'category'), trim_scale(a.balance),
    trim_scale(a.lifetime_points), trim_scale(a.redeemed_points), trim_scale(a.expired_points),
    trim_scale(a.arrears + a.returned_points), a.last_entry_no, @{[us('a.last_effective_at')]}
FROM loyalty.ledger_account a JOIN loyalty.program p USING (org_id, program_id) JOIN loyalty.org o USING (org_id)
WHERE o.org =
SQL

my $lots_sql = <<"SQL";
SELECT 'lot', l.customer_id, p.program, loyalty.ledger_word(l.category, 'category'), trim_scale(l.points),
    trim_scale(l.remaining), trim_scale(l.redeemed), trim_scale(l.expired), @{[us('l.expires_at')]},
    @{[us('l.redeemable_from')]}, @{[us('l.awarded_at')]}
FROM loyalty.points_lot l JOIN loyalty.program p USING (org_id, program_id) JOIN loyalty.org o USING (org_id)
WHERE o.org =
SQL

sub model_tables
{
	my ($org) = @_;

	my @lines;
	for my $customer (@{ $org->{customers} })
	{
		for my $account (map { values %$_ } values %{ $customer->{accounts} })
		{
			push @lines,
			  line('account', $customer->{id}, @$account{qw(program category)},
				(map { points_text($account->{$_}) } qw(balance lifetime redeemed expired)),
				0, scalar @{ $account->{entries} }, $account->{last});
			push @lines, map {
				my $lot = $_;
				line('lot', $customer->{id}, @$account{qw(program category)},
					(map { points_text($lot->{$_}) } qw(points remaining redeemed expired)),
					@$lot{qw(expires redeemable awarded)})
			} @{ $account->{lots} };
		}
	}
	return \@lines;
}

my $entries_sql = <<"SQL";
SELECT e.customer_id, p.program, loyalty.ledger_word(e.category, 'category'), e.entry_no,
    loyalty.ledger_word(e.entry_type, 'entry_type'), trim_scale(e.points), trim_scale(e.balance_after),
    CASE WHEN e.entry_type = 'm' THEN '' ELSE loyalty.ledger_word(e.house_account, 'house_account') END,
    @{[us('e.effective_at')]}, e.posting_day, t.event_name, @{[us('v.event_time')]}, trim_scale(v.net_points)
FROM loyalty.ledger_entry e JOIN loyalty.program p USING (org_id, program_id) JOIN loyalty.org o USING (org_id)
    JOIN loyalty.ledger_event v USING (org_id, customer_id, event_id) JOIN loyalty.event_type t USING (event_code)
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
					LoyaltyModel::format_date(LoyaltyModel::local_date($org->{zone}, $entry->{effective})),
					$entry->{event}{name}, $entry->{event}{time}, points_text($entry->{event}{net}));
			}
		}
	}
	return \@lines;
}

# ---- running

# Runs what is planned and compares. Answers whether all was as expected.
sub run_batch
{
	my ($name) = @_;

	LoyaltyModel::leave_zone();
	my (@statements, $clock);
	my @plan = @{ $world->{plan} };
	$world->{plan} = [];
	my @kept;    # the statement of each planned call
	for my $operation (@plan)
	{
		if (!defined $clock || $clock != $operation->{clock})
		{
			$clock = $operation->{clock};
			push @statements, "SET loyalty.clock = '" . LoyaltyModel::format_time($clock) . "'";
		}
		push @kept,       scalar @statements;
		push @statements, $operation->{sql};
	}
	my $first_check = @statements;
	for my $org (@{ $world->{orgs} })
	{
		my $code = quoted($org->{org});
		push @statements, "SELECT * FROM loyalty.verify_ledger($code)", "$accounts_sql $code", "$lots_sql $code";
	}
	my $errors;
	my @answers = calls($node, \@statements, stderr => \$errors);

	my @wrong;
	for my $i (0 .. $#plan)
	{
		my $got = $answers[ $kept[$i] ];
		my $wanted = judge($plan[$i], $got);
		next unless defined $wanted;
		my $handle = $plan[$i]{handle};
		push @wrong, sprintf "at %s\n%s\ngot  %s %s\nwant %s\nbefore, for this customer:\n%s",
		  LoyaltyModel::format_time($plan[$i]{clock}), $plan[$i]{sql}, $got->{state}, join(' // ', @{ $got->{rows} }),
		  $wanted,
		  join "\n", grep { defined } (
			map  { "  [" . LoyaltyModel::format_time($_->{clock}) . "] $_->{sql}" }
			grep { defined $handle && defined $_->{handle} && $_->{handle} == $handle && $_->{org} == $plan[$i]{org} }
			(@{ $world->{history} }, @plan[ 0 .. $i - 1 ]))[ -12 .. -1 ];
		last;
	}
	push @{ $world->{history} }, @plan;
	unless (@wrong)
	{
		for my $i (0 .. $#{ $world->{orgs} })
		{
			my $org = $world->{orgs}[$i];
			my ($verified, $accounts, $lots) = @answers[ $first_check + 3 * $i .. $first_check + 3 * $i + 2 ];
			push @wrong, "verify_ledger($org->{org}): $verified->{state} $_"
			  for grep { !/^[^|]+\|t\|/ } @{ $verified->{rows} };
			push @wrong, "verify_ledger($org->{org}) answered $verified->{state}"
			  if $verified->{state} ne '00000' || @{ $verified->{rows} } < 7;
			my $differences = differences([ @{ $accounts->{rows} }, @{ $lots->{rows} } ], model_tables($org));
			push @wrong, "tables of $org->{org} ($org->{zone}):\n$differences" if $differences ne '';
		}
	}
	push @wrong, grep { /WARNING/ } split /\n/, $errors;
	LoyaltyModel::leave_zone();
	is(join("\n", @wrong), '', $name) or return 0;
	return 1;
}

sub rows
{
	my ($sql) = @_;

	return [ split /\n/, $node->safe_psql('postgres', $sql, extra_params => [ '-P', 'null=~' ]) ];
}

my @TABLES = qw(customer identifier customer_identifier customer_profile registration_request ledger_account
  ledger_event event_note ledger_entry points_lot lot_movement lot_expiry_change transaction transaction_line
  transaction_number);

sub row_counts
{
	return join "\n", sort @{ rows(join ' UNION ALL ', map { "SELECT '$_', count(*)::text FROM loyalty.$_" } @TABLES) };
}

# Every call that was made with an idempotency key, once more: nothing is written, the first answers come again.
sub replay_keys
{
	my $before  = row_counts();
	my @first   = grep { defined $_->{row} } @{ $world->{keyed} };
	my @answers = calls($node, [ "SET loyalty.clock = '" . LoyaltyModel::format_time($world->{clock} + 1000 * DAY) . "'",
			map { $_->{sql} } @first ]);
	shift @answers;
	my @wrong = grep { $answers[$_]{state} ne '00000' || $answers[$_]{rows}[0] ne $first[$_]{row} } 0 .. $#first;
	is(join("\n", map { "$first[$_]{sql}: $answers[$_]{state} @{$answers[$_]{rows}}" } @wrong[ 0 .. min(2, $#wrong) ]),
		'', "seed $seed: @{[scalar @first]} repeats give the first answers");
	is(row_counts(), $before, "seed $seed: and write nothing");
	return;
}

# Counters never fall with time, and balances are what the counters leave.
sub check_as_of
{
	my ($org) = @_;

	my (@statements, @wrong);
	for my $customer ((shuffle(grep { $_->{loyal} } @{ $org->{customers} }))[ 0 .. 5 ])
	{
		next unless $customer;
		my %time = map { $_ => 1 } map { ($_ - 1, $_, $_ + 1) } grep { defined }
		  map { (map { $_->{effective} } @{ $_->{entries} }), (map { $_->{expires} } @{ $_->{lots} }) }
		  map { values %$_ } values %{ $customer->{accounts} };
		my @times = sort { $a <=> $b } keys %time;
		my $every = max(1, int(@times / 150));
		my $list  = join ', ', map { literal('as_of', $times[$_]) } grep { $_ % $every == 0 } 0 .. $#times;
		push @statements, <<"SQL";
SELECT count(*) FROM (
    SELECT t, b.*, lag(lifetime_points) OVER w AS lifetime, lag(redeemed_points) OVER w AS redeemed,
           lag(expired_points) OVER w AS expired
    FROM unnest(ARRAY[$list]) t CROSS JOIN LATERAL loyalty.points_balance('$org->{org}', $customer->{id}, as_of => t) b
    WINDOW w AS (ORDER BY t)) s
WHERE lifetime_points < lifetime OR redeemed_points < redeemed OR expired_points < expired OR returned_points <> 0
   OR current_points + promised_points + trigger_based_points <> lifetime_points - redeemed_points - expired_points
   OR least(current_points, promised_points, trigger_based_points) < 0
SQL
	}
	my @answers = calls($node, \@statements);
	is(join(' ', map { "$_->{state} @{$_->{rows}}" } @answers), join(' ', ('00000 0') x @answers),
		"seed $seed: as-of answers of $org->{org} are monotone and add up");
	return;
}

# The pages of points_ledger, in both directions, are the customer's entries.
sub check_pages
{
	my ($org) = @_;

	my ($customer) =
	  sort { keys %{ $b->{keys} } <=> keys %{ $a->{keys} } } grep { $_->{loyal} } @{ $org->{customers} };
	my ($from, $to) = map { literal('as_of', $_) } $customer->{registered_on} - DAY, $world->{clock} + 500 * DAY;
	my $entries = 0;
	$entries += @{ $_->{entries} } for map { values %$_ } values %{ $customer->{accounts} };
	for my $newest ('true', 'false')
	{
		my (@seen, $key, $pages, $last);
		do
		{
			my $after = defined $key ? quoted($key) : 'NULL';
			my $rows  = rows("SELECT @{[us('effective_at')]}, program, category, entry_no, more, next_key"
				  . " FROM loyalty.points_ledger('$org->{org}', $customer->{id}, from_time => $from, to_time => $to,"
				  . " newest_first => $newest, page_size => 37, after_key => $after)");
			my ($more, $next) = ('f', undef);
			for my $row (@$rows)
			{
				(my $effective, my $program, my $category, my $n, $more, $next) = split /\|/, $row;
				fail("seed $seed: the ledger of $org->{org} is in order")
				  if defined $last && ($newest eq 'true' ? $effective > $last : $effective < $last);
				$last = $effective;
				push @seen, "$program $category $n";
			}
			$key = $more eq 't' ? $next : undef;
		} while (defined $key && ++$pages < 1000);
		my %unique = map { $_ => 1 } @seen;
		is(scalar(@seen) . ' ' . scalar(keys %unique),
			"$entries $entries", "seed $seed: pages of $org->{org} show each entry once, newest first $newest");
	}
	return;
}

# points_ledger under random filters shows what the view shows under the same conditions.
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
		my $columns = 'event_id, event_name, event_time, effective_at, recorded_at, entry_no, entry_type, program,'
		  . ' category, points, balance_after, points_on_event, till, store, source, transaction_id, redemption_id';
		my $view = "SELECT $columns FROM loyalty.points_ledger_entries WHERE org = '$org->{org}'"
		  . " AND original_customer_id = $customer->{id} AND " . join ' AND ', @where;
		my $page = "SELECT $columns FROM loyalty.points_ledger('$org->{org}', $customer->{id}, $call)";
		push @statements, "WITH v AS MATERIALIZED ($view), f AS MATERIALIZED ($page)"
		  . ' SELECT CASE WHEN (SELECT count(*) FROM v) > 100 THEN (SELECT count(*) FROM f) <> 100 ELSE'
		  . ' EXISTS (TABLE v EXCEPT ALL TABLE f) OR EXISTS (TABLE f EXCEPT ALL TABLE v) END';
	}
	my @answers = calls($node, \@statements);
	my @wrong = grep { "$answers[$_]{state} @{$answers[$_]{rows}}" ne '00000 f' } 0 .. $#answers;
	is(join("\n", map { "$statements[$_]: $answers[$_]{state}" } @wrong),
		'', "seed $seed: filtered pages of $org->{org} show what the view shows");
	return;
}

sub final_checks
{
	for my $org (@{ $world->{orgs} })
	{
		my $code = quoted($org->{org});
		is(differences(rows("$entries_sql $code"), model_entries($org)), '', "seed $seed: every entry of $org->{org}");
		my $events = 0;
		$events += $_->{events} for @{ $org->{customers} };
		is(rows("SELECT count(*) FROM loyalty.ledger_event JOIN loyalty.org USING (org_id) WHERE org = $code")->[0],
			$events, "seed $seed: every event of $org->{org}");
		is(rows(<<"SQL")->[0], '0', "seed $seed: the entries of $org->{org}, replayed, give the balances");
SELECT count(*) FROM (
    SELECT e.*, v.recorded_at,
           sum(CASE entry_type WHEN 'd' THEN -points ELSE points END) OVER w AS replayed,
           row_number() OVER w AS n, lag(effective_at) OVER w AS before, lag(v.recorded_at) OVER w AS recorded_before,
           last_value(balance_after) OVER (PARTITION BY customer_id, program_id, category ORDER BY entry_no
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_balance
    FROM loyalty.ledger_entry e JOIN loyalty.ledger_event v USING (org_id, customer_id, event_id)
    WHERE org_id = (SELECT org_id FROM loyalty.org WHERE org = $code)
    WINDOW w AS (PARTITION BY customer_id, program_id, category ORDER BY entry_no)) e
JOIN loyalty.ledger_account a USING (org_id, customer_id, program_id, category)
WHERE replayed <> balance_after OR n <> entry_no OR effective_at < before OR recorded_at < recorded_before
   OR a.balance <> last_balance OR balance_after < 0
SQL
		is(rows(<<"SQL")->[0], '0|0', "seed $seed: lots of $org->{org} follow from movements, next expiries are not late");
SELECT (SELECT count(*) FROM loyalty.points_lot l CROSS JOIN LATERAL (
            SELECT coalesce(sum(points) FILTER (WHERE movement_type = 'r'), 0) AS redeemed,
                   coalesce(sum(points) FILTER (WHERE movement_type = 'e'), 0) AS expired
            FROM loyalty.lot_movement m
            WHERE (m.org_id, m.customer_id, m.lot_id) = (l.org_id, l.customer_id, l.lot_id)) m
        WHERE l.org_id = o.org_id AND (m.redeemed <> l.redeemed OR m.expired <> l.expired)),
       (SELECT count(*) FROM loyalty.ledger_account a JOIN (
            SELECT org_id, customer_id, program_id, category, min(expires_at) AS first
            FROM loyalty.points_lot WHERE remaining > 0 GROUP BY 1, 2, 3, 4) l
            USING (org_id, customer_id, program_id, category)
        WHERE a.org_id = o.org_id AND first IS NOT NULL AND (next_expiry_at IS NULL OR next_expiry_at > first))
FROM loyalty.org o WHERE o.org = $code
SQL
		is(rows(<<"SQL")->[0], 't|t', "seed $seed: trial balance and journal of $org->{org} balance");
SELECT (SELECT bool_and(d = c) FROM (SELECT sum(debit) AS d, sum(credit) AS c FROM loyalty.trial_balance
            WHERE org = $code GROUP BY program) t),
       (SELECT bool_and(d = c) FROM (SELECT sum(debit) AS d, sum(credit) AS c FROM loyalty.journal
            WHERE org = $code GROUP BY program, event_id) t)
SQL
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
	return;
}

# ---- the seeds

for my $i (0 .. $#seeds)
{
	$seed = $seeds[$i];
	srand($seed);
	note(my $line = sprintf 'seed %d, %d operations: LOYALTY_SEED=%d repeats it', $seed, $operations, $seed);
	diag($line);

	# Runs last a year and more. Some cross 2000-01-01, where PostgreSQL's own count of time is zero, some the
	# day that Apia skipped.
	my @zone = map { $ZONES[ (2 * $seed + $_) % @ZONES ] } 0, 1;
	my $year = "@zone" =~ /Apia/ ? 2011 : one_of(1999, between(2001, 2023));
	my $start = LoyaltyModel::days_from_date($year, between(6, 9), between(1, 28)) * DAY + int(rand(DAY));
	$world = {
		clock     => $start,
		count     => 0,
		tag       => 0,
		plan      => [],
		keyed     => [],
		history   => [],
		questions => [] };
	$world->{orgs} = [ map { create_org("s$seed$_", $zone[ $_ eq 'a' ? 0 : 1 ], $start) } 'a', 'b' ];
	note(join ', ', map { "$_->{org}: $_->{zone}" } @{ $world->{orgs} });
	my ($batch, $fine) = (0, 1);
	while ($fine && $world->{count} < $operations)
	{
		$batch++;
		random_operation() while @{ $world->{plan} } < min(BATCH, $batch * 40);    # early ones make customers
		$fine = run_batch("seed $seed: batch $batch, $world->{count} calls");
		if ($batch == 4)
		{
			my $org = $world->{orgs}[0];
			$node->safe_psql('postgres',
				create_program($org, 'young', rate => some_rate(), unit => 'days', value => 9, decimals => 1));
		}
		if ($batch == 3)
		{
			($_->{customers}[2] // {})->{rich} = 1 for @{ $world->{orgs} };
		}
	}
	$total += $world->{count};
	final_checks() if $fine;
	last unless $fine;
}

cmp_ok($total, '>=', 20_000, 'enough operations') unless $ENV{LOYALTY_SEED} || $ENV{LOYALTY_OPERATIONS};

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
		push @sql, map { "SELECT points FROM loyalty.earn_points('rich', $customer, $most, 'p$program', '$_')" }
		  @LoyaltyModel::CATEGORIES;
	}
	my @answers = calls($node, \@sql);
	is(join(' ', map { $_->{state} } @answers), join(' ', ('00000') x @answers), 'nine full accounts');
	is((call($node, "SELECT loyalty.earn_points('rich', $customer, 0.001, 'p1')"))[0], 'LY404', 'not one thousandth more');
	is(join("\n", call($node, "SELECT * FROM loyalty.points_balance('rich', $customer)")),
		"00000\n2999999999999999.997|2999999999999999.997|2999999999999999.997|8999999999999999.991|0.000|0.000|0.000",
		'the balance over all of them is exact');
	ledger_holds($node, 'rich');
	my $redeem = "SELECT * FROM loyalty.redeem_points('rich', $customer, $most, idempotency_key => 'all')";
	my ($first, $again) = calls($node, [ $redeem, $redeem ]);
	like("$first->{state} @{$first->{rows}}", qr/^00000 \d+\|\w{6}\|$most\|1999999999999999\.998$/,
		'a redemption over all programs');
	is("$again->{state} @{$again->{rows}}", "00000 @{$first->{rows}}", 'and its repeat');
	is((call($node, "SELECT points FROM loyalty.earn_points('rich', $customer, $most, 'p4')"))[0], '00000', 'a tenth');
	is((call($node, "SELECT * FROM loyalty.points_balance('rich', $customer)"))[0], 'LY404', 'a sum that has no number');
	is((call($node, "SELECT * FROM loyalty.points_balance('rich', $customer, 'p4')"))[1],
		"$most|0.000|0.000|$most|0.000|0.000|0.000", 'one program of it has');
	ledger_holds($node, 'rich', 'every invariant holds after it');
}

log_is_clean($node);
$node->stop;
done_testing();
