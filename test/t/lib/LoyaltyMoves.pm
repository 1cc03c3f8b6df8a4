package LoyaltyModel;

# The model of reversals, transfers, corrections, imports and changes of expiry: methods of LoyaltyModel like the others.

use strict;
use warnings;
use integer;

use LoyaltyModel;


sub _step { my ($self, $account) = @_; return (1000, 100, 10, 1)[ $self->{program}{ $account->{program} }{decimals} ]; }

# Lets draws take what they can of some points; answers what is left.
sub _take
{
	my ($self, $draws, $points, $step) = @_;

	for my $draw (@$draws)
	{
		my $own = $self->_step($draw->{account});
		next if $step && $own != $step;
		my $part = $points - $points % $own;
		my $left = $draw->{drawn} - $draw->{back};
		$draw->{now} = $part < $left ? $part : $left;
		$points -= $draw->{now};
	}
	return $points;
}

# What was drawn last goes back first; whole points go first where programs of different decimals leave a fraction.
sub _share
{
	my ($self, $draws, $points) = @_;

	return 0 unless $self->_take($draws, $points, 0);
	$points = $self->_take($draws, $points, $_) for 1000, 100, 10, 1;
	return $points;
}

# What a redemption drew, the last draw first.
sub _last_first
{
	my ($redemption) = @_;

	no integer;
	return sort {
		my ($one, $two) = ($a->{lot}, $b->{lot});
		(defined $one->{expires} <=> defined $two->{expires})
		  || (defined $one->{expires} ? $two->{expires} <=> $one->{expires} : 0)
		  || $two->{awarded} <=> $one->{awarded}
		  || $two->{id} <=> $one->{id}
	} @{ $redemption->{draws} };
}

