package LoyaltyModel;

# What an org's points ledger must answer, in plain Perl: a second implementation of docs/ledger.md that shares
# nothing with the extension. Points are integer thousandths, times integer microseconds since 1970 (UTC), dates
# integer days since 1970. A method answers a hash: err => SQLSTATE, or same_as => the tag of the call whose
# answer an idempotent repeat must give again, or the columns of the answer.

use strict;
use warnings;
use integer;

use List::Util qw(max);
use POSIX ();

use constant {
	MICROS => 1_000_000,
	MAX    => 999_999_999_999_999_999,    # numeric(18,3), in thousandths
	TENTHS => [ 1000, 100, 10, 1 ],       # thousandths in the last decimal that a program keeps
};

our @CATEGORIES = qw(regular promised trigger_based);

# House accounts whose debits are counted, and given back by their credits.
my @COUNTERS = qw(redeemed expired returned);

# ---- numbers

# A decimal as thousandths, and whether it has more than three decimals. undef: not finite.
sub parse_decimal
{
	my ($text) = @_;

	return (undef, 0) if $text =~ /^[+-]?(nan|inf)/i;
	my ($sign, $whole, $part) = $text =~ /^(-?)(\d+)(?:\.(\d*))?$/ or die "no decimal: $text";
	$part = '' unless defined $part;
	$part =~ s/0+$//;
	my $fine = length($part) > 3 ? 1 : 0;
	$whole =~ s/^0+(?=\d)//;
	return (length($sign) ? -MAX - 1 : MAX + 1, $fine) if length($whole) > 15;
	my $value = $whole * 1000 + substr($part . '000', 0, 3);
	return (length($sign) ? -$value : $value, $fine);
}

sub format_points
{
	my ($value) = @_;

	my $sign = $value < 0 ? '-' : '';
	$value = -$value if $value < 0;
	my $text = sprintf '%s%d.%03d', $sign, $value / 1000, $value % 1000;
	$text =~ s/\.?0+$//;
	return $text;
}

# amount (thousandths) x rate (millionths), rounded to the decimals of the program; thousandths.
sub computed_points
{
	my ($amount, $rate, $decimals, $rounding) = @_;

	my $unit = 1_000_000 * TENTHS->[$decimals];
	my $raw  = $amount * $rate;
	my ($quotient, $rest) = ($raw / $unit, $raw % $unit);
	my $up =
		$rest == 0               ? 0
	  : $rounding eq 'ceiling'   ? 1
	  : $rounding eq 'floor'     ? 0
	  : 2 * $rest > $unit        ? 1
	  : 2 * $rest < $unit        ? 0
	  : $rounding eq 'half_up'   ? 1
	  : $rounding eq 'half_down' ? 0
	  : $rounding eq 'half_even' ? $quotient % 2
	  :                            die "no rounding: $rounding";
	return ($quotient + $up) * TENTHS->[$decimals];
}

# ---- dates

sub days_from_date
{
	my ($year, $month, $day) = @_;

	$year-- if $month <= 2;
	my $era = $year / 400;
	my $yoe = $year - $era * 400;
	my $doy = (153 * ($month + ($month > 2 ? -3 : 9)) + 2) / 5 + $day - 1;
	return $era * 146097 + $yoe * 365 + $yoe / 4 - $yoe / 100 + $doy - 719468;
}

sub date_from_days
{
	my ($days) = @_;

	$days += 719468;
	my $era   = $days / 146097;
	my $doe   = $days - $era * 146097;
	my $yoe   = ($doe - $doe / 1460 + $doe / 36524 - $doe / 146096) / 365;
	my $doy   = $doe - (365 * $yoe + $yoe / 4 - $yoe / 100);
	my $mp    = (5 * $doy + 2) / 153;
	my $month = $mp + ($mp < 10 ? 3 : -9);
	return ($yoe + $era * 400 + ($month <= 2 ? 1 : 0), $month, $doy - (153 * $mp + 2) / 5 + 1);
}

sub format_date
{
	return sprintf '%04d-%02d-%02d', date_from_days($_[0]);
}

sub format_time
{
	my ($time) = @_;

	my ($seconds, $micros) = ($time / MICROS, $time % MICROS);
	return sprintf '%s %02d:%02d:%02d.%06d+00', format_date($seconds / 86400), $seconds / 3600 % 24,
	  $seconds / 60 % 60, $seconds % 60, $micros;
}

# Zone rules come from the C library, which reads the zone files by itself.
my $zone_in_force = '';
my $zone_of_caller;

sub _zone_local
{
	my ($zone, $seconds) = @_;

	if ($zone ne $zone_in_force)
	{
		$zone_of_caller = [ $ENV{TZ} ] unless $zone_of_caller;
		$ENV{TZ} = $zone;
		POSIX::tzset();
		$zone_in_force = $zone;
	}
	return localtime($seconds);
}

