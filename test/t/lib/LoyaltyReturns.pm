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
		given  => {%$given},
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

# The same for a call that names a bill without returning it: of one that is back as a whole nothing could go back.
sub _open_bill_named
{
	my ($self, $customer, $given) = @_;

	my ($error, $bill) = $self->_bill_named($customer, $given);
	return $bill && _nothing_left($bill) ? 'LY424' : ($error, $bill);
}

sub _nothing_left
{
	my ($bill) = @_;

	return 1 if $bill->{kind} eq 'whole';
	return $bill->{back} == $bill->{amount} if $bill->{kind} eq 'amount';
	return 0 unless $bill->{kind} eq 'lines';
	return !grep { !_takes_off($_) && (!$_->{times} || $_->{quantity_back} < $_->{quantity}) } @{ $bill->{lines} };
}

# Whether a line is below zero: it comes back with the last of the others, and by nothing else.
sub _takes_off
{
	my ($line) = @_;

	return $line->{amount} < 0 || $line->{quantity} < 0;
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
			  if _takes_off($line) || !$line->{times} || $line->{quantity_back} < $line->{quantity};
		}
		return (undef, { kind => 'whole', amount => $bill->{amount} - $bill->{back}, complete => 1, lines => \%now });
	}
	return 'LY422' if $bill->{kind} eq 'amount';
	while ($given->{line_items} =~ /"line_no": (\d+)(?:, "quantity": ([\d.]+))?/g)
	{
		my ($n, $quantity) = ($1, $2);
		($quantity) = parse_decimal($quantity) if defined $quantity;
		my $line = $n >= 1 && $n <= @{ $bill->{lines} } ? $bill->{lines}[ $n - 1 ] : undef;
		return 'LY414' if !$line || $now{$n} || _takes_off($line);
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
		next if _takes_off($line);
		$sum  += $line->{amount};
		$back += $line->{amount_back} + ($now{$n} ? $now{$n}[1] : 0);
		$open++ if $line->{quantity_back} + ($now{$n} ? $now{$n}[0] : 0) < $line->{quantity} || !($now{$n} || $line->{times});
	}
	for my $n ($open ? () : 1 .. @{ $bill->{lines} })
	{
		my $line = $bill->{lines}[ $n - 1 ];
		$now{$n} = [ @$line{qw(quantity amount)} ] if _takes_off($line);
	}
	my $total = !$open ? $bill->{amount} : $back >= $sum && $sum == 0 ? 0 : share($bill->{amount}, $back, $sum, 1, 'half_up');
	return (undef, { kind => 'lines', amount => $total - $bill->{back}, complete => !$open, lines => \%now });
}

# What of a bill, or of one of its lines, is back: (before, after, whole, complete before, complete). A line has a share of its
# own unless amounts of the bill came back.
sub _share_back
{
	my ($bill, $now, $line_no) = @_;

	return ($bill->{back}, $bill->{back} + $now->{amount}, $bill->{amount}, 0, $now->{complete})
	  if !$line_no || $now->{kind} eq 'amount' || $bill->{kind} eq 'amount' || _takes_off($bill->{lines}[ $line_no - 1 ]);
	my $line   = $bill->{lines}[ $line_no - 1 ];
	my $more   = $now->{lines}{$line_no};
	my $before = $line->{quantity_back};
	my $after  = $before + ($more ? $more->[0] : 0);
	return ($before, $after, $line->{quantity}, $line->{times} && $before >= $line->{quantity},
		($line->{times} || $more) && $after >= $line->{quantity});
}

# Splits points over what is left of some parts, in whole steps, by largest remainder; of equal ones the first comes first.
# Gives each part its share as {now}.
sub _split
{
	my ($points, $step, @parts) = @_;

	my $left = Math::BigInt->new(0);
	$left += $_->{left} for @parts;
	$_->{now} = 0 for @parts;
	return if $left->is_zero;
	my $wanted = Math::BigInt->new($points);
	my $give   = sub {
		my ($part, $most) = @_;
		my $given = (sort { $a <=> $b } $most, $points, $part->{left} - $part->{now})[0];
		$part->{now} += $given;
		$points -= $given;
	};
	for my $part (@parts)
	{
		my ($steps, $rest) = ($wanted * $part->{left})->bdiv($left * $step);
		$part->{rest} = $rest;
		$give->($part, $steps->numify * $step);
	}
	my @by_rest = sort { $parts[$b]{rest}->bcmp($parts[$a]{rest}) || $a <=> $b } 0 .. $#parts;
	for my $part (@parts[@by_rest])
	{
		$give->($part, $step) if $points >= $step;
	}
	$give->($_, $points) for @parts;
	return;
}

