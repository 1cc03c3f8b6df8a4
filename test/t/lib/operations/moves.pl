# Reversals, transfers, corrections, imports and changes of expiry.

package LoyaltyProperty::Moves;

use strict;
use warnings;

use LoyaltyMoves;
use LoyaltyProperty;

# Where and when, of any call.
sub circumstances
{
	my ($org, $customer, $till) = @_;

	my %given = (event_time => some_time($org, $customer));
	$given{program} = one_of(@{ $org->{programs} })->{name} if chance(0.8);
	$given{till}    = one_of(sort keys %{ $org->{tills} }) if chance(0.2);
	$given{reason}  = 'somebody asked for it' if chance(0.1);
	return %given;
}

sub random_reversal
{
	my ($org) = @_;

	my ($customer) = grep { $_ && @{ $_->{redemptions} // [] } } map { some_mover($org) } 1 .. 5;
	return unless $customer;
	my $number = int rand @{ $customer->{redemptions} };
	my $redemption = $customer->{redemptions}[$number];
	my $left = sum0(map { $_->{drawn} - $_->{back} } @{ $redemption->{draws} });
	return if !$left && chance(0.8);
	my %given = (
		redemption_event_id => {
			number => $number,
			sql => "(SELECT v.event_id FROM loyalty_data.ledger_event v WHERE v.customer_id = $customer->{id} AND v.event_code = 30"
			  . " ORDER BY v.event_id OFFSET $number LIMIT 1)" },
		event_time => chance(0.6) ? undef : max($redemption->{time} - chance(0.1), some_time($org, $customer) // $org->{clock}));
	$given{points} = points_text(one_of($left, $left + 1000, 1000, between(1, max(1, $left / 100)) * 100, between(1, max(1, $left / 1000)) * 1000))
	  if chance(0.7);
	return write_call('reverse_redemption', $org, $customer, \%given);
}

sub random_transfer
{
	my ($org) = @_;

	my $giver = some_mover($org) or return;
	my $receiver = some_mover($org) or return;
	return if $receiver == $giver && chance(0.9);
	my %given = circumstances($org, $giver);
	my @held = grep { $giver->{accounts}{$_}{regular}{balance} > 0 } sort keys %{ $giver->{accounts} };
	$given{program} = one_of(@held) if @held && chance(0.9);
	my $program = $org->_award_program(\%given);
	my $step = 10**(3 - $program->{decimals});
	my $time = $given{event_time} // $org->{clock};
	my @accounts = $org->redeem_accounts($giver, $program->{name});
	my $there = $org->available(\@accounts, $org->_effective($time, @accounts));
	$given{to_customer_id} = { handle => $receiver->{handle}, sql => $receiver->{id} };
	$given{points} = $there < $step || chance(0.1) ? points_text($there + $step) : some_points($program->{decimals}, $there);
	my @caps = grep { $program->{transfer}{$_} } grep { /^points/ } sort keys %{ $program->{transfer} // {} };
	if (@caps && chance(0.5))
	{
		my $cap = one_of(@caps);
		my $first = LoyaltyModel::local_date($org->{zone}, $org->_effective($time, @accounts))
		  - { points_per_day => 0, points_per_7_days => 6, points_per_30_days => 29 }->{$cap};
		my $left = $program->{transfer}{$cap} - ($org->_recent($giver, $program, 'points_transfer_out', $first))[0];
		$given{points} = points_text(max($step, $left - $left % $step + one_of(0, 0, $step)));
	}
	return write_call('transfer_points', $org, $giver, \%given);
}

sub random_adjustment
{
	my ($org) = @_;

	my $customer = some_mover($org) or return;
	my %given = circumstances($org, $customer);
	use_card($org, $customer, \%given) if chance(0.2);
	$given{reason} = 'a correction';
	$given{entry_type} = one_of(qw(credit debit));
	$given{category} = one_of(@LoyaltyModel::CATEGORIES) if chance(0.4);
	$given{points} = some_points($org->_award_program(\%given)->{decimals});
	return write_call('adjust_points', $org, $customer, \%given);
}

sub random_import
{
	my ($org) = @_;

	my $customer = some_mover($org) or return;
	my %given = circumstances($org, $customer);
	$given{event_name} = one_of(qw(points_import redemption_import expiry_import)) if chance(0.7);
	$given{category} = one_of(@LoyaltyModel::CATEGORIES) if chance(0.2);
	$given{points} = some_points($org->_award_program(\%given)->{decimals});
	return write_call('import_points', $org, $customer, \%given);
}

sub random_opening
{
	my ($org) = @_;

	my $customer = some_mover($org) or return;
	my %given = circumstances($org, $customer);
	my @closed = grep { !$customer->{accounts}{ $_->{name} } } @{ $org->{programs} };
	$given{program} = one_of(@closed)->{name} if @closed && chance(0.7);
	$given{category} = one_of(@LoyaltyModel::CATEGORIES) if chance(0.2);
	$given{points} = (chance(0.4) ? '-' : '') . some_points($org->_award_program(\%given)->{decimals});
	return write_call('import_opening_balance', $org, $customer, \%given);
}

sub random_change
{
	my ($org) = @_;

	my $customer = some_mover($org) or return;
	my @lots = $org->lots_of($customer) or return;
	my @open = grep { $lots[$_][1]{remaining} } 0 .. $#lots;
	my $number = @open && chance(0.9) ? one_of(@open) : int rand @lots;
	my %given = (
		lot_id => {
			number => $number,
			sql => "(SELECT l.lot_id FROM loyalty_data.points_lot l WHERE l.customer_id = $customer->{id} ORDER BY l.lot_id OFFSET $number LIMIT 1)" },
		event_time => some_time($org, $customer));
	if (chance(0.2)) { $given{immediately} = 'true'; }
	elsif (chance(0.1)) { $given{immediately} = 'false'; }
	elsif (chance(0.8)) { $given{expires_at} = $org->{clock} + between(-2 * DAY, 60 * DAY); }
	return write_call('change_expiry', $org, $customer, \%given);
}

sub judge_numbers
{
	my (@names) = @_;

	return sub {
		my ($planned, $event, @got) = @_;

		my $want = join '|', map { points_text($planned->{want}{$_}) } @names;
		my $is = join '|', map { plain($_) } @got;
		return $want if $is ne $want;
		return new_id('event', $event) ? undef : 'a new event id';
	};
}

my @usual = qw(event_time till reason source actor idempotency_key);

operation(
	name      => 'reverse_redemption',
	choices   => [ 6 => \&random_reversal ],
	function  => 'reverse_redemption',
	arguments => [ qw(org customer_id redemption_id points redemption_event_id), @usual ],
	columns   => 'r.event_id, r.points, r.points_available, r.points_expired, r.current_points',
	always    => { redemption_id => 'NULL' },    # it is named by its event
	judge     => judge_numbers(qw(points available expired current_points)));

operation(
	name      => 'transfer_points',
	choices   => [ 5 => \&random_transfer ],
	function  => 'transfer_points',
	customer  => 'from_customer_id',
	arguments => [ qw(org from_customer_id to_customer_id points program), @usual ],
	columns   => 'r.event_id, r.points, r.current_points',
	judge     => judge_numbers(qw(points current_points)));

operation(
	name      => 'adjust_points',
	choices   => [ 3 => \&random_adjustment ],
	function  => 'adjust_points',
	arguments => [ qw(org customer_id points entry_type category expires_at program), @usual, 'card_number' ],
	usual     => { category => 'regular' },
	columns   => 'r.event_id, r.points, r.current_points',
	judge     => judge_numbers(qw(points current_points)));

operation(
	name      => 'import_points',
	choices   => [ 3 => \&random_import ],
	function  => 'import_points',
	arguments => [ qw(org customer_id points event_name category expires_at program), @usual, 'card_number' ],
	usual     => { category => 'regular', event_name => 'points_import' },
	columns   => 'r.event_id, r.points, r.current_points',
	judge     => judge_numbers(qw(points current_points)));

operation(
	name      => 'import_opening_balance',
	choices   => [ 2 => \&random_opening ],
	function  => 'import_opening_balance',
	arguments => [ qw(org customer_id points category expires_at program), @usual, 'card_number' ],
	usual     => { category => 'regular' },
	columns   => 'r.event_id, r.points, r.current_points',
	judge     => judge_numbers(qw(points current_points)));

operation(
	name      => 'change_expiry',
	choices   => [ 4 => \&random_change ],
	function  => 'change_expiry',
	arguments => [ qw(org customer_id lot_id expires_at immediately), @usual, 'card_number' ],
	usual     => { immediately => 'false' },
	columns   => 'r.event_id, ' . us('r.old_expires_at') . ', ' . us('r.new_expires_at') . ', r.expired_points, r.current_points',
	always    => { expires_at => 'NULL' },
	judge     => sub {
		my ($planned, $event, $old, $new, @points) = @_;

		my $want = $planned->{want};
		my $line = join '|', $want->{old} // '~', $want->{new} // '~', map { points_text($want->{$_}) } qw(expired current_points);
		return $line if join('|', $old, $new, map { plain($_) } @points) ne $line;
		return new_id('event', $event) ? undef : 'a new event id';
	});

1;
