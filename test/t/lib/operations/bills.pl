# Bills.

package LoyaltyProperty::Bills;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

sub new_number
{
	my ($org) = @_;

	return sprintf '%s/%06d', one_of('A', 'B'), ++$org->{last_number};
}

# An amount that earns exactly half a step of the program's last decimal more than some points.
sub amount_of_half
{
	my ($program) = @_;

	my $numerator   = (2 * between(0, 200) + 1) * 10**(3 - $program->{decimals}) * SECOND;
	my $denominator = 2 * $program->{rate};
	return $numerator % $denominator ? undef : points_text($numerator / $denominator);
}

# Lines of whole and of broken quantities, some of which say what they earn.
sub some_lines
{
	my ($program) = @_;

	my @lines;
	for (1 .. between(1, 4))
	{
		my $amount = points_text(chance(0.1) ? -between(1, 5000) : between(0, 20_000));
		my $line   = sprintf '{"item_code": "A", "amount": %s', chance(0.1) ? qq("$amount") : $amount;
		$line .= one_of(', "colour": "red"', ', "discount": null', ', "tags": [1, "x"]') if chance(0.1);
		$line .= ', "quantity": ' . one_of(1, 2, 3, 7, '0.5', '1.333', 0) if chance(0.6);
		$line .= ', "points": ' . some_points($program->{decimals}, 50_000) if chance(0.3);
		$line .= ', "promotion_points": ' . some_points($program->{decimals}, 50_000) if chance(0.2);
		push @lines, "$line}";
	}
	return '[' . join(', ', @lines) . ']';
}

sub random_bill
{
	my ($org, $spoiled) = @_;

	my $customer = chance(0.9) || $spoiled ? some_member($org) : some_customer($org);
	return unless $customer;
	my %given = (
		event_time         => some_time($org, $customer),
		transaction_number => new_number($org),
		amount             => weighted(
			4, sub { points_text(between(0, 300_000)) },
			3, sub { points_text(500 * between(0, 400)) },
			2, sub { points_text(10 * between(0, 20_000)) },
			1, sub { one_of('0', '0.001', '999999.999') })->());
	$given{event_time} = $customer->{registered_on} - one_of(1, int(rand($org->{tolerance} + 1)), $org->{tolerance}, $org->{tolerance} + 1)
	  if chance(0.03);
	$given{till}    = one_of(sort keys %{ $org->{tills} }) if chance(0.5);
	$given{program} = one_of(@{ $org->{programs} })->{name} if chance(0.6);
	$given{source}   = 'WEBSITE' if chance(0.1);
	$given{store}    = 's1' if chance(0.1);
	$given{discount} = points_text(between(0, 5000)) if chance(0.2);    # shown, never computed with
	use_card($org, $customer, \%given) if !$spoiled && chance(0.15);
	my $program = $org->_award_program(\%given);
	$given{line_items} = some_lines($program) if chance($spoiled ? 0 : 0.2);
	$given{category} = one_of('promised', 'trigger_based') if !$spoiled && chance(0.05);
	$given{bill_promotion_points} = some_points($program->{decimals}) if !$spoiled && $customer->{loyal} && chance(0.1);
	$given{points} = chance(0.1) ? '0' : some_points($program->{decimals})
	  if $customer->{loyal} && chance(0.25);
	$given{amount} = amount_of_half($program) // $given{amount} if chance(0.2);
	if ($spoiled)
	{
		$given{program} = $org->{programs}[1]{name};
		$given{points}  = some_points(0) if defined $given{points};
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			[ 'LY001', {}, { transaction_number => 'NULL' } ],
			[ 'LY001', {}, { transaction_number => "''" } ],
			[ 'LY001', {}, { amount             => 'NULL' } ],
			[ 'LY002', {}, { transaction_number => "repeat('9', 2000)" } ],
			[ 'LY003', {}, { transaction_type   => "'gift'" } ],
			[ 'LY005', {}, { store              => "'nosuch'" } ],
			[ 'LY413', {}, { discount           => '-0.01' } ],
			[ 'LY414', {}, { line_items         => q('[{"item_code": "A"}]') } ],
			(map { [ undef, { points => $_ } ] } '-1', 'NaN', '1000000000000000', '0.0001'),
			(map { [ undef, { amount => $_, points => '1' } ] } '-0.001', 'NaN', 'Infinity', '1000000000000000',
				'1.0001'));
		$raw //= {};
		return write_call('bill', $org, $customer, $spoiled_given, $raw);
	}
	if (chance(0.06) && @{ $org->{given_numbers} // [] })
	{
		@given{ 'till', 'transaction_number' } = @{ one_of(@{ $org->{given_numbers} }) };
		$given{till} = one_of(undef, 't1', 't2') if chance(0.3);
		delete @given{qw(points bill_promotion_points line_items)};
		$given{program} = 'base';
	}
	push @{ $org->{given_numbers} }, [ @given{ 'till', 'transaction_number' } ];
	$customer->{numbers}{ $given{transaction_number} } = 1;
	return write_call('bill', $org, $customer, \%given);
}

operation(
	name      => 'bill',
	choices   => [ 17 => sub { random_bill($_[0], 0) }, 3 => sub { random_bill($_[0], 1) } ],
	function  => 'add_transaction',
	arguments => [
		qw(org customer_id transaction_number amount discount transaction_type points line_items bill_promotion_points
		  category redeemable_from program event_time till store reason source actor idempotency_key card_number)
	],
	usual   => { category => 'regular', source => 'INSTORE' },
	types   => { bill_promotion_points => 'numeric' },
	columns => 'r.transaction_id, r.event_id, r.points, r.current_points, r.warnings',
	judge   => sub {
		my ($planned, $transaction, $event, $points, $current, $warnings) = @_;

		my $want = $planned->{want};
		my $line = points_text($want->{points}) . '|' . points_text($want->{current_points});
		return $line if plain($points) . '|' . plain($current) ne $line;
		return $want->{warnings} if $warnings ne $want->{warnings};
		return 'a new event id' unless new_id('event', $event);
		return new_id('transaction', $transaction) ? undef : 'a new transaction id';
	});

1;
