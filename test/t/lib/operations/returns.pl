# Returns of bills: whole, by line, by quantity, by amount.

package LoyaltyProperty::Returns;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

# Lines as JSON; none where chance names none.
sub some_lines
{
	my ($bill) = @_;

	my @shown;
	for my $n (grep { chance(0.6) } 1 .. @{ $bill->{lines} } + (chance(0.05) ? 1 : 0))
	{
		my $line = $bill->{lines}[ $n - 1 ] // { quantity => 1000, quantity_back => 0 };
		my $quantity =
		  chance(0.4) ? undef : between(chance(0.05) ? 0 : 1, max(1, $line->{quantity} - $line->{quantity_back} + (chance(0.1) ? 1 : 0)));
		push @shown, defined $quantity
		  ? sprintf('{"line_no": %d, "quantity": %s}', $n, points_text($quantity))
		  : sprintf('{"line_no": %d}', $n);
	}
	return @shown ? '[' . join(', ', @shown) . ']' : undef;
}

sub random_return
{
	my ($org) = @_;

	my @handles = grep { $_ != 2 && defined $org->{customers}[$_]{id} } keys %{ $org->{bills} // {} };
	return unless @handles;
	my $customer = $org->{customers}[ one_of(sort { $a <=> $b } @handles) ];
	my $bills    = $org->{bills}{ $customer->{handle} };
	my @numbers  = grep { chance(0.02) || $bills->{$_}[0]{kind} ne 'whole' } sort keys %$bills;
	return unless @numbers;
	my @referred = grep { $bills->{$_}[0]{referral} } @numbers;
	@numbers = @referred if @referred && chance(0.4);
	my $bill = one_of(@{ $bills->{ one_of(@numbers) } });
	my %given = (transaction_number => $bill->{number});
	$given{transaction_till} = $bill->{till} if length $bill->{till} && chance(0.7);
	$given{till} = one_of(sort keys %{ $org->{tills} }) if chance(0.3);
	my $from = $bill->{time} - (chance(0.05) ? one_of(1, DAY) : 0);
	$given{event_time} = between($from, max($from, $org->{clock})) if chance(0.4);
	my $kind = $bill->{kind} eq '' || chance(0.1) ? one_of(qw(whole amount amount lines lines)) : $bill->{kind};
	$kind = 'whole' if chance(0.1);
	if ($kind eq 'amount')
	{
		my $left = max(1, $bill->{amount} - $bill->{back});
		$given{amount} = points_text(weighted(5, between(1, $left), 2, $left, 0.3, $left + 1, 0.1, 0));
	}
	elsif ($kind eq 'lines' && @{ $bill->{lines} })
	{
		$given{line_items} = some_lines($bill);
		delete $given{line_items} unless defined $given{line_items};
	}
	return write_call('return_bill', $org, $customer, \%given);
}

sub refused_return
{
	my ($org) = @_;

	my $customer = some_member($org) or return;
	my ($given, $raw) = spoil(
		{ transaction_number => 'A/none' },
		(grep { !exists(($_->[2] // {})->{program}) && ($_->[0] // 'LY015') ne 'LY015' } writing_errors($org, $customer)),
		[ 'LY411', {} ],
		[ 'LY001', {}, { transaction_number => 'NULL' } ],
		[ 'LY002', {}, { transaction_number => "repeat('9', 2000)" } ],
		[ 'LY005', {}, { store => "'nosuch'" } ]);
	return write_call('return_bill', $org, $customer, $given, $raw);
}

operation(
	name      => 'return_bill',
	choices   => [ 9 => \&random_return, 0.5 => \&refused_return ],
	function  => 'return_transaction',
	arguments => [
		qw(org customer_id transaction_number line_items amount transaction_till return_number event_time till store reason
		  source actor idempotency_key card_number)
	],
	usual   => { source => 'INSTORE' },
	columns => 'r.transaction_id, r.event_id, r.amount, r.points, r.current_points',
	judge   => sub {
		my ($planned, $transaction, $event, @answer) = @_;

		my $line = join '|', map { points_text($planned->{want}{$_}) } qw(amount points current_points);
		return $line if join('|', map { plain($_) } @answer) ne $line;
		return 'a new event id' unless new_id('event', $event);
		return new_id('transaction', $transaction) ? undef : 'a new transaction id';
	});

# A bill of somebody that was somebody else's, most of the time one that nothing was done with; often one that moved before, and
# back to whom it came from.
sub random_move
{
	my ($org) = @_;

	my @handles = grep { $_ != 2 && defined $org->{customers}[$_]{id} && !defined $org->{customers}[$_]{into} } keys %{ $org->{bills} // {} };
	return unless @handles;
	my $customer = $org->{customers}[ one_of(sort { $a <=> $b } @handles) ];
	my $to       = some_mover($org) or return;
	my $bills    = $org->{bills}{ $customer->{handle} };
	my @numbers  = grep { chance(0.1) || $bills->{$_}[0]{kind} eq '' } sort keys %$bills;
	return unless @numbers;
	my @moved = grep { $bills->{$_}[0]{before} } @numbers;
	my $bill = one_of(@{ $bills->{ one_of(@moved && chance(0.5) ? @moved : @numbers) } });
	my $back = $bill->{came_from};
	$to = $back if $back && !defined $back->{into} && $back != $customer && chance(0.5);
	my %given = (transaction_number => $bill->{number}, to_customer_id => { handle => $to->{handle}, sql => $to->{id} });
	$given{transaction_till} = $bill->{till} if length $bill->{till} && chance(0.7);
	$given{till} = one_of(sort keys %{ $org->{tills} }) if chance(0.3);
	$given{reason} = 'the wrong card' if chance(0.2);
	my $from = $bill->{time} - (chance(0.05) ? one_of(1, DAY) : 0);
	$given{event_time} = between($from, max($from, $org->{clock})) if chance(0.4);
	return write_call('move_bill', $org, $customer, \%given);
}

operation(
	name      => 'move_bill',
	choices   => [ 4 => \&random_move ],
	function  => 'move_transaction',
	customer  => 'from_customer_id',
	arguments => [
		qw(org transaction_number from_customer_id to_customer_id transaction_till event_time till store reason source actor
		  idempotency_key)
	],
	usual   => { source => 'INSTORE' },
	columns => 'r.event_id, r.transaction_id, r.from_points, r.to_points, r.current_points, r.warnings',
	judge   => sub {
		my ($planned, $event, $transaction, @answer) = @_;

		my $want = $planned->{want};
		my $line = join '|', (map { points_text($want->{$_}) } qw(from_points to_points current_points)), $want->{warnings};
		return $line if join('|', (map { plain($_) } @answer[ 0 .. 2 ]), $answer[3]) ne $line;
		return 'a new event id' unless new_id('event', $event);
		return new_id('transaction', $transaction) ? undef : 'a new transaction id';
	});

1;
