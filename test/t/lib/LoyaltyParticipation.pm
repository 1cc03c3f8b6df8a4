package LoyaltyModel;

# Participations, for the model: a second implementation of docs/participation.md, for a program that asks for one thing, the
# external id.

use strict;
use warnings;
use integer;

use LoyaltyModel;

my %REFUSAL = (none => 'LY801', not_confirmed => 'LY803', deactivated => 'LY804');
my %NO_POINTS = (none => 'no_participant', deactivated => 'participation_deactivated');

# How a customer takes part in a program; unasked where the program does not ask.
sub takes_part
{
	my ($self, $customer, $program) = @_;

	return 'unasked' unless $self->{program}{$program}{asks};
	return $self->{takes}{ $customer->{handle} }{$program} // 'none';
}

# Why points do not come to a customer, or nothing.
sub no_points { return $NO_POINTS{ takes_part(@_) }; }

# Why a customer may not spend points of a program, or nothing.
sub not_spent { return $REFUSAL{ takes_part(@_) }; }

# The accounts that may pay, of those at hand.
sub spendable
{
	my ($self, $customer, @accounts) = @_;

	return grep { !$self->not_spent($customer, $_->{program}) } grep { defined } @accounts;
}

# What happens at the end of each call that changed a customer: who lacks nothing becomes active.
sub _customer_changed
{
	my ($self, $customer) = @_;

	for my $status (values %{ $self->{takes}{ $customer->{handle} } // {} })
	{
		$status = 'active' if $status eq 'not_confirmed' && defined $customer->{held}{external_id};
	}
	return;
}

sub _missing { my ($self, $customer, $status) = @_; return $status eq 'not_confirmed' ? '{external_id}' : '{}'; }

# Who can be asked about a participation: an error, or nothing.
sub _no_participant
{
	my ($customer) = @_;

	return 'LY125' if defined $customer->{into};
	return $customer->{loyal} ? undef : 'LY406';
}

sub enrol_customer
{
	my ($self, $handle, $program) = @_;

	my $customer = $self->{customers}[$handle];
	my $error = _no_participant($customer);
	return { err => $error } if $error;
	return { err => 'LY802' } if $self->takes_part($customer, $program) ne 'none';
	$self->{takes}{$handle}{$program} = 'not_confirmed';
	return $self->activate_participation($handle, $program);
}

sub activate_participation
{
	my ($self, $handle, $program) = @_;

	my $customer = $self->{customers}[$handle];
	my $error = _no_participant($customer);
	return { err => $error } if $error;
	my $status = $self->takes_part($customer, $program);
	return { err => $REFUSAL{$status} } if $NO_POINTS{$status};
	$self->_customer_changed($customer);
	$status = $self->takes_part($customer, $program);
	return { status => $status, missing => $self->_missing($customer, $status) };
}

sub set_participation_status
{
	my ($self, $handle, $program, $status) = @_;

	my $customer = $self->{customers}[$handle];
	my $error = _no_participant($customer);
	return { err => $error } if $error;
	$self->{takes}{$handle}{$program} = $status;
	return {};
}

# A survivor who was deactivated stays so; else it is active where either was, else it takes part where either did.
sub _merge_participations
{
	my ($self, $survivor, $victim) = @_;

	for my $program (grep { $self->{program}{$_}{asks} } sort keys %{ $self->{program} })
	{
		my ($own, $other) = map { $self->takes_part($_, $program) } $survivor, $victim;
		next if $own eq 'deactivated';
		my $after = (grep { $_ eq 'active' } $own, $other) ? 'active' : (grep { $_ eq 'not_confirmed' } $own, $other) ? 'not_confirmed' : $own;
		$self->{takes}{ $survivor->{handle} }{$program} = $after unless $after eq 'none';
	}
	$self->_customer_changed($survivor);
	return;
}

1;
