package LoyaltyModel;

# Referrals, for the model: a second implementation of docs/bill.md, award_referral, and of what a return does to them.

use strict;
use warnings;
use integer;

use LoyaltyModel;

sub award_referral
{
	my ($self, $tag, $handle, %given) = (@_, call => 'award_referral');

	my ($referee, $time) = $self->_begin($handle, \%given);
	return $time unless $referee;
	return { err => $given{err} } if $given{err};
	my $referrer = $self->{customers}[ $given{referrer_id}{handle} ];
	return { err => 'LY435' } if $referrer == $referee;
	return { err => 'LY125' } if defined $referrer->{into};
	my $program = $self->_award_program(\%given);
	$time = $self->_time(\%given, $time, $referrer->{registered_on});
	my @points;
	for my $side (qw(referee_points referrer_points))
	{
		my ($points, $error) = _judge_points($given{$side}, $program->{decimals}, 0);
		return { err => $error } if $error;
		push @points, $points;
	}
	return { err => 'LY406' } unless $referee->{loyal} && $referrer->{loyal};
	my ($error, $bill) = $self->_open_bill_named($referee, \%given);
	return { err => $error } if $error;
	$time = $self->_time(\%given, $time, $bill->{time}) if $bill;
	$error = $self->_judge_time($referee, $time, \%given) // $self->_judge_time($referrer, $time, \%given);
	return { err => $error } if $error;
	my $expires = $self->program_expiry($program, $time);
	return { err => 'LY409' } if defined $expires && $expires <= $time;
	return { err => 'LY439' } if $bill && $bill->{referred};

	my @awards;
	for my $side ([ $referee, $points[0], 'referral_referee_award' ], [ $referrer, $points[1], 'referral_referrer_award' ])
	{
		my ($customer, $points, $name) = @$side;
		($error, my $lot) = $self->_award($customer, $program, 'regular', $points, $name, $time, {});
		die "$name: $error" if $error;
		push @awards, { handle => $customer->{handle}, lot => $lot };
	}
	if ($bill)
	{
		$bill->{referred} = 1;
		$bill->{referral} = { program => $program, awards => \@awards };
	}
	return _done($referee, $tag, \%given,
		{ referee => $points[0], referrer => $points[1], current_points => $referee->{accounts}{ $program->{name} }{regular}{balance} });
}

# Both awards go back, the referee's first.
sub _return_referral
{
	my ($self, $referee, $referral, $time, $effective) = @_;

	my $name = $referral->{program}{name};
	for my $award (@{ $referral->{awards} })
	{
		my $customer = $self->{customers}[ $award->{handle} ];
		$customer = $self->{customers}[ $customer->{into} ] if defined $customer->{into};
		my $account = $customer->{accounts}{$name}{regular};
		my $at = $effective;
		local $self->{recorded} = $self->{recorded};
		if ($customer != $referee)
		{
			$at = $self->_effective($time, $account);
			$self->_bring_up($customer, [$account], $at);
		}
		my $event = $self->_event($customer, 'referral_return', $time);
		$self->_claw_back($account, $event, $at, $referral->{program}{negative}, _fates($customer, $award->{lot}, $award->{lot}{points}));
	}
	return;
}

1;