# The lots that points of some draws come back to, in an account: each the lot that had paid, as far as it still carries the
# points as redeemed, and for the rest a new one of the same age and expiry.
sub _put_into_lots
{
	my ($self, $account, @back) = @_;

	my (@puts, %put);
	for my $draw (@back)
	{
		my $lot = $draw->{lot};
		my $into = sub { return $put{"$lot $_[0]"} //= do { push @puts, { lot => $_[1]->(), paid => $lot, points => 0, new => $_[0] }; $puts[-1] } };
		my $moved = $lot->{redeemed} < $draw->{now} ? $lot->{redeemed} : $draw->{now};
		my $itself = $into->(0, sub { $lot });
		_move($lot, 'redeemed', 'remaining', $moved);
		$itself->{points} += $moved;
		if ($draw->{now} > $moved)
		{
			my $beside = $into->(1, sub {
				push @{ $account->{lots} },
				  { id => $self->{next_lot}++, account => $account, owner => $account->{owner}, points => 0, remaining => 0,
					redeemed => 0, expired => 0, map { $_ => $lot->{$_} } qw(expires rolling redeemable awarded type) };
				$account->{lots}[-1];
			});
			$beside->{$_} += $draw->{now} - $moved for 'points';
			$beside->{lot}{$_} += $draw->{now} - $moved for qw(points remaining);
		}
		$draw->{back} += $draw->{now};
	}
	return grep { $_->{points} } @puts;
}

# What returns claim of the lots comes first, then arrears, by points that nobody claims before others, those of new lots first. Answers what was
# settled and what paid arrears.
sub _settle
{
	my ($self, $account, $event, $effective, @puts) = @_;

	my ($settled, $paid, $again) = (0, 0, 0);
	for my $put (@puts)
	{
		my $root = _root_of($put->{paid});
		my $open = $root->{claimed} // 0;
		$put->{settled} = $open < $put->{points} ? $open : $put->{points};
		$root->{claimed} -= $put->{settled} if $put->{settled};
		$root->{covered} += $put->{settled} if $put->{settled} && $put->{new};
		$settled += $put->{settled};
	}
	for my $pair ((map { [ $_, $_->{points} - $_->{settled} ] } (grep { $_->{new} } @puts), grep { !$_->{new} } @puts), map { [ $_, $_->{settled} ] } @puts)
	{
		my ($put, $points) = @$pair;
		my $pays = $account->{arrears} < $points ? $account->{arrears} : $points;
		_move($put->{lot}, 'remaining', 'arrears_paid', $pays);
		$account->{arrears} -= $pays;
		$paid += $pays;
	}
	return (0, $paid) unless $settled;
	for my $put (grep { $_->{settled} } @puts)
	{
		my $there = $put->{lot}{remaining} < $put->{settled} ? $put->{lot}{remaining} : $put->{settled};
		_move($put->{lot}, 'remaining',    'returned', $there);
		_move($put->{lot}, 'arrears_paid', 'returned', $put->{settled} - $there);
		$again += $put->{settled} - $there;
	}
	$account->{arrears} += $again;
	$self->_post($account, $event, 'debit', $settled, $effective, 'returned');
	return ($settled, $paid - $again);
}

# Posts what was shared out over draws of some redemptions, by one credit for each account. Answers what expires at once,
# what paid arrears, what settled claims, and all of it.
sub _put_back
{
	my ($self, $event, $effective, $accounts, @draws) = @_;

	my ($expired, $paid, $settled, $all) = (0, 0, 0, 0);
	for my $account (@$accounts)
	{
		my @back = grep { $_->{account} == $account && $_->{now} } @draws;
		my $sum  = 0;
		$sum += $_->{now} for @back;
		next unless $sum;
		$self->_post($account, $event, 'credit', $sum, $effective, 'redeemed');
		$account->{entries}[-1]{reverses} = [ map { [ $_->{event}, $_->{now} ] } @back ];
		my @puts = $self->_put_into_lots($account, @back);
		my ($more_settled, $more_paid) = $self->_settle($account, $event, $effective, @puts);
		$settled += $more_settled;
		$paid    += $more_paid;
		$all     += $sum;
		for my $lot (map { $_->{lot} } @puts)
		{
			$expired += $lot->{remaining} if defined $lot->{expires} && $lot->{expires} <= $effective;
		}
	}
	return ($expired, $paid, $settled, $all);
}

sub reverse_redemption
{
	my ($self, $tag, $handle, %given) = (@_, call => 'reverse');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my ($points, $error) = (0);
	($points, $error) = _judge_points($given{points}, 3, 0) if defined $given{points};
	return { err => $error } if $error;
	my $redemption = $customer->{redemptions}[ $given{redemption_event_id}{number} ];
	$time  = $self->_time(\%given, $time, $redemption->{time});
	$error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;

	my @draws = _last_first($redemption);
	my $left = 0;
	$left += $_->{drawn} - $_->{back} for @draws;
	my $wanted = defined $given{points} ? $points : $left;
	return { err => 'LY433' } if $time < $redemption->{time};
	return { err => 'LY432' } if $wanted > $left || !$wanted;
	return { err => 'LY403' } if $self->_share(\@draws, $wanted);

	my %programs = map { $_->{account}{program} => 1 } @draws;
	my @accounts = $self->redeem_accounts($customer, keys %programs == 1 ? keys %programs : undef);
	my $effective = $self->_effective($time, @accounts);
	$self->_bring_up($customer, \@accounts, $effective);
	my $event = $self->_event($customer, 'points_redemption_reversal', $time);
	my ($expired, $paid, $settled) = $self->_put_back($event, $effective, \@accounts, @draws);
	$self->_expire($customer, \@accounts, $effective);
	my $current = 0;
	$current += $_->{balance} for @accounts;
	return _done(
		$customer, $tag,
		\%given,
		{ points         => $wanted,
		  available      => $wanted - $expired - $paid - $settled,
		  expired        => $expired,
		  current_points => $current });
}

sub transfer_points
{
	my ($self, $tag, $handle, %given) = (@_, call => 'transfer');

	my ($giver, $time) = $self->_begin($handle, \%given);
	return $time unless $giver;
	my $receiver = $self->{customers}[ $given{to_customer_id}{handle} ];
	return { err => 'LY435' } if $receiver == $giver;
	$time = $self->_time(\%given, $time, $receiver->{registered_on});
	my $program = $self->_award_program(\%given);
	my $name    = $program->{name};
	my ($points, $error) = _judge_points($given{points}, $program->{decimals}, 0);
	return { err => $error } if $error;
	return { err => 'LY406' } unless $giver->{loyal} && $receiver->{loyal};
	$error = $self->_judge_time($giver, $time, \%given) // $self->_judge_time($receiver, $time, \%given);
	return { err => $error } if $error;
	my @both = map { $_->{accounts}{$name} ? $_->{accounts}{$name}{regular} : () } $giver, $receiver;
	my $effective = $self->_effective($time, @both);
	return { err => 'LY436' } if $self->_transfer_limit($giver, $program, $points, $effective);
	my $rules = $program->{transfer} // {};
	my $seen  = $self->_brought_up($giver, [$name], $effective);
	my @draw  = ($effective, $points, $rules->{exclude_registration_awards} // 1 ? 'registration' : undef);
	my ($missing, @draws) = $self->_draws([ $self->redeem_accounts($seen, $name) ], @draw);
	return { err => 'LY405' } if $missing;
	my $renewed = $self->program_expiry($program, $time);
	return { err => 'LY409' } if $rules->{renew_expiry} && defined $renewed && $renewed <= $time;

	for my $customer ($giver, $receiver)
	{
		$self->_touch($customer, $name);
		$self->_bring_up($customer, [ $customer->{accounts}{$name}{regular} ], $effective);
	}
	($missing, @draws) = $self->_draws([ $self->redeem_accounts($giver, $name) ], @draw) if $seen != $giver;
	my ($from, $to) = map { $_->{accounts}{$name}{regular} } $giver, $receiver;
	my $out = $self->_event($giver, 'points_transfer_out', $time);
	my @given = map { { lot => $_->[1], points => $_->[2], expires => $_->[1]{expires} } } @draws;
	_move($_->{lot}, 'remaining', 'transferred', $_->{points}) for @given;
	$self->_post($from, $out, 'debit', $points, $effective, 'transfer_in_transit');
	$self->_roll($giver, $program, $out, $effective);
	my $in = $self->_event($receiver, 'points_transfer_in', $time);
	$self->_post($to, $in, 'credit', $points, $effective, 'transfer_in_transit');
	$self->_roll($receiver, $program, $in, $effective);
	for my $given (@given)
	{
		my %age =
		  $rules->{renew_expiry}
		  ? (expires => $renewed, rolling => $program->{type} eq 'rolling' ? 1 : 0, awarded => $time)
		  : (expires => $given->{expires}, map { $_ => $given->{lot}{$_} } qw(rolling awarded));
		$self->_new_lot($to, $given->{points}, %age, type => $given->{lot}{type});
	}
	$self->_expire($receiver, [$to], $effective);
	return _done($giver, $tag, \%given, { points => $points, current_points => $from->{balance} });
}

# Takes points by an event that is no activity: corrections, imports. Answers an error or undef.
sub _debit
{
	my ($self, $customer, $program, $category, $points, $event_name, $time, %how) = @_;

	my %involved  = $self->_involved($customer, $program, $category);
	my $effective = $self->_effective($time, values %involved);
	my $seen      = $self->_brought_up($customer, [ $program->{name} ], $effective);
	my %known     = $self->_involved($seen, $program, $category);
	my @payers    = $self->_payers([ $known{$category} // () ], $effective, 1);
	my $there     = 0;
	$there += $_->[1]{remaining} for @payers;
	return 'LY405' if $there < $points && !$how{may_owe};

	$self->_touch($customer, $program->{name});
	%involved = $self->_involved($customer, $program, $category);
	$self->_bring_up($customer, [ values %involved ], $effective);
	@payers = $self->_payers([ $involved{$category} ], $effective, 1);
	my $event = $self->_event($customer, $event_name, $time);
	my $left  = $points;
	for my $lot (map { $_->[1] } @payers)
	{
		my $part = $left < $lot->{remaining} ? $left : $lot->{remaining};
		_move($lot, 'remaining', $how{column}, $part);
		$left -= $part;
	}
	$involved{$category}{arrears} += $left;
	$self->_post($involved{$category}, $event, 'debit', $points, $effective, $how{house});
	return undef;
}

my %KIND = (
	credit            => { event => 'manual_adjustment', house => 'adjusted' },
	debit             => { event => 'manual_adjustment', house => 'adjusted', column => 'adjusted' },
	points_import     => { event => 'points_import',     house => 'imported' },
	redemption_import => { event => 'redemption_import', house => 'redeemed', column => 'redeemed' },
	expiry_import     => { event => 'expiry_import',     house => 'expired', column => 'expired' });

sub _write
{
	my ($self, $tag, $handle, $word, %given) = @_;

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my $kind    = $KIND{$word};
	my $program = $self->_award_program(\%given);
	my ($points, $error) = _judge_points($given{points}, $program->{decimals}, 0);
	return { err => $error } if $error;
	$error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;
	my $category = $given{category} // 'regular';
	if ($kind->{column})
	{
		$error = $self->_debit($customer, $program, $category, $points, $kind->{event}, $time, %$kind);
	}
	else
	{
		($error) = $self->_award($customer, $program, $category, $points, $kind->{event}, $time,
			{ %given, house => $kind->{house} });
	}
	return { err => $error } if $error;
	return _done($customer, $tag, \%given,
		{ points => $points, current_points => $customer->{accounts}{ $program->{name} }{regular}{balance} });
}

sub adjust_points
{
	my ($self, $tag, $handle, %given) = (@_, call => 'adjust');
	return $self->_write($tag, $handle, $given{entry_type}, %given);
}

sub import_points
{
	my ($self, $tag, $handle, %given) = (@_, call => 'import');
	return $self->_write($tag, $handle, $given{event_name} // 'points_import', %given);
}

# Opens the accounts of a program with a balance in one of them.
sub _open_with
{
	my ($self, $customer, $program, $category, $balance, $time, $given) = @_;

	my $expires = defined $given->{expires_at} || $category ne 'regular' ? $given->{expires_at} : $self->program_expiry($program, $time);
	return 'LY409' if $balance > 0 && defined $expires && $expires <= $time;
	my $event = $self->_event($customer, 'points_ledger_bulk_job', $time);
	my $effective = $self->_effective($time, { last => $self->_effective($customer->{registered_on}) });
	for my $each (@LoyaltyModel::CATEGORIES)
	{
		my $account = $customer->{accounts}{ $program->{name} }{$each} = {
			owner => $customer->{handle}, program => $program->{name}, category => $each, last => $effective, entries => [], lots => [],
			map { $_ => 0 } qw(balance lifetime redeemed expired returned arrears) };
		my $points = $each eq $category ? $balance : 0;
		$self->_post($account, $event, 'opening_balance', $points, $effective, $points ? 'imported' : 'opening');
		$account->{arrears} = -$points if $points < 0;
		$self->_new_lot(
			$account, $points,
			expires => $expires,
			redeemable => $category eq 'promised' ? $self->_promise_due($program, $time) : undef,
			rolling => !defined $given->{expires_at} && $category eq 'regular' && $program->{type} eq 'rolling' ? 1 : 0,
			awarded => $time) if $points > 0;
	}
	return undef;
}

sub import_opening_balance
{
	my ($self, $tag, $handle, %given) = (@_, call => 'opening');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	my $program = $self->_award_program(\%given);
	my ($points, $error) = _judge_points($given{points} =~ s/^-//r, $program->{decimals}, 0);
	return { err => $error } if $error;
	$points = -$points if $given{points} =~ /^-/;
	$error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;
	my $category = $given{category} // 'regular';
	my @how = ($customer, $program, $category);
	if (!$customer->{accounts}{ $program->{name} })
	{
		$error = $self->_open_with(@how, $points, $time, \%given);
	}
	elsif ($points > 0)
	{
		($error) = $self->_award(@how, $points, 'points_ledger_bulk_job', $time, { %given, house => 'imported' });
	}
	else
	{
		$error = $self->_debit(@how, -$points, 'points_ledger_bulk_job', $time,
			house => 'imported', column => 'adjusted', may_owe => 1);
	}
	return { err => $error } if $error;
	return _done($customer, $tag, \%given,
		{ points => $points, current_points => $customer->{accounts}{ $program->{name} }{regular}{balance} });
}

# All lots of a customer in the order in which they came.
sub lots_of
{
	my ($self, $customer) = @_;

	no integer;
	return sort { $a->[1]{id} <=> $b->[1]{id} }
	  map { my $account = $_; map { [ $account, $_ ] } @{ $account->{lots} } } accounts_of($customer);
}

sub change_expiry
{
	my ($self, $tag, $handle, %given) = (@_, call => 'change_expiry');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	my ($account, $lot) = @{ ($self->lots_of($customer))[ $given{lot_id}{number} ] };
	$time = $self->_time(\%given, $time, $lot->{awarded});
	my $error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;
	my %involved = $self->_involved($customer, $self->{program}{ $account->{program} }, $account->{category});
	my $effective = $self->_effective($time, values %involved);
	my $due = defined $lot->{expires} && $lot->{expires} <= $effective;
	my $has_come = $account->{category} eq 'promised' && $account->{last} <= $effective
	  && grep { $_->[1] == $lot } map { @$_ } values %{ { _come($customer, $account->{program}, $effective) } };
	return { err => 'LY438' } if !$lot->{remaining} || $due || $has_come;
	my $at_once = ($given{immediately} // '') eq 'true';
	my $new = $at_once ? $effective : $given{expires_at};
	return { err => 'LY409' } if !$at_once && defined $new && $new <= $effective;

	$self->_bring_up($customer, [ values %involved ], $effective);
	my $event = $self->_event($customer, 'expiry_change', $time);
	$self->_post($account, $event, 'memo', 0, $effective, 'adjusted');
	my $old = $lot->{expires};
	my $expired = $at_once ? $lot->{remaining} : 0;
	$lot->{expires} = $new;
	$self->_expire($customer, [$account], $effective);
	return _done($customer, $tag, \%given,
		{ old => $old, new => $new, expired => $expired, current_points => $customer->{accounts}{ $account->{program} }{regular}{balance} });
}

1;
