package LoyaltyModel;

# Promised points, for the model: when they become regular, by their date or by being unlocked.

use strict;
use warnings;
use integer;

use LoyaltyModel;
use Storable qw(dclone);

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
	my $effective = $self->_effective($time, @accounts);
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
			my $regular_lot = $self->_new_lot(
				$regular, $points[$i],
				expires => $by_rule
				? $self->program_expiry($program, $program->{from_award} ? $lot->{awarded} : $time)
				: $lot->{expires},
				rolling    => $by_rule && $program->{type} eq 'rolling' ? 1 : 0,
				redeemable => $account->{category} eq 'promised'        ? undef : $lot->{redeemable},
				awarded    => $lot->{awarded},
				type       => $lot->{type});
			_goes_on($lot, $regular_lot);
		}
		$all += $sum;
	}
	$self->_expire($customer, \@accounts, $effective);
	return (scalar @open, $all);
}

# Opens the accounts of a program for all who are older than it.
sub open_program_accounts
{
	my ($self, $program) = @_;

	$self->_touch($_, $program) for grep { $_->{loyal} && !defined $_->{into} } @{ $self->{customers} };
	return {};
}

# The promised lots of a program that have come by a time, by instant.
sub _come
{
	my ($customer, $program, $as_of) = @_;

	my $account = ($customer->{accounts}{$program} // {})->{promised} or return ();
	my %instants;
	for my $lot (grep { $_->{remaining} && $_->{redeemable} <= $as_of && $_->{awarded} <= $as_of } @{ $account->{lots} })
	{
		my $instant = max($lot->{redeemable}, $lot->{awarded});
		next if defined $lot->{expires} && $lot->{expires} <= $instant;
		push @{ $instants{$instant} }, [ $account, $lot ];
	}
	return %instants;
}

# Converts what has come to a program, an event for each instant; not where the balance, or what may expire of it, could grow too
# large.
sub _convert_come
{
	my ($self, $customer, $program, $as_of) = @_;

	my %instants = _come($customer, $program, $as_of) or return;
	my $points = 0;
	$points += $_->[1]{remaining} for map { @$_ } values %instants;
	my $regular = $customer->{accounts}{$program}{regular};
	return if $regular->{expired} + max($regular->{balance}, 0) + $points > MAX || $regular->{balance} + $points > MAX;
	$self->_convert($customer, $instants{$_}, $_, 'promised_points_conversion') for sort { $a <=> $b } keys %instants;
	return;
}

# What comes before a call posts to some accounts: promised points that have come to a regular one of them are converted;
# then what is due expires. The call is recorded when it was to be, or when the conversions were if that is later.
sub _bring_up
{
	my ($self, $customer, $accounts, $effective) = @_;

	my $recorded = $self->{recorded};
	$self->_convert_due($customer, $accounts, $effective);
	$self->_fix_recorded($recorded, @$accounts);
	$self->_expire($customer, $accounts, $effective);
	return;
}

# Converts what has come to the regular ones of some accounts, program by program as they were made, unless the promised
# account has gone on since.
sub _convert_due
{
	my ($self, $customer, $accounts, $effective) = @_;

	my %taking = map { $_->{program} => 1 } grep { $_->{category} eq 'regular' } @$accounts;
	for my $program (grep { $taking{$_} } map { $_->{name} } @{ $self->{programs} })
	{
		next if $customer->{accounts}{$program}{promised}{last} > $effective;
		$self->_convert_come($customer, $program, $effective);
	}
	return;
}

# The customer as a call that judges sees it: with the promised points that have come to some programs converted. The
# customer itself where none have.
sub _brought_up
{
	my ($self, $customer, $programs, $effective, $read) = @_;

	my @come = grep {
		my $promised = ($customer->{accounts}{$_} // {})->{promised};
		$promised && ($read || $promised->{last} <= $effective) && { _come($customer, $_, $effective) }->%*
	} @$programs;
	return $customer unless @come;
	local $self->{recorded} = $self->{recorded};
	my $copy = dclone($customer);
	$self->_convert_come($copy, $_, $effective) for @come;
	return $copy;
}

# Posts the conversions that have come: by program, an event for each instant.
sub convert_promised_points
{
	my ($self, $as_of) = @_;

	$as_of //= $self->{clock};
	return { err => 'LY408' } if $as_of > $self->{clock};
	for my $customer (grep { $_->{loyal} } @{ $self->{customers} })
	{
		$self->_convert_come($customer, $_->{name}, $as_of) for @{ $self->{programs} };
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
	$time = $self->_time(\%given, $time, $lot->{awarded});
	my $error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;
	my $effective = $self->_effective($time, $account, $customer->{accounts}{ $given{program} }{regular});
	return { err => 'LY460' } if defined $lot->{expires} && $lot->{expires} <= $effective;
	$self->_bring_up($customer, [ $account, $customer->{accounts}{ $given{program} }{regular} ], $effective);
	my ($lots, $points) = $self->_convert($customer, [ [ $account, $lot ] ], $time, 'trigger_based_points_conversion');
	return _done($customer, $tag, \%given,
		{ lots => $lots, points => $points, current_points => $customer->{accounts}{ $given{program} }{regular}{balance} });
}

1;
