package LoyaltyTables;

# The tables of the property test's orgs against the model.

use strict;
use warnings;

use Exporter 'import';
use LoyaltyModel;
use LoyaltyTest;

our @EXPORT = qw(differences us line verify_sql tables_sql wrong_tables);

sub verify_sql
{
	my ($org) = @_;

	return "SELECT count(*) >= 14, string_agg(invariant || ': ' || coalesce(detail, ''), '; ')"
	  . " FILTER (WHERE ok IS NOT TRUE) FROM loyalty.verify_ledger(@{[quoted($org->{org})]}"
	  . ($org->{seal} ? ", expected_seal => '$org->{seal}')" : ')');
}

# The differences between two lists of lines, shortened.
sub differences
{
	my ($got, $want) = @_;

	my %count;
	$count{$_}++ for @$got;
	$count{$_}-- for @$want;
	my @lines = map { ($count{$_} > 0 ? 'got:  ' : 'want: ') . $_ } grep { $count{$_} } sort keys %count;
	splice @lines, 8, @lines - 8, '...' if @lines > 9;
	return join "\n", @lines;
}

sub us { return "(extract(epoch FROM $_[0]) * 1000000)::bigint"; }

sub line { return join '|', map { defined $_ ? $_ : '~' } @_; }

my @COUNTERS = qw(balance lifetime redeemed expired returned arrears);
my @COLUMNS  = qw(points remaining redeemed expired returned transferred merged converted adjusted arrears_paid);
my @CLAIMS   = qw(claimed covered);

sub _trimmed { my ($table, @columns) = @_; return join ', ', map { "trim_scale($table.$_)" } @columns; }

my $accounts_sql = <<"SQL";
SELECT 'account', a.customer_id, p.program, loyalty_data.ledger_word(a.category, 'category'), trim_scale(a.balance),
    trim_scale(a.lifetime_points), trim_scale(a.redeemed_points), trim_scale(a.expired_points),
    trim_scale(a.returned_points), trim_scale(a.arrears), a.last_entry_no, @{[us('a.last_effective_at')]}
FROM loyalty_data.ledger_account a JOIN loyalty_data.program p USING (org_id, program_id) JOIN loyalty_data.org o USING (org_id)
WHERE o.org =
SQL

my $lots_sql = <<"SQL";
SELECT 'lot', l.customer_id, p.program, loyalty_data.ledger_word(l.category, 'category'),
    loyalty_data.ledger_word(l.award_type, 'award_type'), @{[_trimmed('l', @COLUMNS)]},
    trim_scale(coalesce(k.claimed, 0)), trim_scale(coalesce(k.covered, 0)),
    @{[us('l.expires_at')]}, @{[us('l.redeemable_from')]}, @{[us('l.awarded_at')]}
FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (org_id, program_id) JOIN loyalty_data.org o USING (org_id)
LEFT JOIN (SELECT org_id, lot_customer_id AS customer_id, lot_id, sum(claimed) AS claimed, sum(covered) AS covered
    FROM loyalty_data.lot_claim GROUP BY 1, 2, 3) k USING (org_id, customer_id, lot_id)
WHERE o.org =
SQL

sub _model_tables
{
	my ($org) = @_;

	my @lines;
	for my $customer (@{ $org->{customers} })
	{
		for my $account (LoyaltyModel::accounts_of($customer))
		{
			my @names = ($customer->{id}, @$account{qw(program category)});
			push @lines,
			  line('account', @names, (map { LoyaltyModel::format_points($account->{$_} // 0) } @COUNTERS),
				scalar @{ $account->{entries} }, $account->{last});
			push @lines, map {
				my $lot = $_;
				line('lot', @names, $lot->{type}, (map { LoyaltyModel::format_points($lot->{$_} // 0) } @COLUMNS, @CLAIMS), @$lot{qw(expires redeemable awarded)})
			} @{ $account->{lots} };
		}
	}
	return \@lines;
}

# What tells of the tables of an org, and whether they hold.
sub tables_sql
{
	my ($org) = @_;

	my $code = quoted($org->{org});
	return (verify_sql($org), "$accounts_sql $code", "$lots_sql $code");
}

# What verification and tables of each org say, against the model.
sub wrong_tables
{
	my ($orgs, @answers) = @_;

	my @wrong;
	for my $org (@$orgs)
	{
		my ($verified, $accounts, $lots) = splice @answers, 0, 3;
		push @wrong, "verify_ledger($org->{org}): $verified->{state} @{$verified->{rows}}"
		  if "$verified->{state} @{$verified->{rows}}" ne '00000 t|~';
		my $differences = differences([ @{ $accounts->{rows} }, @{ $lots->{rows} } ], _model_tables($org));
		push @wrong, "tables of $org->{org} ($org->{zone}):\n$differences" if $differences ne '';
	}
	return @wrong;
}

1;
