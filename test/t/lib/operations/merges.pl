# Merging customers, and calling for those who were merged.

package LoyaltyProperty::Merges;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

use constant {
	MOST  => 12,    # merges of each org
	ALIVE => 12,    # customers who must be left
};

# Plans one; the model's key is the victim's.
sub plan_merge
{
	my ($org, $survivor, $victim, %given) = @_;

	my $tag = new_tag();
	$given{idempotency_key} = "key $tag" if chance(0.5);
	my $want = $org->merge($tag, $survivor->{handle}, $victim->{handle}, %given);
	my $sql = "SELECT @{[operation_of('merge')->{columns}]} FROM loyalty.merge_customers(@{[quoted($org->{org})]},"
	  . " $survivor->{id}, $victim->{id}"
	  . join('', map { ", $_ => " . literal($_, $given{$_}) } sort keys %given) . ') r';
	return plan_call('merge', $org, undef, \%given, $want, tag => $tag, sql => $sql);
}

sub random_merge
{
	my ($org) = @_;

	my @merged = grep { defined $_->{into} } @{ $org->{customers} };
	my ($survivor, $victim) = map { some_customer($org) } 1 .. 2;
	return unless $survivor && $victim;
	if (chance(0.3) && @merged)
	{
		($survivor, $victim) = chance(0.5) ? ($survivor, one_of(@merged)) : (one_of(@merged), $victim);
	}
	elsif ($survivor != $victim
		&& (@merged >= MOST || @{ $org->{customers} } - @merged <= ALIVE || grep { $_->{handle} == 2 } $survivor, $victim))
	{
		return;
	}
	my $from = max(map { $_->{registered_on} } $survivor, $victim);
	my %given;
	$given{event_time} = $org->{clock} - int(rand(min(3 * DAY, $org->{clock} - $from + 1))) if $from <= $org->{clock} && chance(0.5);
	$given{event_time} = one_of($from - 1, $org->{clock} + $org->{tolerance} + 1) if chance(0.1);
	return plan_merge($org, $survivor, $victim, %given);
}

# Whoever was merged earns nothing any more.
sub random_victim
{
	my ($org) = @_;

	my $victim = one_of(grep { defined $_->{into} && $_->{loyal} } @{ $org->{customers} }) or return;
	return write_call('earn', $org, $victim, { points => '5', program => 'base' });
}

operation(
	name    => 'merge',
	choices => [ 0.8 => \&random_merge, 0.4 => \&random_victim ],
	columns => 'r.merge_id, r.survivor_id, r.warnings',
	judge   => sub {
		my ($planned, $merge_id, $customer_id, $warnings) = @_;

		my $survivor = $planned->{org}{customers}[ $planned->{want}{customer} ];
		return 'a new merge id' unless new_id('merge', $merge_id);
		return "customer $survivor->{id}" if $customer_id ne $survivor->{id};
		return $warnings eq $planned->{want}{warnings} ? undef : "warnings $planned->{want}{warnings}";
	});

1;
