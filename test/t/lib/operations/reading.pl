# Balances, and posting expiries between two looks at them.

package LoyaltyProperty::Reading;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

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
	my $sql = "CALL loyalty.expire_points(@{[quoted($org->{org})]}, $time$batch)";
	plan_call('expire', $org, undef, {}, $org->expire_points($as_of), sql => $sql);
	plan_balance($org, $_->[0], undef, $_->[1]) for @asked;
	return;
}

operation(
	name      => 'balance',
	choices   => [ 12 => \&random_balance, 1 => \&random_balance_error ],
	function  => 'points_balance',
	arguments => [qw(org customer_id program as_of known_at)],
	columns   => 'r.current_points, r.promised_points, r.trigger_based_points, r.lifetime_points, r.redeemed_points,'
	  . ' r.expired_points, r.returned_points',
	judge => sub {
		my ($planned, @columns) = @_;

		my $line = join '|', map { points_text($planned->{want}{$_}) }
		  qw(regular promised trigger_based lifetime redeemed expired returned);
		return join('|', map { plain($_) } @columns) eq $line ? undef : $line;
	});

operation(
	name      => 'expire',
	choices   => [ 0.8 => \&random_expire ],
	procedure => 1);

1;
