# Batches of awards and of redemptions, item by item: each item answers as the single call would.

package LoyaltyProperty::Batches;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

my %COLUMNS = (
	earn => [
		qw(customer_id points program event_time till reason idempotency_key source category event_name expires_at
		  redeemable_from)
	],
	redeem => [qw(customer_id points program event_time till reason idempotency_key source transaction_number)]);

sub some_item
{
	my ($org, $kind, $customer) = @_;

	my %given = (event_time => some_time($org, $customer));
	$given{program} = one_of(@{ $org->{programs} })->{name} if chance(0.7);
	$given{till}    = one_of(sort keys %{ $org->{tills} })  if chance(0.2);
	$given{reason}  = q(it's a reason)                      if chance(0.1);
	if ($kind eq 'earn')
	{
		$given{category} = one_of(@LoyaltyModel::CATEGORIES) if chance(0.3);
		$given{expires_at} = ($given{event_time} // $org->{clock}) + between(1, 50 * DAY) if chance(0.2);
		$given{points} = some_points($org->_award_program(\%given)->{decimals});
		return \%given;
	}
	my $decimals =
	  max(map { $_->{decimals} } defined $given{program} ? $org->{program}{ $given{program} } : @{ $org->{programs} });
	$given{points} = some_points($decimals, one_of(2000, 20_000, 200_000));
	return \%given;
}

sub item_sql
{
	my ($kind, $id, $given) = @_;

	my %value = (%$given, customer_id => $id);
	return 'ROW('
	  . join(', ', map { defined $value{$_} ? literal($_, $value{$_}) : 'NULL' } @{ $COLUMNS{$kind} })
	  . ")::loyalty.${kind}_item";
}

# Often the same customer several times: items find what those before them left.
sub random_batch
{
	my ($org, $kind) = @_;

	my @known = grep { $_ } map { some_mover($org) } 1 .. between(1, 4) or return;
	my (@items, @wanted);
	for (1 .. between(1, 12))
	{
		my $customer = one_of(@known);
		my $given    = some_item($org, $kind, $customer);
		push @items, item_sql($kind, $customer->{id}, $given);
		my $want = $org->$kind(new_tag(), $customer->{handle}, %$given);
		push @wanted, $want->{err} // join ' ', map { points_text($want->{$_}) } qw(points current_points);
	}
	my $sql = "SELECT string_agg(coalesce(error_code, trim_scale(points) || ' ' || trim_scale(current_points)), ','"
	  . " ORDER BY item_no) FROM loyalty.${kind}_points_batch('$org->{org}', ARRAY[" . join(', ', @items) . '], false)';
	plan_call("${kind}_batch", $org, undef, {}, { answers => join ',', @wanted }, sql => $sql);
	return;
}

for my $kind (qw(earn redeem))
{
	operation(
		name    => "${kind}_batch",
		choices => [ 2 => sub { random_batch($_[0], $kind) } ],
		judge   => sub {
			my ($planned, $answers) = @_;
			return $answers eq $planned->{want}{answers} ? undef : $planned->{want}{answers};
		});
}

1;
