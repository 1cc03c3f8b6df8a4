package LoyaltyModel;

# What programs ask of redemptions and transfers, and closed days, for the model: a second implementation of docs/org.md,
# set_redemption_rules and set_transfer_rules, of docs/points.md, is_redeemable, and of docs/jobs.md, close_day. Rules are
# a hash of thousandths (numbers of transfers and flags: plain), without what is not asked.

use strict;
use warnings;
use integer;

use List::Util qw(min);
use LoyaltyModel;
use Math::BigInt;

# The customer and those merged into it.
sub _group
{
	my ($customer) = @_;

	return ($customer, @{ $customer->{group} // [] });
}

# The first day of a period that a day is in: weeks begin on Monday, and 1970-01-01 was a Thursday.
sub _period_start
{
	my ($period, $day) = @_;

	return $day if $period eq 'per_day';
	return $day - ($day + 3) % 7 if $period eq 'per_week';
	my ($year, $month) = date_from_days($day);
	return days_from_date($year, $month, 1);
}

# The debits of a kind of event in a program since a local day, less what of them was reversed: (points, events).
sub _recent
{
	my ($self, $customer, $program, $event_name, $day) = @_;

	my $since = day_start($self->{zone}, $day);
	my ($points, $events, %counted) = (0, 0);
	my @accounts = grep { $_ } map { ($_->{accounts}{ $program->{name} } // {})->{regular} } _group($customer);
	my @entries = map { grep { $_->{effective} >= $since } @{ $_->{entries} } } @accounts;
	for my $entry (grep { $_->{type} eq 'debit' && $_->{event}{name} eq $event_name } @entries)
	{
		$points += $entry->{points};
		$events++;
		$counted{ $entry->{event} } = 1;
	}
	for my $reversal (map { @{ $_->{reverses} // [] } } @entries)
	{
		$points -= $reversal->[1] if $counted{ $reversal->[0] };
	}
	return ($points, $events);
}

# Lifetime points of a customer in a program, as points_balance answers them.
sub lifetime_in
{
	my ($customer, $program) = @_;

	my $points = 0;
	$points += $_->{lifetime} for map { values %{ $_->{accounts}{ $program->{name} } // {} } } _group($customer);
	return $points;
}

# The first condition of a program that a redemption of some points from its account does not meet: (condition, required,
# actual), or none. available: as far as it is there, and no more than wanted.
sub _failed_condition
{
	my ($self, $customer, $program, $points, $available, $effective) = @_;

	my $rules   = $program->{redemption} // {};
	my $account = ($customer->{accounts}{ $program->{name} } // {})->{regular};
	my $balance = $account ? $account->{balance} - _due($account, $effective) : 0;
	my $at_least = sub { return defined $rules->{ $_[0] } && $_[1] < $rules->{ $_[0] } ? ($_[0], $rules->{ $_[0] }, $_[1]) : () };
	my $at_most  = sub { return defined $rules->{ $_[0] } && $_[1] > $rules->{ $_[0] } ? ($_[0], $rules->{ $_[0] }, $_[1]) : () };
	my $today    = local_date($self->{zone}, $effective);
	for my $condition (
		sub { $at_least->('minimum', $points) },
		sub { $at_most->('maximum', $points) },
		sub { $rules->{multiple} && $points % $rules->{multiple} ? ('multiple', $rules->{multiple}, $points) : () },
		sub { $at_least->('balance_required', $balance) },
		sub { $at_least->('lifetime_points_required', lifetime_in($customer, $program)) },
		sub { $available < $points ? ('available', $points, $available) : () },
		map {
			my $cap = $_;
			sub {
				my $since = _period_start($cap, $today);
				defined $rules->{$cap}
				  ? $at_most->($cap, $points + ($self->_recent($customer, $program, 'points_redemption', $since))[0])
				  : ();
			}
		} qw(per_day per_week per_month))
	{
		my @failed = $condition->();
		return @failed if @failed;
	}
	return ();
}

# The most of some points that are there that a program lets through, in whole steps of its decimals. Where caps or the
# multiple leave nothing, what the maximum leaves, which the conditions refuse then.
sub _most
{
	my ($self, $customer, $program, $points, $effective) = @_;

	my $rules = $program->{redemption} // {};
	my $today = local_date($self->{zone}, $effective);
	my $whole = sub { my ($most, $step) = @_; return $most <= 0 ? 0 : $most - $most % $step; };
	my $step  = TENTHS->[ $program->{decimals} ];
	my $there = $whole->(min($points, $rules->{maximum} // ()), $step);
	my $most  = min($there,
		map { $rules->{$_} - ($self->_recent($customer, $program, 'points_redemption', _period_start($_, $today)))[0] }
		grep { defined $rules->{$_} } qw(per_day per_week per_month));
	return $whole->($whole->($most, $step), $rules->{multiple} // 1) || $there;
}

# How a redemption would go: {points, draws}, and where it may not be {condition, program, required, actual}.
sub _judge_redemption
{
	my ($self, $customer, $points, $given, $accounts, $effective) = @_;

	my ($missing, @draws) = $self->_draws($accounts, $effective, $points);
	my %judged = (points => $points, draws => \@draws);
	my $only   = $self->payer($given);
	if (defined $only)
	{
		my $program = $self->{program}{$only};
		my $there   = $points - $missing;
		if (_says_yes($given->{up_to}))
		{
			return { %judged, condition => 'available', program => $program, required => $points, actual => 0 } unless $there;
			$points = $self->_most($customer, $program, $there, $effective);
			($missing, @draws) = $self->_draws($accounts, $effective, $points);
			$judged{points} = $points;
		}
		@judged{qw(condition required actual)} = $self->_failed_condition($customer, $program, $points, $there, $effective);
		$judged{program} = $program;
		return \%judged;
	}
	if (_says_yes($given->{up_to}) && $missing < $points)
	{
		$judged{points} = $points -= $missing;
		$missing = 0;
	}
	return { %judged, condition => 'available', required => $points, actual => $points - $missing } if $missing;
	my %part;
	$part{ $_->[0]{program} } += $_->[2] for @draws;
	for my $program (grep { $part{ $_->{name} } } @{ $self->{programs} })
	{
		my $part = $part{ $program->{name} };
		@judged{qw(condition required actual)} = $self->_failed_condition($customer, $program, $part, $part, $effective);
		return { %judged, program => $program } if $judged{condition};
	}
	return \%judged;
}

sub _says_yes { return ($_[0] // '') eq 'true'; }

# What points of a program are worth, rounded down to a thousandth; undef where it does not say.
sub _worth
{
	my ($program, $points) = @_;

	my $unit = ($program->{redemption} // {})->{points_per_currency_unit} or return undef;
	return Math::BigInt->new($points)->bmul(1000)->bdiv($unit)->numify;
}

sub is_redeemable
{
	my ($self, $handle, %given) = @_;

	my $customer = $self->{customers}[$handle];
	my $time     = $self->_time(\%given, $customer->{registered_on});
	my $card     = defined $given{card_number} ? $self->{card}{ $given{card_number} } : undef;
	return { err => 'LY125' } if defined $customer->{into};
	my ($points, $error) = _judge_points($given{points}, $self->_finest(\%given), 0);
	($error) = $self->_open_bill_named($customer, \%given) unless $error;
	return { err => $error } if $error;
	my $unmet = $card && !$card->{usable} ? 'card' : !$customer->{loyal} ? 'enrolled' : undef;
	return { condition => $unmet, available => 0 } if $unmet;
	$error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;

	my $payer     = $self->payer(\%given);
	my @accounts  = $self->redeem_accounts($customer, $payer);
	my $effective = $self->_effective($time, @accounts);
	$customer = $self->_brought_up($customer, [ map { $_->{program} } @accounts ], $effective);
	@accounts = $self->redeem_accounts($customer, $payer);
	my $judged    = $self->_judge_redemption($customer, $points, \%given, \@accounts, $effective);
	my $value     = 0;
	if (defined $payer)
	{
		$value = _worth($self->{program}{$payer}, $judged->{points});
	}
	else
	{
		my %part;
		$part{ $_->[0]{program} } += $_->[2] for @{ $judged->{draws} };
		for my $program (keys %part)
		{
			my $part = _worth($self->{program}{$program}, $part{$program});
			$value = defined $part && defined $value ? $value + $part : undef;
		}
	}
	return {
		%$judged,
		failed_program => $judged->{condition} && $judged->{program} ? $judged->{program}{name} : undef,
		available      => $self->available(\@accounts, $effective),
		value          => $value };
}

# Whether a transfer would exceed a cap: of points or of transfers within so many days, the day itself among them.
sub _transfer_limit
{
	my ($self, $giver, $program, $points, $effective) = @_;

	my $rules = $program->{transfer} // {};
	my $today = local_date($self->{zone}, $effective);
	for my $window ([ 'day', 1 ], [ '7_days', 7 ], [ '30_days', 30 ])
	{
		my ($name, $days) = @$window;
		my ($most, $number) = @$rules{ "points_per_$name", "transfers_per_$name" };
		next unless defined $most || defined $number;
		my ($given, $times) = $self->_recent($giver, $program, 'points_transfer_out', $today - $days + 1);
		return 1 if defined $most && $given + $points > $most;
		return 1 if defined $number && $times + 1 > $number;
	}
	return 0;
}

# ---- closed days

# Entries of a closed day count for the first open one.
sub _posting_day
{
	my ($self, $effective) = @_;

	my $day = local_date($self->{zone}, $effective);
	return defined $self->{open_day} && $day < $self->{open_day} ? $self->{open_day} : $day;
}

# Closes a day and all before it; undef: yesterday.
sub close_day
{
	my ($self, $day) = @_;

	my $today = local_date($self->{zone}, $self->{clock});
	$day //= $today - 1;
	return { err => 'LY461' } if $day >= $today;
	$self->{open_day} = $day + 1 if !defined $self->{open_day} || $day >= $self->{open_day};
	return {};
}

1;
