# Loads of bills from a table, batch by batch: each line is as the single call would be, or refused with its SQLSTATE.

package LoyaltyProperty::Loads;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

use constant CUSTOMERS => 30;    # of each org

my @COLUMNS = qw(customer_id mobile transaction_number amount event_time till program points discount registered_on);

# Somebody who is not known yet; the model knows mobiles by their normal form.
sub new_person
{
	my ($org) = @_;

	my $n = $org->{last_person}++;
	my %person = (mobile => mobile($n), first_name => "P$n");
	push @{ $org->{people} }, \%person;
	return { mobile => $person{mobile}, is_new => 1 };
}

# A line: whom it is about, its bill, and what it says in the table.
sub some_line
{
	my ($org, $whom) = @_;

	my $customer = defined $whom->{handle} ? $org->{customers}[ $whom->{handle} ] : undef;
	my $time = $customer ? some_time($org, $customer) // $org->{clock} : $org->{clock} - int(rand(20 * DAY));
	my %bill = (
		event_time         => $time,
		transaction_number => sprintf('L/%06d', ++$org->{last_number}),
		amount             => points_text(between(0, 300) * one_of(1000, 500, 10)));
	$bill{till}     = one_of(sort keys %{ $org->{tills} })       if chance(0.4);
	$bill{program}  = one_of(@{ $org->{programs} })->{name}      if chance(0.6);
	$bill{discount} = points_text(between(0, 5000))              if chance(0.2);
	$bill{points}   = some_points($org->_award_program(\%bill)->{decimals}) if chance(0.2);
	delete $bill{points} if $customer && !$customer->{loyal};
	take_number($org, \%bill) if chance(0.05);
	my %line = (%$whom, bill => \%bill);
	$line{registered_on} = $time - int(rand(DAY)) if $whom->{is_new} && chance(0.2);
	spoil_line(\%line) if $customer && !defined $customer->{into} && chance(0.12);
	return \%line;
}

# Gives a bill the number of another one.
sub take_number
{
	my ($org, $bill) = @_;

	my ($till, $number) = split /\0/, one_of(sort keys %{ $org->{numbers} }) // return;
	delete @$bill{qw(till points)};
	$bill->{till} = $till if length $till;
	$bill->{transaction_number} = $number;
	return;
}

# What refuses a line, whoever it is about.
sub spoil_line
{
	my ($line) = @_;

	my ($state, %over) = @{
		one_of(
			[ 'LY413', amount => '-1' ], [ 'LY413', amount => '0.0001' ], [ 'LY402', amount => 'NaN' ],
			[ 'LY006', till => 'nosuch' ], [ 'LY007', program => 'nosuch' ], [ 'LY107', customer_id => one_of(-1, 0) ],
			[ 'LY102', mobile => 'no digits' ], [ 'LY101', mobile => undef ]) };
	$line->{err} = $state;
	delete $line->{bill}{$_} for qw(till program points);
	if (exists $over{mobile} || exists $over{customer_id})
	{
		delete @$line{qw(customer_id mobile)};
		$line->{$_} = $over{$_} for grep { defined $over{$_} } keys %over;
	}
	else
	{
		$line->{bill}{$_} = $over{$_} for keys %over;
	}
	return;
}

sub line_sql
{
	my ($line) = @_;

	my %value = (%{ $line->{bill} }, map { $_ => $line->{$_} } qw(customer_id mobile registered_on));
	return "($line->{line_no}, "
	  . join(', ', map { !defined $value{$_} ? 'NULL' : $_ eq 'customer_id' ? $value{$_} : literal($_, $value{$_}) } @COLUMNS) . ')';
}

sub random_load
{
	my ($org) = @_;

	my @whom;
	for my $customer (grep { $_ && $_->{registered_on} <= $org->{clock} && !$_->{rich} } map { some_customer($org) } 1 .. between(1, 3))
	{
		my ($mobile) = map { substr $_, 7 } grep { /^mobile=/ && $org->{owner}{$_} == $customer->{handle} } sort keys %{ $org->{owner} };
		my @named = ({ customer_id => $customer->{id} }, defined $mobile ? { mobile => $mobile } : ());
		push @whom, map { { handle => $customer->{handle}, %$_ } } chance(0.3) ? @named : one_of(@named);
	}
	push @whom, new_person($org) if @{ $org->{customers} } < CUSTOMERS && chance(0.5);
	my $merged = one_of(grep { defined $_->{into} } @{ $org->{customers} });
	push @whom, { handle => $merged->{handle}, customer_id => $merged->{id} } if $merged && chance(0.1);
	return unless @whom;

	my @lines = map { some_line($org, one_of(@whom)) } 1 .. between(1, 12);
	$lines[1] = { %{ $lines[0] }, bill => { %{ $lines[0]{bill} } } } if @lines > 1 && chance(0.2);    # its number comes twice
	my $before = $org->{last_line} // 0;
	$_->{line_no} = $org->{last_line} = ($org->{last_line} // 0) + between(1, 3) for @lines;
	my @new = map { $_->{mobile} } grep { $_->{is_new} } @lines;
	my $size = one_of(1, 2, 5, 1000);
	my $known = @{ $org->{customers} };
	my $errors = $org->load_transactions($size, @lines);
	my @created = $known .. $#{ $org->{customers} };

	my $code = $org->{org};
	my $sql = "INSERT INTO public.roll_$code (line_no, " . join(', ', @COLUMNS) . ') VALUES ' . join(', ', map { line_sql($_) } shuffle(@lines))
	  . ";\nCALL loyalty.load_transactions('$code', 'public.roll_$code', $size)";
	plan_call('load', $org, undef, {}, {}, sql => $sql);
	my $check = "SELECT (SELECT string_agg(line_no || ' ' || error_code, ',' ORDER BY line_no) FROM loyalty.transaction_load_errors"
	  . " WHERE org = '$code' AND line_no > $before), "
	  . (@created ? "loyalty.find_customer('$code', 'mobile', '$new[0]')" : 'NULL');
	plan_call('loaded', $org, undef, {},
		{ errors => join(',', map { "$_ $errors->{$_}" } sort { $a <=> $b } keys %$errors), created => $created[0] }, sql => $check);
	return;
}

operation(
	name      => 'load',
	choices   => [ 1.2 => \&random_load ],
	procedure => 1);

operation(
	name  => 'loaded',
	judge => sub {
		my ($planned, $errors, $id) = @_;

		my $want = $planned->{want};
		my $line = length $want->{errors} ? $want->{errors} : '~';
		return "refused: $line" if $errors ne $line;
		return undef unless defined $want->{created};
		$planned->{org}{customers}[ $want->{created} ]{id} //= $id;
		return $id =~ /^\d+$/ ? undef : 'a customer';
	});

1;
