# Promised points that become regular when their date has come, trigger-based ones that are unlocked, and accounts that a job
# opens.

package LoyaltyProperty::Conversions;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

# Whether a conversion could take a balance beyond what it holds, which would end the job for all; or later the points
# redeemed, which lifetime points, that do not count conversions, no longer keep in bounds.
sub too_rich
{
	my ($customer) = @_;

	return grep { ($_->{regular}{lifetime} // 0) > LoyaltyModel::MAX / 4 } values %{ $customer->{accounts} };
}

sub random_convert
{
	my ($org) = @_;

	return if grep { too_rich($_) } @{ $org->{customers} };
	my $as_of = weighted(4, undef, 4, $org->{clock} - int(rand(20 * DAY)), 1, $org->{clock}, 1, $org->{clock} + 1);
	my $batch = one_of('', ', batch_size => 1', ', batch_size => 7');
	my $time  = defined $as_of ? literal('as_of', $as_of) : 'NULL';
	my $sql   = "CALL loyalty.convert_promised_points(@{[quoted($org->{org})]}, $time$batch)";
	plan_call('convert', $org, undef, {}, $org->convert_promised_points($as_of), sql => $sql);
	return;
}

# The accounts of the youngest program, of all customers who are older than it.
sub random_opening
{
	my ($org) = @_;

	my $program = $org->{programs}[-1]{name};
	my $batch = one_of('', ', batch_size => 1', ', batch_size => 7');
	my $sql = "CALL loyalty.open_program_accounts(@{[quoted($org->{org})]}, @{[quoted($program)]}$batch)";
	plan_call('open', $org, undef, {}, $org->open_program_accounts($program), sql => $sql);
	return;
}

# A trigger-based award, found by its place among those of the program, as its id is known to the database alone.
sub random_unlock
{
	my ($org) = @_;

	my $customer = some_mover($org) or return;
	my @places = map {
		my $program = $_;
		map { [ $program, $_ ] } 0 .. $#{ ($customer->{accounts}{$program} // {})->{trigger_based}{lots} // [] }
	} sort keys %{ $customer->{accounts} };
	return if !@places || too_rich($customer);
	my ($program, $nth) = @{ one_of(@places) };
	my $lot = "(SELECT lot_id FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (org_id, program_id)"
	  . " WHERE l.customer_id = $customer->{id} AND p.program = '$program' AND l.category = 't'"
	  . " ORDER BY lot_id OFFSET $nth LIMIT 1)";
	my $time = some_time($org, $customer);
	my $tag  = new_tag();
	my %given = (event_time => $time, idempotency_key => chance(0.4) ? "key $tag" : undef);
	my $want = $org->unlock($tag, $customer->{handle}, %given, program => $program, nth => $nth);
	my $sql  = "SELECT r.lot_count, r.points, r.current_points FROM loyalty.unlock_promised_points(@{[quoted($org->{org})]}, $customer->{id},"
	  . " lot_id => $lot" . join('', map { ", $_ => " . literal($_, $given{$_}) } grep { defined $given{$_} } sort keys %given) . ') r';
	plan_call('unlock', $org, $customer->{handle}, \%given, $want, tag => $tag, sql => $sql);
	return;
}

operation(
	name      => 'convert',
	choices   => [ 0.8 => \&random_convert ],
	procedure => 1);

# Seldom: afterwards nobody is older than the program.
operation(
	name      => 'open',
	choices   => [ 0.15 => \&random_opening ],
	procedure => 1);

operation(
	name    => 'unlock',
	choices => [ 3 => \&random_unlock ],
	judge   => sub {
		my ($planned, $lots, @points) = @_;

		my $line = join '|', $planned->{want}{lots}, map { points_text($planned->{want}{$_}) } qw(points current_points);
		return join('|', $lots, map { plain($_) } @points) eq $line ? undef : $line;
	});

1;