# Programs started later must not inherit the zone of the last org.
sub leave_zone
{
	return unless $zone_of_caller;
	if   (defined $zone_of_caller->[0]) { $ENV{TZ} = $zone_of_caller->[0]; }
	else                                { delete $ENV{TZ}; }
	POSIX::tzset();
	($zone_in_force, $zone_of_caller) = ('', undef);
	return;
}

sub zone_known
{
	my ($zone) = @_;

	my ($root) = grep { -d } $ENV{TZDIR} // (), '/usr/share/zoneinfo', '/usr/lib/zoneinfo';
	return defined $root && -e "$root/$zone";
}

my %local_date;

sub local_date
{
	my ($zone, $time) = @_;

	my $hour = $time / MICROS / 900;    # no zone changes its date within a quarter of an hour
	return $local_date{$zone}{$hour} //= do
	{
		my @local = _zone_local($zone, $hour * 900);
		days_from_date($local[5] + 1900, $local[4] + 1, $local[3]);
	};
}

# The first instant whose local date is the given one; where the zone skips that day, the first one after it.
my %day_start;

sub day_start
{
	my ($zone, $date) = @_;

	return $day_start{$zone}{$date} //= do
	{
		my ($low, $high) = ($date * 86400 - 2 * 86400, $date * 86400 + 2 * 86400);
		while ($high - $low > 1)
		{
			my $middle = ($low + $high) / 2;
			my @local  = _zone_local($zone, $middle);
			if (days_from_date($local[5] + 1900, $local[4] + 1, $local[3]) >= $date) { $high = $middle; }
			else                                                                    { $low  = $middle; }
		}
		$high * MICROS;
	};
}

# ---- the org

sub new
{
	my ($class, %given) = @_;

	return bless {
		org       => $given{org},
		zone      => $given{zone},
		tolerance => $given{tolerance} // 300 * MICROS,
		clock     => $given{clock},
		programs  => [],
		program   => {},
		tills     => {},
		customers => [],
		owner     => {},
		numbers   => {},
		requests  => {},
		next_lot  => 1,
	}, $class;
}

# rate in millionths, date in days since 1970
sub add_program
{
	my ($self, $name, %rule) = @_;

	my $program = {
		name     => $name,
		rate     => 1_000_000,
		decimals => 0,
		rounding => 'half_up',
		unit     => 'never',
		type     => 'fixed',
		%rule };
	push @{ $self->{programs} }, $program;
	$self->{program}{$name} = $program;
	return $program;
}

sub add_till
{
	my ($self, $name, $program) = @_;

	$self->{tills}{$name} = { program => $program };
	return;
}

# When points awarded at a time stop being usable by the program's rule; undef: never.
sub program_expiry
{
	my ($self, $program, $time) = @_;

	my $last;
	if ($program->{unit} eq 'never')
	{
		return undef;
	}
	elsif ($program->{unit} eq 'days')
	{
		$last = local_date($self->{zone}, $time) + $program->{value};
	}
	elsif ($program->{unit} eq 'months')
	{
		my ($year, $month) = date_from_days(local_date($self->{zone}, $time));
		my $months = $year * 12 + $month - 1 + $program->{value} + 1;
		return day_start($self->{zone}, days_from_date($months / 12, $months % 12 + 1, 1));
	}
	else
	{
		$last = $program->{date};
	}
	return day_start($self->{zone}, $last + 1);
}

# ---- customers

sub register
{
	my ($self, $tag, %given) = @_;

	my $request;
	if (defined $given{idempotency_key})
	{
		$request = \$self->{requests}{ $given{idempotency_key} };
		my $print = _fingerprint(%given);
		return $$request->{print} eq $print ? { same_as => $$request->{tag} } : { err => 'LY020' } if $$request;
		$request = [ $request, $print ];
	}
	my $loyal = $given{loyalty_type} // 'loyalty';
	my $time  = $given{registered_on} // $self->{clock};
	my ($outcome, $handle);

	return { err => 'LY408' } if $time > $self->{clock} + $self->{tolerance};
	return { err => 'LY003' } if $loyal ne 'loyalty' && defined $given{external_id};
	my ($row, $whom) = $self->_decide(\%given);
	return { err => $row } if $row =~ /^LY/;
	$handle = $whom;
	if (defined $handle)
	{
		my $customer = $self->{customers}[$handle];
		return { err => 'LY109' } if $loyal ne 'loyalty' && $customer->{loyal};
		$outcome = $row eq 'merge' ? 'merged' : 'updated';
		$self->_merge($customer, $self->{customers}[ $self->{owner}{"external_id=$given{external_id}"} ], $self->{clock})
		  if $row eq 'merge';
		$self->_enrol($customer, $time) if $loyal eq 'loyalty' && !$customer->{loyal};
	}
	else
	{
		$outcome = 'created';
		$handle  = @{ $self->{customers} };
		my $customer = {
			handle        => $handle,
			registered_on => $time,
			loyal         => 0,
			accounts      => {},
			events        => 0,
			held          => {},
			keys          => {} };
		push @{ $self->{customers} }, $customer;
		$self->_enrol($customer, $time) if $loyal eq 'loyalty';
	}
	$self->_hold($self->{customers}[$handle], \%given);
	${ $request->[0] } = { tag => $tag, print => $request->[1] } if $request;
	return { customer => $handle, outcome => $outcome };
}

