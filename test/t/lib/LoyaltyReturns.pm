package LoyaltyModel;

# Returns of bills, for the model: a second implementation of docs/bill.md, return_transaction. A bill remembers its
# amount, its lines and the lots that it brought, and what came back of them.

use strict;
use warnings;
use integer;

use LoyaltyModel;
use LoyaltyMoves;
use Math::BigInt;

# points x part / whole, rounded to whole steps: exactly, whatever the size.
sub share
{
	my ($points, $part, $whole, $step, $rounding) = @_;

	return $points if $part >= $whole;
	my ($steps, $rest) = Math::BigInt->new($points)->bmul($part)->bdiv(Math::BigInt->new($whole)->bmul($step));
	my $half = $rest->copy->bmul(2)->bcmp(Math::BigInt->new($whole)->bmul($step));
	my $up =
	    $rounding eq 'ceiling'   ? !$rest->is_zero
	  : $rounding eq 'floor'     ? 0
	  : $rounding eq 'half_up'   ? $half >= 0
	  : $rounding eq 'half_down' ? $half > 0
	  :                            $half > 0 || ($half == 0 && $steps->is_odd);
	my $share = $steps->numify * $step + ($up ? $step : 0);
	return $share < $points ? $share : $points;
}

sub remember_bill
{
	my ($self, $handle, $given, %bill) = @_;

	my @lines = map { +{ %$_, quantity_back => 0, amount_back => 0, times => 0 } } @{ $bill{lines} // [] };
	push @{ $self->{bills}{$handle}{ $given->{transaction_number} } },
	  { %bill,
		number => $given->{transaction_number},
		till   => $given->{till} // '',
		lines  => \@lines,
		back   => 0,
		kind   => '' };
	return;
}

# The bill of a customer, or of those merged into it, that a call names. Where it names no till, the one without a till is
# meant, or the only one.
# (error), (undef, bill), or (undef, undef) where none is named.
sub _bill_named
{
	my ($self, $customer, $given) = @_;

	my $number = $given->{transaction_number};
	return (undef, undef) unless defined $number;
	my @bills = map { @{ $self->{bills}{ $_->{handle} }{$number} // [] } } _group($customer);
	my $till = $given->{transaction_till};
	my @at = grep { $_->{till} eq ($till // '') } @bills;
	@bills = @at if defined $till || @at;
	return @bills == 1 ? (undef, $bills[0]) : @bills ? 'LY420' : 'LY411';
}

sub _nothing_left
{
	my ($bill) = @_;

	return 1 if $bill->{kind} eq 'whole';
	return $bill->{back} == $bill->{amount} if $bill->{kind} eq 'amount';
	return 0 unless $bill->{kind} eq 'lines';
	return !grep { !$_->{times} || $_->{quantity_back} < $_->{quantity} } @{ $bill->{lines} };
}

# What comes back: (error) or (undef, {kind, amount, complete, lines => {line number => [quantity, amount]}}).
sub _decide_return
{
	my ($bill, $given) = @_;

	my ($amount, $fine) = defined $given->{amount} ? parse_decimal($given->{amount}) : (1, 0);
	return 'LY402' unless defined $amount;
	return 'LY413' if $fine || $amount <= 0;
	return 'LY421' if _nothing_left($bill);
	if (defined $given->{amount})
	{
		return 'LY422' if $bill->{kind} eq 'lines';
		return 'LY421' if $bill->{back} + $amount > $bill->{amount};
		return (undef,
			{ kind => 'amount', amount => $amount, complete => $bill->{back} + $amount == $bill->{amount}, lines => {} });
	}
	my %now;
	if (!defined $given->{line_items})
	{
		for my $n ($bill->{kind} eq 'amount' ? () : 1 .. @{ $bill->{lines} })
		{
			my $line = $bill->{lines}[ $n - 1 ];
			$now{$n} = [ $line->{quantity} - $line->{quantity_back}, $line->{amount} - $line->{amount_back} ]
			  if !$line->{times} || $line->{quantity_back} < $line->{quantity};
		}
		return (undef, { kind => 'whole', amount => $bill->{amount} - $bill->{back}, complete => 1, lines => \%now });
	}
	return 'LY422' if $bill->{kind} eq 'amount';
	while ($given->{line_items} =~ /"line_no": (\d+)(?:, "quantity": ([\d.]+))?/g)
	{
		my ($n, $quantity) = ($1, $2);
		($quantity) = parse_decimal($quantity) if defined $quantity;
		my $line = $n >= 1 && $n <= @{ $bill->{lines} } ? $bill->{lines}[ $n - 1 ] : undef;
		return 'LY414' if !$line || $now{$n};
		my $left = $line->{quantity} - $line->{quantity_back};
		return 'LY421' if $line->{times} && !$left;
		return 'LY414' if defined $quantity && !$quantity;
		return 'LY421' if defined $quantity && $quantity > $left;
		my $after = $line->{quantity_back} + ($quantity // $left);
		my $amount = $after == $line->{quantity} ? $line->{amount}
		  : share($line->{amount}, $after, $line->{quantity}, 1, 'half_up');
		$now{$n} = [ $quantity // $left, $amount - $line->{amount_back} ];
	}
	my ($sum, $back, $open) = (0, 0, 0);
	for my $n (1 .. @{ $bill->{lines} })
	{
		my $line = $bill->{lines}[ $n - 1 ];
		$sum  += $line->{amount};
		$back += $line->{amount_back} + ($now{$n} ? $now{$n}[1] : 0);
		$open++ if $line->{quantity_back} + ($now{$n} ? $now{$n}[0] : 0) < $line->{quantity} || !($now{$n} || $line->{times});
	}
	my $total = !$open ? $bill->{amount} : $back >= $sum && $sum == 0 ? 0 : share($bill->{amount}, $back, $sum, 1, 'half_up');
	return (undef, { kind => 'lines', amount => $total - $bill->{back}, complete => !$open, lines => \%now });
}

# What of a lot's points comes back by a return that was decided.
sub _returned_part
{
	my ($bill, $now, $lot, $program) = @_;

	my ($before, $after, $whole, $complete) =
	  ($bill->{back}, $bill->{back} + $now->{amount}, $bill->{amount}, $now->{complete});
	my $was_complete = 0;
	if ($lot->{line_no} && $now->{kind} ne 'amount' && $bill->{kind} ne 'amount')
	{
		my $line = $bill->{lines}[ $lot->{line_no} - 1 ];
		my $more = $now->{lines}{ $lot->{line_no} };
		($before, $whole) = @$line{qw(quantity_back quantity)};
		$after        = $before + ($more ? $more->[0] : 0);
		$was_complete = $line->{times} && $before >= $whole;
		$complete     = ($line->{times} || $more) && $after >= $whole;
	}
	my $step = TENTHS->[ $program->{decimals} ];
	my $of = sub { $whole ? share($lot->{points}, $_[0], $whole, $step, $program->{rounding}) : 0 };
	return ($complete ? $lot->{points} : $of->($after)) - ($was_complete ? $lot->{points} : $of->($before));
}

sub _left_of
{
	my ($redemption) = @_;

	my $left = 0;
	$left += $_->{drawn} - $_->{back} for @{ $redemption->{draws} };
	return $left;
}

# How much of a redemption that paid for the bill is put back: its share, and with the bill's end all that is left.
sub _share_of_redemption
{
	my ($self, $bill, $now, $redemption) = @_;

	my $left = _left_of($redemption);
	return $left if $now->{complete};
	my %programs = map { $_->{account}{program} => 1 } @{ $redemption->{draws} };
	return 0 if keys %programs > 1;
	my $points = 0;
	$points += $_->{drawn} for @{ $redemption->{draws} };
	my $part = _returned_part($bill, $now, { points => $points }, $self->{program}{ (keys %programs)[0] });
	return $part < $left ? $part : $left;
}

# What becomes of points that come back of a lot, over the lots that it is in today: a promised one goes on as a
# regular one. Unspent points first, then by fate.
sub _fates
{
	my ($points, @lots) = @_;

	my @fates = map { { lot => $_ } } @lots;
	for my $column (qw(remaining redeemed transferred arrears_paid expired))
	{
		for my $fate (@fates)
		{
			my $there = $fate->{lot}{$column} // 0;
			$fate->{$column} = $there < $points ? $there : $points;
			$points -= $fate->{$column};
		}
	}
	return @fates;
}

# Takes points back from one account, as the fates of its lots say.
sub _claw_back
{
	my ($self, $account, $event, $effective, $negative, @plan) = @_;

	my ($expired, $debit, $owed, $restored) = (0, 0, 0, 0);
	$expired += $_->{expired} for @plan;
	$self->_post($account, $event, 'credit', $expired, $effective, 'expired') if $expired;
	for my $fate (@plan)
	{
		my $lot = $fate->{lot};
		_move($lot, 'expired', 'remaining', $fate->{expired});
		my $paid = $account->{arrears} < $fate->{expired} ? $account->{arrears} : $fate->{expired};
		_move($lot, 'remaining', 'arrears_paid', $paid);
		$account->{arrears} -= $paid;
		$restored += $paid;
		$fate->{arrears_paid} += $paid;
		$fate->{remaining} += $fate->{expired} - $paid;
		_move($lot, 'remaining', 'returned', $fate->{remaining});
		$debit += $fate->{remaining};
		$owed += $fate->{$_} // 0 for qw(redeemed transferred arrears_paid claimed);
	}

	# Whoever has points pays, whether they can be spent yet or not.
	my $left = $owed;
	for my $pair ($self->_payers([$account], undef))
	{
		my $lot = $pair->[1];
		my $pays = $lot->{remaining} < $left ? $lot->{remaining} : $left;
		_move($lot, 'remaining', 'arrears_paid', $pays);
		$left -= $pays;
	}
	my $arrears = $negative || $left < $restored ? $left : $restored;
	my $settled = $owed - $left + $arrears;
	return unless $debit + $settled;
	$account->{arrears} += $arrears;
	$self->_post($account, $event, 'debit', $debit + $settled, $effective, 'returned');
	for my $columns ([qw(arrears_paid)], [qw(redeemed transferred)])
	{
		for my $fate (@plan)
		{
			for my $column (@$columns)
			{
				my $moved = $fate->{$column} < $settled ? $fate->{$column} : $settled;
				_move($fate->{lot}, $column, 'returned', $moved);
				$settled -= $moved;
			}
		}
	}
	return;
}

sub return_bill
{
	my ($self, $tag, $handle, %given) = (@_, call => 'return_bill');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my ($error, $bill) = $self->_bill_named($customer, \%given);
	return { err => $error } if $error;
	return { err => 'LY423' } if $time < $bill->{time};
	return { err => 'LY408' } if $time > $self->{clock} + $self->{tolerance};
	($error, my $now) = _decide_return($bill, \%given);
	return { err => $error } if $error;

	my $program = $bill->{program} // $self->{programs}[0];
	my $current = 0;
	my $net     = 0;
	if ($customer->{loyal})
	{
		$self->_touch($customer, $program->{name});
		my %involved = $self->_involved($customer, $program, $bill->{category});
		my $referral = $bill->{referral};
		$involved{referral} = $customer->{accounts}{ $referral->{program}{name} }{regular} if $referral;
		my @paid_by  = grep { _left_of($_) } reverse @{ $bill->{paid_by} // [] };
		my %seen;
		my @taking = grep { !$seen{$_}++ } @paid_by ? $self->redeem_accounts($customer, undef) : (),
		  map { $involved{$_} } sort keys %involved;
		my $effective = _effective($time, @taking);
		$self->_expire($customer, \@taking, $effective);
		for my $redemption (@paid_by)
		{
			my @draws = _last_first($redemption);
			my $wanted = $self->_share_of_redemption($bill, $now, $redemption) or next;
			die 'a fraction that no program keeps' if $self->_share(\@draws, $wanted);
			$self->_put_back($customer, \@draws, \@taking, $time, $effective);
		}
		$self->_return_referral($customer, delete $bill->{referral}, $time, $effective) if $referral && $now->{complete};
		my $event = $self->_event($customer, 'transaction_return', $time);
		my %plan;
		for my $lot (@{ $bill->{lots} })
		{
			my ($first, @more) = _fates(_returned_part($bill, $now, $lot, $program), $lot, grep { $_ } $lot->{went_on});
			push @{ $plan{ $bill->{category} } }, $first;
			push @{ $plan{regular} }, @more;
		}
		$self->_claw_back($involved{$_}, $event, $effective, $program->{negative}, sort { $a->{lot}{id} <=> $b->{lot}{id} } @{ $plan{$_} })
		  for sort keys %plan;
		$current = $involved{regular}{balance};
		$net     = $event->{net};
	}
	else
	{
		$self->_event($customer, 'transaction_return', $time);
	}
	$bill->{back} += $now->{amount};
	$bill->{kind} = $now->{kind} if $bill->{kind} ne 'whole';
	for my $n (keys %{ $now->{lines} })
	{
		my $line = $bill->{lines}[ $n - 1 ];
		$line->{times}++;
		$line->{quantity_back} += $now->{lines}{$n}[0];
		$line->{amount_back}   += $now->{lines}{$n}[1];
	}
	return _done($customer, $tag, \%given, { amount => $now->{amount}, points => -$net, current_points => $current });
}

1;
