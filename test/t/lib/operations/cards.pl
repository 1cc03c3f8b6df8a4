# Cards: of a series with a program of its own, and of one without; some are suspended for a while.

package LoyaltyProperty::Cards;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

sub random_issue
{
	my ($org) = @_;

	my $customer = some_customer($org) or return;
	my $series = one_of('own', 'any');
	my $number = ++$org->{issued}{$series};
	return if $number > CARDS;
	my $card = card_number($series, $number);
	push @{ $customer->{cards} }, $card;
	$org->{card}{$card} = { program => $series eq 'own' ? 'moon' : undef, usable => 1 };
	return plan_call('issue_card', $org, $customer->{handle}, {}, { card => $card },
		sql => "SELECT r.card_number FROM loyalty.issue_card(@{[quoted($org->{org})]}, $customer->{id}, card_number => '$card') r");
}

sub random_status
{
	my ($org) = @_;

	my $number = one_of(sort keys %{ $org->{card} }) or return;
	my $card   = $org->{card}{$number};
	$card->{usable} = 1 - $card->{usable};
	my $status = $card->{usable} ? 'active' : 'suspended';
	return plan_call('card_status', $org, undef, {}, {},
		sql => "SELECT count(*) FROM loyalty.set_card_status(@{[quoted($org->{org})]}, '$number', '$status')");
}

operation(
	name    => 'issue_card',
	choices => [ 1.5 => \&random_issue ],
	judge   => sub { return $_[1] eq $_[0]{want}{card} ? undef : $_[0]{want}{card} });

operation(
	name    => 'card_status',
	choices => [ 0.8 => \&random_status ],
	judge   => sub { return $_[1] eq '1' ? undef : 'one row' });

1;
