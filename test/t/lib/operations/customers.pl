# Registering customers.

package LoyaltyProperty::Customers;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

use constant CUSTOMERS => 30;    # of each org

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
		my $back = weighted(4, 0, 2, int(rand(30 * DAY)), 1, int(rand(400 * DAY)), 1, HOUR, 1,
			-int(rand($org->{tolerance} + 1)));
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
		my $guest = first { !$_->{loyal} && !defined $_->{into} && defined $_->{id} && $_->{registered_on} <= $org->{clock} }
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

operation(
	name      => 'register',
	choices   => [ 4 => \&random_register ],
	function  => 'register_customer',
	arguments => [ qw(org mobile email external_id first_name registered_on loyalty_type till source actor idempotency_key) ],
	columns   => 'r.customer_id, r.outcome, r.warnings',
	judge     => sub {
		my ($planned, $id, $outcome) = @_;

		my $want = $planned->{want};
		return "outcome $want->{outcome}" if $outcome ne $want->{outcome};
		my $customer = $planned->{org}{customers}[ $want->{customer} ];
		$customer->{id} //= $id;
		return $customer->{id} eq $id ? undef : "customer $customer->{id}";
	});

1;
