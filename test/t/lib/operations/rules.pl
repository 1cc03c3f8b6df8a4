# What programs ask of redemptions and transfers, set anew now and then; days that are closed.

package LoyaltyProperty::Rules;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

my @CAPS = qw(per_day per_week per_month);

sub arguments_sql
{
	my (%rules) = @_;

	return join '', map { ", $_ => " . (/^(points|transfers)_per|^[mbl]|^per/ ? points_text($rules{$_}) : $rules{$_} ? 'true' : 'false') }
	  sort keys %rules;
}

# Rules of which each is asked for now and then; none of those that are too tight to be ever met.
sub redemption_rules
{
	my ($program) = @_;

	my $step = 10**(3 - $program->{decimals});
	my %rules;
	$rules{points_per_currency_unit} = one_of(1, 10, 333, 1000, 40_000, 2500) if chance(0.6);
	return %rules if chance(0.4);
	$rules{multiple} = $step * one_of(1, 2, 5, 7) if chance(0.25);
	$rules{minimum}  = one_of(1000, 2500, 7333, $step, between(1, 9) * 1000) if chance(0.25);
	my $part = $rules{multiple} // $step;
	my $least = max(1, int((($rules{minimum} // 0) + $part - 1) / $part)) * $part;
	$rules{maximum}                  = $least + between(0, 100) * 1000 if chance(0.25);
	$rules{balance_required}         = between(1, 60) * 500 if chance(0.2);
	$rules{lifetime_points_required} = between(1, 400) * 1000 if chance(0.3);
	for my $cap (@CAPS)
	{
		$rules{$cap} = $least + between(0, one_of(5, 60)) * 1000 if chance(0.3);
	}
	return %rules;
}

# Somewhat of a contradiction, or a number that is none.
sub wrong_redemption_rules
{
	return @{
		one_of(
			[ 'LY021', 'minimum => 10, maximum => 9.999' ], [ 'LY021', 'minimum => 10, per_week => 9' ],
			[ 'LY021', 'multiple => 10, maximum => 9' ],    [ 'LY021', 'minimum => 0' ],
			[ 'LY021', 'per_month => -1' ],                 [ 'LY402', q(per_day => 'NaN') ],
			[ 'LY403', 'maximum => 1.0001' ],               [ 'LY404', 'maximum => 1000000000000000' ]) };
}

sub transfer_rules
{
	my ($program) = @_;

	my %rules = map { $_ => chance(0.4) ? 1 : 0 } qw(renew_expiry exclude_registration_awards);
	return %rules if chance(0.4);
	my ($points, $number) = (0, 0);
	for my $days (qw(day 7_days 30_days))
	{
		$points += between(1, 60) * 1000;
		$number += between(1, 3);
		$rules{"points_per_$days"}    = $points if chance(0.3);
		$rules{"transfers_per_$days"} = $number if chance(0.3);
	}
	return %rules;
}

sub wrong_transfer_rules
{
	return @{
		one_of(
			[ 'LY021', 'points_per_day => 10, points_per_7_days => 9' ],
			[ 'LY021', 'transfers_per_day => 0' ],
			[ 'LY021', 'transfers_per_7_days => 3, transfers_per_30_days => 2' ]) };
}

sub plan_rules
{
	my ($org, $kind, $rules, $wrong) = @_;

	my $program = chance(0.2) ? $org->{programs}[-1] : one_of(@{ $org->{programs} });    # the last may be young
	my $call = "SELECT count(*) FROM loyalty.set_${kind}_rules(@{[quoted($org->{org})]}, '$program->{name}'";
	if (chance(0.1))
	{
		my ($state, $text) = $wrong->();
		return plan_call("${kind}_rules", $org, undef, {}, { err => $state }, sql => "$call, $text)");
	}
	my %rules = $rules->($program);
	$program->{$kind} = \%rules;
	my %plain = %rules;
	$plain{$_} *= 1000 for grep { /^transfers/ } keys %plain;
	return plan_call("${kind}_rules", $org, undef, {}, {}, sql => $call . arguments_sql(%plain) . ')');
}

sub random_close
{
	my ($org) = @_;

	my $today = LoyaltyModel::local_date($org->{zone}, $org->{clock});
	my $day = weighted(4, undef, 3, $today - 1, 3, $today - between(1, 6), 1, $today, 0.5, $today + between(1, 400));
	return if $today <= ($org->{open_day} // 0) - 1;    # the clock went back
	my $date = defined $day ? quoted(LoyaltyModel::format_date($day)) . '::date' : 'NULL';
	return plan_call('close_day', $org, undef, {}, $org->close_day($day),
		sql => "CALL loyalty.close_day(@{[quoted($org->{org})]}, $date)");
}

operation(
	name    => 'redemption_rules',
	choices => [ 0.8 => sub { plan_rules($_[0], 'redemption', \&redemption_rules, \&wrong_redemption_rules) } ],
	judge   => sub { return $_[1] eq '1' ? undef : 'one row' });

operation(
	name    => 'transfer_rules',
	choices => [ 0.6 => sub { plan_rules($_[0], 'transfer', \&transfer_rules, \&wrong_transfer_rules) } ],
	judge   => sub { return $_[1] eq '1' ? undef : 'one row' });

operation(
	name      => 'close_day',
	choices   => [ 0.6 => \&random_close ],
	procedure => 1,
	judge     => sub {
		my ($planned, $seal) = @_;

		$planned->{org}{seal} = $seal;
		return $seal =~ /^[0-9a-f]{32}$/ ? undef : 'the hash of a seal';
	});

1;
