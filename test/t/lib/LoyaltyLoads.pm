package LoyaltyModel;

# Loads of bills, for the model: a second implementation of docs/bill.md, load_transactions.

use strict;
use warnings;

use LoyaltyModel;

# Lines in their order, so many a batch: each {line_no, handle or mobile, first_name, bill => {...}}, or {err}. Within a
# batch the bills of each customer go in the order of their time, and whoever is not known is registered at the first of
# them. Answers the errors, line_no => SQLSTATE.
sub load_transactions
{
	my ($self, $batch_size, @lines) = @_;

	my %errors;
	local $self->{loading} = 1;
	while (my @batch = splice @lines, 0, $batch_size)
	{
		my @posted;
		for my $line (sort { $a->{bill}{event_time} <=> $b->{bill}{event_time} || $a->{line_no} <=> $b->{line_no} } @batch)
		{
			$errors{ $line->{line_no} } = $line->{err} if $line->{err};
			push @posted, $line unless $line->{err};
		}
		for my $line (@posted)
		{
			my $handle = $line->{handle} // $self->{owner}{"mobile=$line->{mobile}"};
			$handle //= $self->register(
				undef,
				mobile        => $line->{mobile},
				registered_on => $line->{registered_on} // $line->{bill}{event_time})->{customer};
			$line->{handle} = $handle;
		}
		for my $line (@posted)
		{
			my $answer = $self->bill(undef, $line->{handle}, %{ $line->{bill} });
			$errors{ $line->{line_no} } = $answer->{err} if $answer->{err};
		}
	}
	return \%errors;
}

1;
