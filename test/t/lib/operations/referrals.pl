# Referrals: both sides are awarded, and both awards go back with the bill.

package LoyaltyProperty::Referrals;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

sub random_referral
{
	my ($org, $spoiled) = @_;

	my ($referee, $referrer) = map { some_mover($org) } 1 .. 2;
	return unless $referee && $referrer;
	return if $referee == $referrer && chance(0.9);
	my %given = (
		event_time  => some_time($org, $referee),
		referrer_id => { handle => $referrer->{handle}, sql => $referrer->{id} });
	$given{program} = one_of(@{ $org->{programs} })->{name} if chance(0.8);
	$given{till}    = one_of(sort keys %{ $org->{tills} }) if chance(0.2);
	$given{reason}  = 'a friend' if chance(0.1);
	my $bills = $org->{bills}{ $referee->{handle} } // {};
	my @numbers = grep { chance(0.1) || !$bills->{$_}[0]{referred} } sort keys %$bills;
	if (@numbers && chance(0.8))
	{
		my $bill = one_of(@{ $bills->{ one_of(@numbers) } });
		$given{transaction_number} = $bill->{number};
		$given{transaction_till} = $bill->{till} if length $bill->{till} && chance(0.6);
		$given{transaction_till} = one_of(sort keys %{ $org->{tills} }) if chance(0.03);
	}
	my $decimals = $org->_award_program(\%given)->{decimals};
	$given{$_} = some_points($decimals) for qw(referee_points referrer_points);
	return write_call('award_referral', $org, $referee, \%given) unless $spoiled;

	delete @given{qw(transaction_number transaction_till till)};
	$given{program} = 'base';
	$given{$_} = some_points(0) for qw(referee_points referrer_points);
	return if $referee == $referrer;
	my $one = one_of(qw(referee_points referrer_points));
	my ($spoiled_given, $raw) = spoil(
		\%given,
		(grep { !exists(($_->[2] // {})->{customer_id}) } writing_errors($org, $referee)),
		[ 'LY107', {}, { referee_id         => 0 } ],
		[ 'LY107', {}, { referrer_id        => 0 } ],
		[ 'LY001', {}, { referrer_id        => 'NULL' } ],
		[ 'LY411', {}, { transaction_number => "'nosuch'" } ],
		(map { [ undef, { $one => $_ } ] } '0', '-1', 'NaN', '1000000000000000', '0.1'),
		[ undef, { event_time => $referrer->{registered_on} - 1 } ]);
	return write_call('award_referral', $org, $referee, $spoiled_given, $raw);
}

operation(
	name      => 'award_referral',
	choices   => [ 4 => sub { random_referral($_[0], 0) }, 0.7 => sub { random_referral($_[0], 1) } ],
	function  => 'award_referral',
	customer  => 'referee_id',
	arguments => [
		qw(org referee_id referrer_id referee_points referrer_points transaction_number transaction_till program event_time
		  till reason source actor idempotency_key)
	],
	types   => { referee_points => 'numeric', referrer_points => 'numeric' },
	columns => 'r.event_id, r.referral_id, r.referee_points, r.referrer_points, r.current_points',
	judge   => sub {
		my ($planned, $event, $referral, @points) = @_;

		my $line = join '|', map { points_text($planned->{want}{$_}) } qw(referee referrer current_points);
		return $line if join('|', map { plain($_) } @points) ne $line;
		return 'the referral is the event' if $event ne $referral;
		return new_id('event', $event) ? undef : 'a new event id';
	});

1;
