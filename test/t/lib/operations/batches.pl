# Batches of awards and of redemptions, item by item: each item answers as the single call would.

package LoyaltyProperty::Batches;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

my %COLUMNS = (
	earn => [
		qw(customer_id points category event_name expires_at redeemable_from program event_time till reason source
		  actor idempotency_key card_number card_external_id)
	],
	redeem => [
		qw(customer_id points transaction_number transaction_till up_to program event_time till reason source
		  actor idempotency_key card_number card_external_id)
	]);

sub some_item
{
	my ($org, $kind, $customer) = @_;

	my %given = (event_time => some_time($org, $customer));
	$given{program} = one_of(@{ $org->{programs} })->{name} if chance(0.7);
	$given{till}    = one_of(sort keys %{ $org->{tills} })  if chance(0.2);
	$given{reason}  = q(it's a reason)                      if chance(0.1);
	$given{actor}   = 'a till'                              if chance(0.1);
	use_card($org, $customer, \%given) if chance(0.2);
	if ($kind eq 'earn')
	{
		$given{category} = one_of(@LoyaltyModel::CATEGORIES) if chance(0.3);
		$given{expires_at} = ($given{event_time} // $org->{clock}) + between(1, 50 * DAY) if chance(0.2);
		$given{event_name} = one_of(qw(goodwill target_completed registration_award)) if chance(0.2);
		$given{points} = some_points($org->_award_program(\%given)->{decimals});
		return \%given;
	}
	$given{program} = 'ALL'  if chance(0.25);
	$given{up_to}   = 'true' if chance(0.1);
	name_bill($org, $customer, \%given) if chance(0.15);
	my $decimals = max(map { $_->{decimals} } $org->paying_programs(\%given));
	$given{points} = some_points($decimals, one_of(2000, 20_000, 200_000));
	return \%given;
}

sub item_sql
{
	my ($kind, $id, $given) = @_;

	my %value = (%$given, customer_id => defined $given->{card_number} ? undef : $id);
	return 'ROW('
	  . join(', ', map { defined $value{$_} ? literal($_, $value{$_}) : 'NULL' } @{ $COLUMNS{$kind} })
	  . ")::loyalty.${kind}_item";
}

# Often the same customer several times: items find what those before them left.
sub random_batch
{
	my ($org, $kind) = @_;

	my @known = grep { $_ } map { some_mover($org) } 1 .. between(1, 4) or return;
	my ($keyed, $errors, @items, @wanted) = (chance(0.3), 0);
	for (1 .. between(1, 12))
	{
		my $customer = one_of(@known);
		my $given    = some_item($org, $kind, $customer);
		my $tag = new_tag();
		if ($keyed)
		{
			my @group = $org->group_of($customer);
			my $earlier = one_of(map { @{ $org->{keyed_items}{$kind}{ $_->{handle} } // [] } } @group);
			my $repeats = $earlier && chance(0.2);
			$given = $repeats ? {%$earlier} : { %$given, idempotency_key => "key $tag" };
			$customer = one_of(@group) if $repeats;
			$given->{points} = points_text(thousandths($given->{points}) + 1000) if $earlier && chance(0.1);
			$given->{points} .= $given->{points} =~ /\./ ? '0' : '.0' if chance(0.1);
		}
		push @items, item_sql($kind, $customer->{id}, $given);
		my $want = $org->$kind($tag, $customer->{handle}, %$given, batch => 1);
		$errors++ if $want->{err};
		my $answer = $want->{err} // $org->{item_answers}{ $want->{same_as} // '' } // join ' ', map { points_text($want->{$_}) } qw(points current_points);
		push @wanted, $answer;
		next unless $keyed && !$want->{err} && !$want->{same_as};
		$org->{item_answers}{$tag} = $answer;
		push @{ $org->{keyed_items}{$kind}{ $customer->{handle} } }, $given;
	}
	return unless @items;
	my $all = !$errors && chance(0.5) ? 'true' : 'false';
	my $sql = "SELECT string_agg(coalesce(error_code, trim_scale(points) || ' ' || trim_scale(current_points)), ','"
	  . " ORDER BY item_no) FROM loyalty.${kind}_points_batch('$org->{org}', ARRAY[" . join(', ', @items) . "], $all)";
	plan_call("${kind}_batch", $org, undef, $keyed && !$errors ? { idempotency_key => 'of each item' } : {},
		{ answers => join ',', @wanted }, sql => $sql);
	return;
}

# Without a card, which is held before any item is performed: one that is of no use would be told first.
sub good_item
{
	my %given = %{ some_item(@_) };

	delete @given{qw(card_number card_external_id)};
	return \%given;
}

# One item that is refused refuses all, whatever the others are.
sub refused_batch
{
	my ($org, $kind) = @_;

	my $customer = some_mover($org) or return;
	my @good = map { item_sql($kind, $customer->{id}, good_item($org, $kind, $customer)) } 0 .. between(0, 3);
	my ($state, $id, %over) = @{
		one_of(
			[ 'LY107', 0 ], [ 'LY001', undef ], [ 'LY401', $customer->{id}, points => '0' ],
			[ 'LY007', $customer->{id}, program => 'nosuch' ], [ 'LY006', $customer->{id}, till => 'nosuch' ]) };
	my $bad = item_sql($kind, $id, { points => '1', %over });
	return plan_call("${kind}_batch", $org, undef, {}, { err => $state },
		sql => "SELECT count(*) FROM loyalty.${kind}_points_batch('$org->{org}', ARRAY[" . join(', ', $bad, @good) . '])');
}

for my $kind (qw(earn redeem))
{
	operation(
		name    => "${kind}_batch",
		choices => [ 2 => sub { random_batch($_[0], $kind) }, 0.2 => sub { refused_batch($_[0], $kind) } ],
		judge   => sub {
			my ($planned, $answers) = @_;
			return $answers eq $planned->{want}{answers} ? undef : $planned->{want}{answers};
		});
}

1;
