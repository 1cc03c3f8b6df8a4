package LoyaltyModel;

# Merges, for the model: a second implementation of docs/merge.md, as far as points and who owns them.

use strict;
use warnings;
use integer;

use LoyaltyModel;
use List::Util qw(max);

sub merge
{
	my ($self, $tag, $survivor_handle, $victim_handle, %given) = (@_, call => 'merge');

	my ($survivor, $victim) = map { $self->{customers}[$_] } $survivor_handle, $victim_handle;
	my $from = max(map { $_->{registered_on} } $survivor, $victim);
	my $time = $given{event_time} // max($self->{clock}, $from);
	return { err => 'LY501' } if $survivor_handle == $victim_handle;
	return { err => 'LY503' } if defined $victim->{into};
	return { err => 'LY504' } if defined $survivor->{into};
	return { err => 'LY408' } if defined $given{event_time} && $time > $self->{clock} + $self->{tolerance};
	return { err => 'LY407' } if $time < $from;
	my $warnings = $victim->{loyal} && !$survivor->{loyal} ? '{"loyalty_type: the survivor is enrolled"}' : '{}';
	$self->_merge($survivor, $victim, $time);
	return _done($victim, $tag, \%given, { customer => $survivor_handle, warnings => $warnings });
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
	$self->_enrol($survivor, $time) if $victim->{loyal} && !$survivor->{loyal};
	$self->_merge_points($survivor, $victim, $time) if $victim->{loyal};
	push @{ $survivor->{cards} }, splice @{ $victim->{cards} // [] };
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
	my $effective = $self->_effective($time, map { accounts_of($_) } $survivor, $victim);
	for my $customer ($survivor, $victim)
	{
		$self->_bring_up($customer, [ accounts_of($customer) ], $effective);
	}
	my @moving;
	for my $program (@programs)
	{
		push @moving, map { [ $victim->{accounts}{$program}{$_}, $survivor->{accounts}{$program}{$_} ] }
		  sort @LoyaltyModel::CATEGORIES;
	}
	return unless @moving;
	my @events = map { $self->_event($_, 'customer_merge', $time) } $victim, $survivor;
	$self->_move_account(@$_, \@events, $effective) for @moving;
	return;
}

# What a victim's account has goes to the survivor's, lot by lot; what it owes is taken over. One at zero leaves a note with both.
sub _move_account
{
	my ($self, $from, $to, $events, $effective) = @_;

	my $balance = $from->{balance};
	if ($balance == 0)
	{
		$self->_post($from, $events->[0], 'memo', 0, $effective, 'merge_in_transit');
		$self->_post($to,   $events->[1], 'memo', 0, $effective, 'merge_in_transit');
		return;
	}
	if ($balance > 0)
	{
		my @lots = _in_spending_order($from);
		$self->_post($from, $events->[0], 'debit',  $balance, $effective, 'merge_in_transit');
		$self->_post($to,   $events->[1], 'credit', $balance, $effective, 'merge_in_transit');
		for my $lot (@lots)
		{
			my $points = $lot->{remaining};
			_move($lot, 'remaining', 'merged', $points);
			_goes_on($lot, $self->_new_lot($to, $points, map { $_ => $lot->{$_} } qw(expires rolling redeemable awarded type)));
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

1;