# What comes back of each lot that the bill brought: lots of a line are one sum, those of the bill another, and all of them one
# where amounts come back. What is back of a sum is rounded once, what is more than before is split.
sub _split_lots
{
	my ($bill, $now, $program) = @_;

	my $step      = TENTHS->[ $program->{decimals} ];
	my $by_amount = $now->{kind} eq 'amount' || $bill->{kind} eq 'amount';
	my %sums;
	for my $lot (@{ $bill->{lots} })
	{
		my $before = ($lot->{claimed} // 0) + ($lot->{covered} // 0);
		$before += $_->{returned} // 0 for _tree_of($lot);
		push @{ $sums{ $by_amount ? 0 : $lot->{line_no} // 0 } }, { lot => $lot, before => $before, left => $lot->{points} - $before };
	}
	for my $line_no (keys %sums)
	{
		my ($points, $before) = (0, 0);
		for my $part (@{ $sums{$line_no} })
		{
			$points += $part->{lot}{points};
			$before += $part->{before};
		}
		my (undef, $after, $whole, undef, $complete) = _share_back($bill, $now, $line_no);
		my $back = $complete ? $points : $whole ? share($points, $after, $whole, $step, $program->{rounding}) : 0;
		_split($back > $before ? $back - $before : 0, $step, @{ $sums{$line_no} });
	}
	return map { @$_ } values %sums;
}

sub _left_of
{
	my ($redemption) = @_;

	my $left = 0;
	$left += $_->{drawn} - $_->{back} for @{ $redemption->{draws} };
	return $left;
}

# Shares out what goes back of redemptions that paid for the bill, the last one first: all that is left with the bill's end,
# else the share of each program that paid alone. Answers their draws.
sub _share_redemptions
{
	my ($self, $bill, $now, @paid_by) = @_;

	my (%of, @draws);
	for my $redemption (@paid_by)
	{
		my %programs = map { $_->{account}{program} => 1 } @{ $redemption->{draws} };
		my $points = 0;
		$points += $_->{drawn} for @{ $redemption->{draws} };
		my $part = { redemption => $redemption, left => _left_of($redemption), points => $points, now => 0 };
		$part->{now} = $part->{left} if $now->{complete};
		push @{ $of{ (keys %programs)[0] } }, $part if keys %programs == 1;
		$redemption->{part} = $part;
	}
	for my $name ($now->{complete} ? () : keys %of)
	{
		my $program = $self->{program}{$name};
		my $step    = TENTHS->[ $program->{decimals} ];
		my $sum     = 0;
		$sum += $_->{points} for @{ $of{$name} };
		my ($before, $after, $whole) = _share_back($bill, $now, 0);
		my ($was, $is) = map { $whole ? share($sum, $_, $whole, $step, $program->{rounding}) : 0 } $before, $after;
		_split($is - $was, $step, @{ $of{$name} });
	}
	for my $redemption (@paid_by)
	{
		my $part = delete $redemption->{part};
		my @own  = _last_first($redemption);
		$_->{now} = 0 for @own;
		die 'a fraction that no program keeps' if $part->{now} && $self->_share(\@own, $part->{now});
		push @draws, @own;
	}
	return @draws;
}

# What becomes of points that come back of a root, over the lots that it is in today: unspent points first, then by fate. Lots
# of customers who were merged since are closed, and what was spent of them is gone. What earlier returns took and no lot shows
# is noted as known before, of closed lots first.
sub _fates
{
	my ($customer, $root, $points) = @_;

	my @spent = qw(redeemed transferred arrears_paid);
	my @fates = map { { lot => $_, closed => $_->{owner} != $customer->{handle}, gone => 0, missing => 0, known => {} } }
	  sort { $a->{id} <=> $b->{id} } _tree_of($root);
	my $there = sub { my ($fate, $column) = @_; return ($fate->{lot}{$column} // 0) - ($fate->{known}{$column} // 0) };
	my $take = sub {
		my ($into, $name, $most, $wanted) = @_;
		my $taken = $most < $$wanted ? $most : $$wanted;
		$into->{$name} += $taken;
		$$wanted -= $taken;
	};
	my $claimed = ($root->{claimed} // 0) + ($root->{covered} // 0);
	for my $closed (1, 0)
	{
		for my $column (@spent)
		{
			$take->($_->{known}, $column, $there->($_, $column), \$claimed) for grep { $_->{closed} == $closed } @fates;
		}
	}
	my @open = grep { !$_->{closed} } @fates;
	$take->($_, 'remaining', $_->{lot}{remaining}, \$points) for @open;
	for my $column (@spent)
	{
		$take->($_, $column, $there->($_, $column), \$points) for @open;
		$take->($_, 'gone',  $there->($_, $column), \$points) for grep { $_->{closed} } @fates;
	}
	$take->($_, 'expired', $_->{lot}{expired}, \$points) for @open;
	$fates[0]{missing} = $points;
	return @fates;
}

# Takes points back from one account, as the fates of its lots say; what nothing pays stays a claim on the lot that was awarded.
sub _claw_back
{
	my ($self, $account, $event, $effective, $negative, @plan) = @_;

	my @columns = qw(remaining redeemed transferred arrears_paid expired gone missing);
	for my $fate (@plan)
	{
		$fate->{$_} //= 0 for @columns;
	}
	@plan = sort { $a->{lot}{id} <=> $b->{lot}{id} } grep { my $fate = $_; grep { $fate->{$_} } @columns } @plan;
	return unless @plan;
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
		$owed += $fate->{$_} for qw(redeemed transferred arrears_paid gone);
	}

	# Whoever has points pays, whether they can be spent yet, or came back due: those are the first to expire.
	my $left = $owed;
	for my $lot (map { $_->[1] } $self->_payers([$account], undef))
	{
		my $pays = $lot->{remaining} < $left ? $lot->{remaining} : $left;
		_move($lot, 'remaining', 'arrears_paid', $pays);
		$left -= $pays;
	}
	my $arrears = $negative || $left < $restored ? $left : $restored;
	my $settled = $owed - $left + $arrears;
	$account->{arrears} += $arrears;
	$self->_post($account, $event, $debit + $settled ? 'debit' : 'memo', $debit + $settled, $effective, $debit + $settled ? 'returned' : 'adjusted');
	for my $columns ([qw(arrears_paid)], [qw(redeemed transferred)])
	{
		for my $fate (grep { !$_->{closed} } @plan)
		{
			for my $column (@$columns)
			{
				my $moved = $fate->{$column} < $settled ? $fate->{$column} : $settled;
				_move($fate->{lot}, $column, 'returned', $moved);
				$settled -= $moved;
				_root_of($fate->{lot})->{claimed} += $fate->{$column} - $moved;
			}
		}
	}
	for my $fate (@plan)
	{
		my $covered = $fate->{gone} < $settled ? $fate->{gone} : $settled;
		$settled -= $covered;
		_root_of($fate->{lot})->{claimed} += $fate->{gone} - $covered;
		_root_of($fate->{lot})->{covered} += $covered + $fate->{missing};
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
	$time = $self->_time(\%given, $time, $bill->{time}, map { $_->{time} } grep { _left_of($_) } @{ $bill->{paid_by} // [] });
	return { err => 'LY423' } if $time < $bill->{time};
	return { err => 'LY408' } if defined $given{event_time} && $time > $self->{clock} + $self->{tolerance};
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
		my $effective = $self->_effective($time, @taking);
		$self->_bring_up($customer, \@taking, $effective);
		my @draws = $self->_share_redemptions($bill, $now, @paid_by);
		my $event = $self->_event($customer, 'transaction_return', $time);
		my ($expired, undef, $settled, $put_back) = $self->_put_back($event, $effective, \@taking, @draws);
		my %plan;
		for my $part (_split_lots($bill, $now, $program))
		{
			for my $fate (_fates($customer, $part->{lot}, $part->{now}))
			{
				push @{ $plan{ $fate->{lot}{account}{category} } }, $fate;
			}
		}
		$self->_claw_back($involved{$_}, $event, $effective, $program->{negative}, @{ $plan{$_} }) for sort keys %plan;
		$net = $event->{net} - $put_back + $settled;
		$self->_expire($customer, \@taking, $effective);
		$self->_return_referral($customer, delete $bill->{referral}, $time, $effective) if $referral && $now->{complete};
		$current = $involved{regular}{balance};
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

# Takes the points of a bill that moves from its customer, as a return of the whole does.
sub _take_moved
{
	my ($self, $customer, $bill, $time) = @_;

	my (undef, $now) = _decide_return($bill, {});
	my $program = $bill->{program};
	return $self->_event($customer, 'transaction_return', $time) unless $program;
	$self->_touch($customer, $program->{name});
	my %involved = $self->_involved($customer, $program, $bill->{category});
	my $effective = $self->_effective($time, values %involved);
	$self->_bring_up($customer, [ map { $involved{$_} } sort keys %involved ], $effective);
	my $event = $self->_event($customer, 'transaction_return', $time);
	my %plan;
	for my $part (_split_lots($bill, $now, $program))
	{
		push @{ $plan{ $_->{lot}{account}{category} } }, $_ for _fates($customer, $part->{lot}, $part->{now});
	}
	$self->_claw_back($involved{$_}, $event, $effective, $program->{negative}, @{ $plan{$_} }) for sort keys %plan;
	return $event;
}

# The arguments by which a bill would have been rung up for another customer: with the points that it brought. One that
# brought none says nothing of points or their category, if its customer could not earn, or that there are none.
sub _rung_up_again
{
	my ($bill, $could_earn) = @_;

	my %again = (%{ $bill->{given} }, event_time => $bill->{time});
	delete @again{qw(idempotency_key card_number)};
	$again{program} = $bill->{program}{name} if $bill->{program};
	return %again if $bill->{program};
	delete @again{qw(program points bill_promotion_points category)};
	$again{line_items} =~ s/, "(?:promotion_)?points": "?[\d.]+"?//g if defined $again{line_items};
	$again{points} = '0' if $could_earn;
	return %again;
}

# Tells whether a customer had a bill before, and points of it are still claimed.
sub _owes
{
	my ($customer, $bill) = @_;

	my %own = map { $_->{handle} => 1 } _group($customer);
	while ($bill = $bill->{before})
	{
		return 1 if grep { $own{ $_->{owner} } && ($_->{claimed} // 0) > 0 } @{ $bill->{lots} };
	}
	return 0;
}

# A bill that was booked for the wrong customer: a return of it, and the bill of the other one.
sub move_bill
{
	my ($self, $tag, $handle, %given) = (@_, call => 'move_bill');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	my $to = $self->{customers}[ $given{to_customer_id}{handle} ];
	return { err => 'LY435' } if $to == $customer;
	my ($error, $bill) = $self->_bill_named($customer, \%given);
	return { err => $error } if $error;
	return { err => 'LY425' } if $bill->{kind} ne '' || $bill->{referral} || grep { _left_of($_) } @{ $bill->{paid_by} // [] };
	return { err => 'LY425' } if _owes($to, $bill);
	return { err => 'LY423' } if defined $given{event_time} && $time < $bill->{time};
	$time = $bill->{time} if $time < $bill->{time};
	return { err => 'LY408' } if defined $given{event_time} && $time > $self->{clock} + $self->{tolerance};
	return { err => 'LY407' } if $bill->{time} < $to->{registered_on} - $self->{tolerance};
	my %again = _rung_up_again($bill, $customer->{loyal} && $bill->{warnings} eq '{}');
	my $event = $self->_take_moved($customer, $bill, $time);
	for my $member (_group($customer))
	{
		my $bills = $self->{bills}{ $member->{handle} } or next;
		next unless $bills->{ $bill->{number} };
		@{ $bills->{ $bill->{number} } } = grep { $_ != $bill } @{ $bills->{ $bill->{number} } };
		delete $bills->{ $bill->{number} } unless @{ $bills->{ $bill->{number} } };
	}
	delete $self->{numbers}{ join "\0", $bill->{till}, $bill->{number} };
	my $booked = $self->bill(undef, $to->{handle}, %again);
	die "a bill that moves is refused: $booked->{err}" if $booked->{err};
	my $moved = $self->{bills}{ $to->{handle} }{ $bill->{number} }[-1];
	@$moved{qw(before came_from)} = ($bill, $customer);
	return _done($customer, $tag, \%given,
		{ from_points => -($event->{net} // 0), to_points => $booked->{points}, map { $_ => $booked->{$_} } qw(current_points warnings) });
}

1;