# Whom mobile (the primary) and external id concern: a row's word or an error, and the customer if there is one. A: the
# owner of the mobile; b: of the external id. No update of identifiers is allowed, and nothing is strict or skipped.
sub _decide
{
	my ($self, $given) = @_;

	my ($a, $b) = map { defined $given->{$_} ? $self->{owner}{"$_=$given->{$_}"} : undef } qw(mobile external_id);
	return ('update', $a) if !defined $b || (defined $a && $a == $b);
	my $b_loyal = $self->{customers}[$b]{loyal};
	return $b_loyal ? 'LY111' : ('take over', $b) if !defined $a;
	return ('merge', $a) unless $b_loyal;
	return $self->{customers}[$a]{loyal} ? 'LY108' : 'LY111';
}

# A new mobile replaces the old one, which is free again, unless it came with a merge; another external id than the customer has is not taken.
sub _hold
{
	my ($self, $customer, $given) = @_;

	my $held = $customer->{held};
	if (defined $given->{mobile} && ($self->{owner}{"mobile=$given->{mobile}"} // -1) != $customer->{handle})
	{
		delete $self->{owner}{"mobile=$held->{mobile}"} if defined $held->{mobile};
		$held->{mobile} = $given->{mobile};
	}
	$held->{external_id} //= $given->{external_id};
	for my $type (grep { defined $held->{$_} } qw(mobile external_id))
	{
		$self->{owner}{"$type=$held->{$type}"} = $customer->{handle};
	}
	return;
}

sub _enrol
{
	my ($self, $customer, $time) = @_;

	my $event = $self->_event($customer, 'customer_registration', $time);
	$customer->{loyal} = 1;
	for my $program (@{ $self->{programs} })
	{
		$self->_open($customer, $program->{name}, $_, $time, $event) for @CATEGORIES;
	}
	return;
}

sub _open
{
	my ($self, $customer, $program, $category, $time, $event) = @_;

	my $account = $customer->{accounts}{$program}{$category} = {
		program  => $program,
		category => $category,
		balance  => 0,
		lifetime => 0,
		redeemed => 0,
		expired  => 0,
		returned => 0,
		arrears  => 0,
		last     => $time,
		entries  => [],
		lots     => [] };
	$self->_post($account, $event, 'opening_balance', 0, $time, 'opening');
	return $account;
}

# The accounts of a program that is younger than the customer open when they are first touched, as if they had been
# there from the registration on.
sub _touch
{
	my ($self, $customer, $program) = @_;

	return if $customer->{accounts}{$program};
	my $event = $self->_event($customer, 'customer_registration', $customer->{registered_on});
	$self->_open($customer, $program, $_, $customer->{registered_on}, $event) for @CATEGORIES;
	return;
}

# ---- writing

sub _fingerprint
{
	my (%given) = @_;

	return join "\0", map { "$_=$given{$_}" } grep { defined $given{$_} } sort keys %given;
}

sub _event
{
	my ($self, $customer, $name, $time) = @_;

	$customer->{events}++;
	return { name => $name, time => $time, net => 0, serial => $customer->{events} };
}

sub _post
{
	my ($self, $account, $event, $type, $points, $effective, $house) = @_;

	my $signed = $type eq 'debit' ? -$points : $points;
	$account->{balance}  += $signed;
	$account->{lifetime} += $signed if $signed > 0 && ($house eq 'issued' || $house eq 'imported');
	$account->{$house}   -= $signed if grep { $house eq $_ } @COUNTERS;
	die 'effective time runs backwards' if $effective < $account->{last};
	$account->{last} = $effective;
	$event->{net} += $signed;
	push @{ $account->{entries} },
	  { event     => $event,
		type      => $type,
		points    => $points,
		balance   => $account->{balance},
		lifetime  => $account->{lifetime},
		(map { $_ => $account->{$_} } @COUNTERS),
		effective => $effective,
		house     => $house };
	return;
}

# Posts what is due in some accounts at a time: an event for each due instant.
sub _expire
{
	my ($self, $customer, $accounts, $time) = @_;

	my %due;
	for my $account (@$accounts)
	{
		for my $lot (@{ $account->{lots} })
		{
			next if !$lot->{remaining} || !defined $lot->{expires} || $lot->{expires} > $time;
			push @{ $due{ $lot->{expires} }{ $account->{program} }{ $account->{category} } }, [ $account, $lot ];
		}
	}
	for my $instant (sort { $a <=> $b } keys %due)
	{
		my $event = $self->_event($customer, 'points_expiry', $instant);
		for my $program (sort keys %{ $due{$instant} })
		{
			for my $category (sort keys %{ $due{$instant}{$program} })
			{
				my $account;
				my $points = 0;
				for my $pair (@{ $due{$instant}{$program}{$category} })
				{
					my $lot;
					($account, $lot) = @$pair;
					$points += $lot->{remaining};
					_move($lot, 'remaining', 'expired', $lot->{remaining});
				}
				my $effective = $instant > $account->{last} ? $instant : $account->{last};
				$self->_post($account, $event, 'debit', $points, $effective, 'expired');
			}
		}
	}
	return;
}

# An activity in a rolling program moves its open rolling lots.
sub _roll
{
	my ($self, $customer, $program, $event, $effective) = @_;

	return unless $program->{type} eq 'rolling';
	my $account = $customer->{accounts}{ $program->{name} }{regular};
	my $expires = $self->program_expiry($program, $event->{time});
	my @moved   = grep { $_->{remaining} && $_->{rolling} && defined $_->{expires} && $_->{expires} < $expires } @{ $account->{lots} };
	return unless @moved;
	$_->{expires} = $expires for @moved;
	$self->_post($account, $event, 'memo', 0, $effective, 'adjusted');
	return;
}

# What every writing call does first: the answer of an earlier call with this key, the customer, the event time.
# Answers (customer, event_time) or (undef, answer).
sub _begin
{
	my ($self, $handle, $given) = @_;

	my $customer = $self->{customers}[$handle];
	my $key      = $given->{idempotency_key};
	if (defined $key && $customer->{keys}{$key})
	{
		my $first = $customer->{keys}{$key};
		return (undef, $first->{print} eq _fingerprint(%$given) ? { same_as => $first->{tag} } : { err => 'LY020' });
	}
	return (undef, { err => 'LY125' }) if defined $customer->{into};
	return ($customer, $given->{event_time} // $self->{clock});
}

sub _judge_time
{
	my ($self, $customer, $time) = @_;

	return 'LY408' if $time > $self->{clock} + $self->{tolerance};
	return 'LY407' if $time < $customer->{registered_on};
	return undef;
}

sub _done
{
	my ($customer, $tag, $given, $answer) = @_;

	$customer->{keys}{ $given->{idempotency_key} } = { tag => $tag, print => _fingerprint(%$given) }
	  if defined $given->{idempotency_key};
	return $answer;
}

# Points as an argument: (thousandths, error).
sub _judge_points
{
	my ($text, $decimals, $zero_allowed) = @_;

	my ($points, $fine) = parse_decimal($text);
	return (0, 'LY402') unless defined $points;
	return (0, 'LY401') if $points < 0 || (!$zero_allowed && $points == 0 && !$fine);
	return (0, 'LY404') if $points > MAX;
	return (0, 'LY403') if $fine || $points % TENTHS->[$decimals];
	return ($points, undef);
}

# The program of an award: named, else the till's, else the default.
sub _award_program
{
	my ($self, $given) = @_;

	return $self->{program}{ $given->{program} } if defined $given->{program};
	my $till = defined $given->{till} ? $self->{tills}{ $given->{till} }{program} : undef;
	return defined $till ? $self->{program}{$till} : $self->{programs}[0];
}

sub _effective
{
	my ($time, @accounts) = @_;

	for my $account (@accounts)
	{
		$time = $account->{last} if $account && $account->{last} > $time;
	}
	return $time;
}

sub _due
{
	my ($account, $time) = @_;

	my $points = 0;
	for my $lot (@{ $account->{lots} })
	{
		$points += $lot->{remaining} if defined $lot->{expires} && $lot->{expires} <= $time;
	}
	return $points;
}

# Awards points to an account: everything but the checks of arguments. Answers an error, or (undef, lot).
# Promised points begin to age when they are converted, unless the call says when they expire.
sub _award
{
	my ($self, $customer, $program, $category, $points, $event_name, $time, $given) = @_;

	my @parts = ($points, @{ $given->{more} // [] });
	$points = 0;
	$points += $_ for @parts;
	my $by_rule = !defined $given->{expires_at} && $category eq 'regular';
	my $expires = $by_rule ? $self->program_expiry($program, $time) : $given->{expires_at};
	return 'LY409' if defined $expires && $expires <= $time;

	my %involved  = $self->_involved($customer, $program, $category);
	my $effective = _effective($time, values %involved);
	if (my $account = $involved{$category})
	{
		return 'LY404' if $account->{lifetime} + $points > MAX && ($given->{house} // '') ne 'adjusted';
		return 'LY404' if $account->{balance} - _due($account, $effective) + $points > MAX;
	}
	$self->_touch($customer, $program->{name});
	%involved = $self->_involved($customer, $program, $category);
	$self->_expire($customer, [ values %involved ], $effective);

	my $account = $involved{$category};
	my $event = $self->_event($customer, $event_name, $time);
	my $house = $given->{house} // 'issued';
	$self->_post($account, $event, 'credit', $points, $effective, $house);
	my @lots = map {
		$self->_new_lot(
			$account, $_,
			expires    => $expires,
			rolling    => $by_rule && $program->{type} eq 'rolling' ? 1 : 0,
			redeemable => $given->{redeemable_from}
			  // ($category eq 'promised' ? $self->_promise_due($program, $time) : undef),
			awarded    => $time)
	} @parts;
	$self->_roll($customer, $program, $event, $effective) if $house eq 'issued';
	$self->_expire($customer, [$account], $effective);
	return (undef, @lots);
}

# When points promised at a time become regular: the morning after the program's delay.
sub _promise_due
{
	my ($self, $program, $time) = @_;

	return day_start($self->{zone}, local_date($self->{zone}, $time) + ($program->{promised_days} // 0) + 1);
}

# Makes regular points of promised or trigger-based lots, [account, lot] each, in one event. Answers the lots that were
# still there and their points.
sub _convert
{
	my ($self, $customer, $lots, $time, $name) = @_;

	my %programs  = map { $_->[0]{program} => 1 } @$lots;
	my @accounts  = map { ($_->[0], $customer->{accounts}{ $_->[0]{program} }{regular}) } @$lots;
	my $effective = _effective($time, @accounts);
	my %seen;
	@accounts = grep { !$seen{$_}++ } @accounts;
	$self->_expire($customer, \@accounts, $effective);
	my @open = grep { $_->[1]{remaining} } @$lots;
	return (0, 0) unless @open;

	my $event = $self->_event($customer, $name, $time);
	my $all   = 0;
	for my $program (grep { $programs{ $_->{name} } } @{ $self->{programs} })
	{
		my @of     = grep { $_->[0]{program} eq $program->{name} } @open or next;
		my @points = map { $_->[1]{remaining} } @of;
		my $sum    = 0;
		$sum += $_ for @points;
		my $regular = $customer->{accounts}{ $program->{name} }{regular};
		_move($_->[1], 'remaining', 'converted', $_->[1]{remaining}) for @of;
		$self->_post($of[0][0], $event, 'debit', $sum, $effective, 'converted');
		$self->_post($regular, $event, 'credit', $sum, $effective, 'converted');
		for my $i (0 .. $#of)
		{
			my ($account, $lot) = @{ $of[$i] };
			my $by_rule = !defined $lot->{expires};
			$lot->{went_on} = $self->_new_lot(
				$regular, $points[$i],
				expires => $by_rule
				? $self->program_expiry($program, $program->{from_award} ? $lot->{awarded} : $time)
				: $lot->{expires},
				rolling    => $by_rule && $program->{type} eq 'rolling' ? 1 : 0,
				redeemable => $account->{category} eq 'promised'        ? undef : $lot->{redeemable},
				awarded    => $lot->{awarded});
		}
		$all += $sum;
	}
	$self->_expire($customer, \@accounts, $effective);
	return (scalar @open, $all);
}

# Posts the conversions that have come: by program, an event for each instant.
sub convert_promised_points
{
	my ($self, $as_of) = @_;

	$as_of //= $self->{clock};
	return { err => 'LY408' } if $as_of > $self->{clock};
	for my $customer (grep { $_->{loyal} } @{ $self->{customers} })
	{
		for my $program (@{ $self->{programs} })
		{
			my $accounts = $customer->{accounts}{ $program->{name} } or next;
			my $account  = $accounts->{promised};
			my %instants;
			for my $lot (grep { $_->{remaining} && $_->{redeemable} <= $as_of } @{ $account->{lots} })
			{
				my $instant = $lot->{redeemable} > $lot->{awarded} ? $lot->{redeemable} : $lot->{awarded};
				push @{ $instants{$instant} }, [ $account, $lot ];
			}
			$self->_convert($customer, $instants{$_}, $_, 'promised_points_conversion')
			  for sort { $a <=> $b } keys %instants;
		}
	}
	return {};
}

# Unlocks one trigger-based award, the nth that the customer was given in the program.
sub unlock
{
	my ($self, $tag, $handle, %given) = (@_, call => 'unlock');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my $account = $customer->{accounts}{ $given{program} }{trigger_based};
	my $lot     = $account->{lots}[ $given{nth} ];
	return { err => 'LY460' } unless $lot->{remaining};
	my $error = $self->_judge_time($customer, $time);
	return { err => $error } if $error;
	my $effective = _effective($time, $account, $customer->{accounts}{ $given{program} }{regular});
	return { err => 'LY460' } if defined $lot->{expires} && $lot->{expires} <= $effective;
	my ($lots, $points) = $self->_convert($customer, [ [ $account, $lot ] ], $time, 'trigger_based_points_conversion');
	return _done($customer, $tag, \%given, { lots => $lots, points => $points });
}

# The lot that a credit brought, which pays arrears first.
sub _new_lot
{
	my ($self, $account, $points, %more) = @_;

	my $lot = { id => $self->{next_lot}++, points => $points, remaining => $points, redeemed => 0, expired => 0, %more };
	my $paid = $account->{arrears} < $points ? $account->{arrears} : $points;
	_move($lot, 'remaining', 'arrears_paid', $paid);
	$account->{arrears} -= $paid;
	push @{ $account->{lots} }, $lot;
	return $lot;
}

# Moves points between two columns of a lot.
sub _move
{
	my ($lot, $from, $to, $points) = @_;

	$lot->{$from} -= $points;
	$lot->{$to} = ($lot->{$to} // 0) + $points;
	return;
}

# The account posted to and the regular one, as far as they are open.
sub _involved
{
	my ($self, $customer, $program, $category) = @_;

	my $accounts = $customer->{accounts}{ $program->{name} } or return ();
	return map { $_ => $accounts->{$_} } 'regular', $category;
}

sub earn
{
	my ($self, $tag, $handle, %given) = (@_, call => 'earn');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my $program = $self->_award_program(\%given);
	my ($points, $error) = _judge_points($given{points}, $program->{decimals}, 0);
	return { err => $error } if $error;
	return { err => 'LY406' } unless $customer->{loyal};
	$error = $self->_judge_time($customer, $time);
	return { err => $error } if $error;

	my $category = $given{category} // 'regular';
	($error, my $lot) =
	  $self->_award($customer, $program, $category, $points, $given{event_name} // 'points_award', $time, \%given);
	return { err => $error } if $error;
	return _done(
		$customer, $tag,
		\%given,
		{ points         => $points,
		  current_points => $customer->{accounts}{ $program->{name} }{regular}{balance},
		  expires_at     => $lot->{expires} });
}

sub bill
{
	my ($self, $tag, $handle, %given) = (@_, call => 'bill');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my $program = $self->_award_program(\%given);
	my ($amount, $fine) = parse_decimal($given{amount});
	return { err => 'LY402' } unless defined $amount;
	return { err => 'LY413' } if $amount < 0 || $fine;
	return { err => 'LY404' } if $amount > MAX;
	my $points;
	if (defined $given{points})
	{
		($points, my $error) = _judge_points($given{points}, $program->{decimals}, 1);
		return { err => $error } if $error;
	}
	my @lines = _lines($given{line_items});
	if (!defined $points)
	{
		$points = (grep { defined $_->{points} } @lines)
		  ? 0
		  : computed_points($amount, $program->{rate}, $program->{decimals}, $program->{rounding});
	}
	my $error = $self->_judge_time($customer, $time);
	return { err => $error } if $error;

	# Each part of the points is a lot of its own: those of the bill, of its promotion, of its lines.
	my @parts = grep { $_->[0] } [ $points, 0 ],
	  [ defined $given{bill_promotion_points} ? (parse_decimal($given{bill_promotion_points}))[0] : 0, 0 ],
	  map { ([ $lines[$_]{points} // 0, $_ + 1 ], [ $lines[$_]{promotion_points} // 0, $_ + 1 ]) } 0 .. $#lines;
	@parts = () unless $customer->{loyal};

	my $number = join "\0", $given{till} // '', $given{transaction_number};
	return { err => 'LY410' } if exists $self->{numbers}{$number};
	my $category = $given{category} // 'regular';
	my ($account, @lots);
	if (@parts)
	{
		($error, @lots) = $self->_award($customer, $program, $category, $parts[0][0], 'transaction_add', $time,
			{ more => [ map { $_->[0] } @parts[ 1 .. $#parts ] ] });
		return { err => $error } if $error;
		$lots[$_]{line_no} = $parts[$_][1] for 0 .. $#parts;
		$account = $customer->{accounts}{ $program->{name} }{regular};
	}
	else
	{
		if ($customer->{loyal})
		{
			$self->_touch($customer, $program->{name});
			my %involved = $self->_involved($customer, $program, $category);
			$account = $involved{regular};
			$self->_expire($customer, [ values %involved ], _effective($time, values %involved));
		}
		$self->_event($customer, 'transaction_add', $time);
	}
	$self->{numbers}{$number} = $handle;
	$self->remember_bill(
		$handle, \%given,
		amount   => $amount,
		time     => $time,
		program  => @lots ? $program : undef,
		category => @lots ? $category : 'regular',
		lines    => \@lines,
		lots     => \@lots);
	$points = 0;
	$points += $_->[0] for @parts;
	return _done($customer, $tag, \%given,
		{ points => $points, current_points => $account ? $account->{balance} : 0 });
}

# The lines of a bill, numbers as thousandths.
sub _lines
{
	my ($json) = @_;

	my @lines;
	for my $object (defined $json ? $json =~ /\{(.*?)\}/g : ())
	{
		my %line = (quantity => 1000);
		while ($object =~ /"(\w+)": (-?[\d.]+)/g)
		{
			my ($field, $number) = ($1, $2);
			($line{$field}) = parse_decimal($number);
		}
		push @lines, \%line;
	}
	return @lines;
}

# Points that can be spent from some accounts at a time.
sub available
{
	my ($self, $accounts, $time) = @_;

	my $points = 0;
	$points += $_->[1]{remaining} for $self->_payers($accounts, $time);
	return $points;
}

# Which lot pays how much of some points, in order, each as far as its program keeps decimals: (missing, [account,
# lot, part], ...).
sub _draws
{
	my ($self, $accounts, $time, $wanted) = @_;

	my @draws;
	for my $pair ($self->_payers($accounts, $time))
	{
		my ($account, $lot) = @$pair;
		my $part = $wanted - $wanted % TENTHS->[ $self->{program}{ $account->{program} }{decimals} ];
		$part = $lot->{remaining} if $lot->{remaining} < $part;
		next unless $part;
		push @draws, [ $account, $lot, $part ];
		$wanted -= $part;
	}
	return ($wanted, @draws);
}

# Lots that may pay at a time (undef: all open ones), in the order in which they do.
sub _payers
{
	my ($self, $accounts, $time, $unripe) = @_;

	my @open;
	for my $account (@$accounts)
	{
		for my $lot (@{ $account->{lots} })
		{
			next unless $lot->{remaining};
			next if defined $time && defined $lot->{expires} && $lot->{expires} <= $time;
			next if defined $time && !$unripe && defined $lot->{redeemable} && $lot->{redeemable} > $time;
			push @open, [ $account, $lot ];
		}
	}
	no integer;
	return sort {
		my ($one, $two) = ($a->[1], $b->[1]);
		(defined $two->{expires} <=> defined $one->{expires})
		  || (defined $one->{expires} ? $one->{expires} <=> $two->{expires} : 0)
		  || $one->{awarded} <=> $two->{awarded}
		  || $one->{id} <=> $two->{id}
	} @open;
}

sub redeem_accounts
{
	my ($self, $customer, $program) = @_;

	return map { $_->{regular} } grep { defined } map { $customer->{accounts}{$_} }
	  defined $program ? $program : map { $_->{name} } @{ $self->{programs} };
}

sub redeem
{
	my ($self, $tag, $handle, %given) = (@_, call => 'redeem');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my $decimals = 0;
	for my $program (defined $given{program} ? $self->{program}{ $given{program} } : @{ $self->{programs} })
	{
		$decimals = $program->{decimals} if $program->{decimals} > $decimals;
	}
	my ($points, $error) = _judge_points($given{points}, $decimals, 0);
	return { err => $error } if $error;
	return { err => 'LY406' } unless $customer->{loyal};
	$error = $self->_judge_time($customer, $time);
	return { err => $error } if $error;

	my @accounts  = $self->redeem_accounts($customer, $given{program});
	my $effective = _effective($time, @accounts);
	my ($missing, @draws) = $self->_draws(\@accounts, $effective, $points);
	return { err => 'LY405' } if $missing;

	# Points that were transferred or corrected count as redeemed each time they are spent.
	my %spent;
	$spent{ $_->[0]{program} } += $_->[2] for @draws;
	return { err => 'LY404' } if grep { $_->{redeemed} + ($spent{ $_->{program} } // 0) > MAX } @accounts;

	$self->_expire($customer, \@accounts, $effective);
	my $event = $self->_event($customer, 'points_redemption', $time);
	my $redemption = { time => $time, draws => [ map { { lot => $_->[1], account => $_->[0], drawn => $_->[2], back => 0 } } @draws ] };
	push @{ $customer->{redemptions} }, $redemption;
	if (defined $given{transaction_number})
	{
		push @{ $_->{paid_by} }, $redemption
		  for grep { $_->{till} eq ($given{till} // '') } @{ $self->{bills}{$handle}{ $given{transaction_number} } // [] };
	}
	my %drawn;
	for my $draw (@draws)
	{
		my ($account, $lot, $part) = @$draw;
		_move($lot, 'remaining', 'redeemed', $part);
		$drawn{ $account->{program} } += $part;
	}
	for my $program (@{ $self->{programs} })
	{
		my $part = $drawn{ $program->{name} } or next;
		$self->_post($customer->{accounts}{ $program->{name} }{regular}, $event, 'debit', $part, $effective,
			'redeemed');
		$self->_roll($customer, $program, $event, $effective);
	}
	my $current = 0;
	$current += $_->{balance} for @accounts;
	return _done($customer, $tag, \%given, { points => $points, current_points => $current });
}

# ---- merging

sub merge
{
	my ($self, $tag, $survivor_handle, $victim_handle, %given) = (@_, call => 'merge');

	my ($survivor, $victim) = map { $self->{customers}[$_] } $survivor_handle, $victim_handle;
	my $from = max(map { $_->{registered_on} } $survivor, $victim);
	my $time = $given{event_time} // max($self->{clock}, $from);
	return { err => 'LY501' } if $survivor_handle == $victim_handle;
	return { err => 'LY503' } if defined $victim->{into};
	return { err => 'LY504' } if defined $survivor->{into};
	return { err => 'LY507' } if $victim->{loyal} && !$survivor->{loyal};
	return { err => 'LY408' } if $time > $self->{clock} + $self->{tolerance};
	return { err => 'LY407' } if $time < $from;
	$self->_merge($survivor, $victim, $time);
	return _done($victim, $tag, \%given, { customer => $survivor_handle });
}

# The survivor keeps what it has and gets what it lacks; keys find it, and points move.
sub _merge
{
	my ($self, $survivor, $victim, $time) = @_;

	for my $type (grep { !defined $survivor->{held}{$_} } qw(mobile external_id))
	{
		$survivor->{held}{$type} = delete $victim->{held}{$type};
	}
	$_ = $_ == $victim->{handle} ? $survivor->{handle} : $_ for values %{ $self->{owner} };
	$survivor->{registered_on} = $victim->{registered_on} if $victim->{registered_on} < $survivor->{registered_on};
	$self->_merge_points($survivor, $victim, $time) if $victim->{loyal};
	my @joining = ($victim, grep { defined $_->{into} && $_->{into} == $victim->{handle} } @{ $self->{customers} });
	$_->{into} = $survivor->{handle} for @joining;
	push @{ $survivor->{group} }, @joining;
	return;
}

sub _merge_points
{
	my ($self, $survivor, $victim, $time) = @_;

	my @programs = map { $_->{name} } grep { $victim->{accounts}{ $_->{name} } } @{ $self->{programs} };
	$self->_touch($survivor, $_) for @programs;
	my $effective = _effective($time, map { values %$_ } map { values %{ $_->{accounts} } } $survivor, $victim);
	for my $customer ($survivor, $victim)
	{
		$self->_expire($customer, [ map { values %$_ } values %{ $customer->{accounts} } ], $effective);
	}
	my @moving;
	for my $program (@programs)
	{
		push @moving, map { [ $victim->{accounts}{$program}{$_}, $survivor->{accounts}{$program}{$_} ] }
		  grep { $victim->{accounts}{$program}{$_}{balance} } sort @CATEGORIES;
	}
	return unless @moving;
	my @events = map { $self->_event($_, 'customer_merge', $time) } $victim, $survivor;
	$self->_move_account(@$_, \@events, $effective) for @moving;
	return;
}

# What a victim's account has goes to the survivor's, lot by lot; what it owes is taken over.
sub _move_account
{
	my ($self, $from, $to, $events, $effective) = @_;

	my $balance = $from->{balance};
	if ($balance > 0)
	{
		my @lots = _in_spending_order($from);
		$self->_post($from, $events->[0], 'debit',  $balance, $effective, 'merge_in_transit');
		$self->_post($to,   $events->[1], 'credit', $balance, $effective, 'merge_in_transit');
		for my $lot (@lots)
		{
			my $points = $lot->{remaining};
			_move($lot, 'remaining', 'merged', $points);
			$self->_new_lot($to, $points, map { $_ => $lot->{$_} } qw(expires rolling redeemable awarded));
		}
		return;
	}
	$self->_post($from, $events->[0], 'credit', -$balance, $effective, 'merge_in_transit');
	$self->_new_lot($from, -$balance, awarded => $events->[0]{time});
	$self->_post($to, $events->[1], 'debit', -$balance, $effective, 'merge_in_transit');
	my $owed = -$balance;
	for my $lot (_in_spending_order($to))
	{
		my $paid = $lot->{remaining} < $owed ? $lot->{remaining} : $owed;
		_move($lot, 'remaining', 'merged', $paid);
		$owed -= $paid;
	}
	$to->{arrears} += $owed;
	return;
}

sub _in_spending_order
{
	my ($account) = @_;

	return sort {
		     (defined $b->{expires}) <=> (defined $a->{expires})
		  || ($a->{expires} // 0) <=> ($b->{expires} // 0)
		  || $a->{awarded} <=> $b->{awarded}
		  || $a->{id} <=> $b->{id}
	} grep { $_->{remaining} } @{ $account->{lots} };
}

sub expire_points
{
	my ($self, $as_of) = @_;

	$as_of //= $self->{clock};
	return { err => 'LY408' } if $as_of > $self->{clock};
	for my $customer (@{ $self->{customers} })
	{
		$self->_expire($customer, [ map { values %$_ } values %{ $customer->{accounts} } ], $as_of);
	}
	return {};
}

# ---- reading

sub balance
{
	my ($self, $handle, $program, $as_of) = @_;

	my $customer = $self->{customers}[$handle];
	my %answer   = map { $_ => 0 } qw(regular promised trigger_based lifetime), @COUNTERS;
	for my $member ($customer, @{ $customer->{group} // [] })
	{
		$self->_add_balance(\%answer, $member, $program, $as_of);
	}
	return \%answer;
}

sub _add_balance
{
	my ($self, $answer, $customer, $program, $as_of) = @_;

	for my $name (defined $program ? $program : keys %{ $customer->{accounts} })
	{
		for my $account (values %{ $customer->{accounts}{$name} // {} })
		{
			my $time = $as_of // ($account->{last} > $self->{clock} ? $account->{last} : $self->{clock});
			my $last;
			for my $entry (reverse @{ $account->{entries} })
			{
				next if $entry->{effective} > $time;
				$last = $entry;
				last;
			}
			next unless $last;
			my $due = _due($account, $time);
			$answer->{ $account->{category} } += $last->{balance} - $due;
			$answer->{lifetime} += $last->{lifetime};
			$answer->{$_} += $last->{$_} for @COUNTERS;
			$answer->{expired} += $due;
		}
	}
	return;
}

use LoyaltyReturns;

1;
