# Taking part in the program that asks for it.

package LoyaltyProperty::Participations;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

use constant PROGRAM => 'club';

# Anybody, also who was merged or is not enrolled.
sub anybody
{
	my ($org) = @_;

	return chance(0.85) ? some_member($org) : one_of(grep { defined $_->{id} } @{ $org->{customers} });
}

sub random_enrol
{
	my ($org) = @_;

	my $customer = anybody($org) or return;
	return plan_call('enrol', $org, $customer->{handle}, { program => PROGRAM }, $org->enrol_customer($customer->{handle}, PROGRAM));
}

sub random_activation
{
	my ($org) = @_;

	my $customer = anybody($org) or return;
	return plan_call('activate', $org, $customer->{handle}, { program => PROGRAM }, $org->activate_participation($customer->{handle}, PROGRAM));
}

sub random_status
{
	my ($org) = @_;

	my $customer = anybody($org) or return;
	my $status = one_of(qw(not_confirmed active deactivated));
	return plan_call('participation_status', $org, $customer->{handle}, { program => PROGRAM, status => $status },
		$org->set_participation_status($customer->{handle}, PROGRAM, $status));
}

# What both answer.
sub judge_status
{
	my ($planned, $status, $missing) = @_;

	my $line = "$planned->{want}{status}|$planned->{want}{missing}";
	return "$status|$missing" eq $line ? undef : $line;
}

operation(
	name      => 'enrol',
	choices   => [ 3 => \&random_enrol ],
	function  => 'enrol_customer',
	arguments => [qw(org customer_id fields program till reason actor)],
	columns   => 'r.status, r.missing',
	judge     => \&judge_status);

operation(
	name      => 'activate',
	choices   => [ 0.5 => \&random_activation ],
	function  => 'activate_participation',
	arguments => [qw(org customer_id program till)],
	columns   => 'r.status, r.missing',
	judge     => \&judge_status);

operation(
	name      => 'participation_status',
	choices   => [ 1.2 => \&random_status ],
	function  => 'set_participation_status',
	arguments => [qw(org customer_id status program reason actor)],
	columns   => '1',
	judge     => sub { return $_[1] eq '1' ? undef : 'one row' });

1;
