# Earning and redeeming, by themselves and by customers who are not enrolled.

package LoyaltyProperty::Points;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

sub random_earn
{
	my ($org, $spoiled) = @_;

	my $customer = some_member($org) or return;
	my %given = (event_time => some_time($org, $customer));
	$given{program}    = one_of(@{ $org->{programs} })->{name} if $spoiled || chance(0.75);
	$given{till}       = one_of(sort keys %{ $org->{tills} }) if chance(0.3);
	$given{category}   = one_of(@LoyaltyModel::CATEGORIES) if chance(0.4);
	$given{event_name} = one_of(qw(points_award goodwill generic_event bulk_award target_completed)) if chance(0.2);
	$given{source}     = 'ECOMMERCE' if chance(0.1);
	$given{reason}     = q(it's a reason) if chance(0.1);
	my $time    = $given{event_time} // $org->{clock};
	my $program = $org->_award_program(\%given);
	$given{points} = some_points($program->{decimals});
	$given{expires_at} = $time + one_of(1, SECOND, between(1, 50 * DAY), between(1, 50 * DAY)) if chance(0.25);
	$given{redeemable_from} = $time + one_of(0, 1, between(-DAY, 10 * DAY), between(0, 30 * DAY)) if chance(0.15);

	if ($spoiled)
	{
		delete $given{category};
		$given{program} = $org->{programs}[1]{name};    # no fixed date that would be refused first
		$given{points}  = some_points(0);
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			point_errors($org->{programs}[1]{decimals}),
			[ 'LY003', {}, { category        => "'gold'" } ],
			[ 'LY415', {}, { event_name      => "'nosuch'" } ],
			[ 'LY415', {}, { event_name      => "'customer_registration'" } ],
			[ 'LY015', {}, { expires_at      => "'infinity'" } ],
			[ 'LY015', {}, { redeemable_from => "'-infinity'" } ],
			[ undef, { expires_at => $time - one_of(0, 1, DAY) } ]);
		delete $spoiled_given->{expires_at}
		  if defined $spoiled_given->{event_time} && defined $given{expires_at};
		return write_call('earn', $org, $customer, $spoiled_given, $raw);
	}
	$given{points} = '999999999999999.999' if $customer->{rich} && chance(0.05);
	if ($customer->{rich} && thousandths($given{points}) > 1_000_000_000)
	{
		$given{program}  = $org->{programs}[3]{name};    # keeps three decimals
		$given{category} = 'regular';
	}
	return write_call('earn', $org, $customer, \%given);
}

sub random_redeem
{
	my ($org, $spoiled) = @_;

	my $customer = some_member($org) or return;
	my %given = (event_time => some_time($org, $customer));
	if ($spoiled || chance(0.6))
	{
		my @held = grep { $customer->{accounts}{$_}{regular}{balance} } sort keys %{ $customer->{accounts} };
		$given{program} = @held && chance(0.85) ? one_of(@held) : one_of(@{ $org->{programs} })->{name};
	}
	$given{till} = one_of(sort keys %{ $org->{tills} }) if chance(0.2);
	$given{reason} = 'a gift' if chance(0.1);
	my @accounts = $org->redeem_accounts($customer, $given{program});
	my $decimals =
	  max(map { $_->{decimals} } defined $given{program} ? $org->{program}{ $given{program} } : @{ $org->{programs} });
	my $step      = 10**(3 - $decimals);
	my $time      = $given{event_time} // $org->{clock};
	my $available = $org->available(\@accounts, LoyaltyModel::_effective($time, @accounts));
	$available -= $available % $step;

	if ($spoiled)
	{
		$given{points} = $available ? points_text($step) : '1';
		return if $available < $step;
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			point_errors($decimals),
			[ 'LY411', {}, { transaction_number => "'nosuch'" } ],
			[ 'LY405', { points => points_text($available + $step) } ]);
		return write_call('redeem', $org, $customer, $spoiled_given, $raw);
	}
	if (chance(0.15))
	{
		my @own = grep { $org->{numbers}{$_} == $customer->{handle} } sort keys %{ $org->{numbers} };
		if (@own)
		{
			my ($till, $number) = split /\0/, one_of(@own);
			$given{transaction_number} = $number;
			delete $given{till};
			$given{till} = $till if length $till;
		}
	}
	$given{points} =
	    $available < $step ? some_points($decimals)
	  : weighted(
		50, sub { some_points($decimals, $available) },
		20, sub { some_points($decimals, min($available, 20_000)) },
		18, sub { points_text($available) },
		12, sub { points_text($available + $step) })->();
	return write_call('redeem', $org, $customer, \%given);
}

# Somebody who is not enrolled has no points.
sub random_guest
{
	my ($org) = @_;

	my $customer = one_of(grep { !$_->{loyal} && defined $_->{id} } @{ $org->{customers} }) or return;
	return plan_balance($org, $customer) if chance(0.3);
	return if $customer->{registered_on} > $org->{clock};
	return write_call(one_of('earn', 'redeem'), $org, $customer, { points => '1', program => 'base' });
}

# What both answer: a new event, the points and the regular balance after it.
sub judge_points
{
	my ($planned, $event, $points, $current) = @_;

	my $want = $planned->{want};
	my $line = points_text($want->{points}) . '|' . points_text($want->{current_points});
	return $line if plain($points) . '|' . plain($current) ne $line;
	return new_id('event', $event) ? undef : 'a new event id';
}

# The same arguments in another function.
sub other_call
{
	my ($other) = @_;

	return sub {
		my ($given) = @_;
		delete @$given{qw(category event_name expires_at redeemable_from transaction_number)};
		return $other;
	};
}

operation(
	name      => 'earn',
	choices   => [ 27 => sub { random_earn($_[0], 0) }, 4 => sub { random_earn($_[0], 1) }, 0.5 => \&random_guest ],
	function  => 'earn_points',
	arguments => [
		qw(org customer_id points program category event_name event_time expires_at redeemable_from till reason
		  idempotency_key source)
	],
	columns => 'r.event_id, r.lot_id, r.points, r.current_points, ' . us('r.expires_at'),
	judge   => sub {
		my ($planned, $event, $lot, $points, $current, $expires) = @_;

		my $wanted = $planned->{want}{expires_at} // '~';
		return "expires_at $wanted" if $expires ne $wanted;
		return 'a new lot id' unless new_id('lot', $lot);
		return judge_points($planned, $event, $points, $current);
	},
	changed => other_call('redeem'));

operation(
	name      => 'redeem',
	choices   => [ 19 => sub { random_redeem($_[0], 0) }, 3 => sub { random_redeem($_[0], 1) } ],
	function  => 'redeem_points',
	arguments => [
		qw(org customer_id points program event_time till transaction_number reason idempotency_key source)
	],
	columns => 'r.event_id, r.redemption_id, r.points, r.current_points',
	judge   => sub {
		my ($planned, $event, $redemption, $points, $current) = @_;

		return 'a redemption id of six characters' if $redemption !~ /^[0-9A-Za-z]{6}$/;
		return 'a redemption id of its own'
		  if $world->{redemption_ids}{"$planned->{org}{org} $planned->{handle} $redemption"}++;
		return judge_points($planned, $event, $points, $current);
	},
	changed => other_call('earn'));

1;
