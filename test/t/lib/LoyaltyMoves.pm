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

# Points that are in a lot again pay arrears first.
sub _pay_arrears
{
	my ($account, $lot, $points) = @_;

	my $paid = $account->{arrears} < $points ? $account->{arrears} : $points;
	_move($lot, 'remaining', 'arrears_paid', $paid);
	$account->{arrears} -= $paid;
	return $paid;
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

# Posts what was shared out over draws. Beyond what a lot still carries as redeemed, which a returned bill may have
# taken, a new lot of the same age and expiry gets it. Answers what expired at once and what paid arrears.
sub _put_back
{
	my ($self, $customer, $draws, $accounts, $time, $effective) = @_;

	my $event = $self->_event($customer, 'points_redemption_reversal', $time);
	$event->{reverses} = $draws->[0]{event};
	my ($expired, $paid) = (0, 0);
	for my $account (@$accounts)
	{
		my @back = grep { $_->{account} == $account && $_->{now} } @$draws;
		my $sum  = 0;
		$sum += $_->{now} for @back;
		next unless $sum;
		$self->_post($account, $event, 'credit', $sum, $effective, 'redeemed');
		for my $draw (@back)
		{
			my $lot   = $draw->{lot};
			my $moved = $lot->{redeemed} < $draw->{now} ? $lot->{redeemed} : $draw->{now};
			my $arrears = 0;
			if ($draw->{now} > $moved)
			{
				my $new = $self->_new_lot($account, $draw->{now} - $moved,
					map { $_ => $lot->{$_} } qw(expires rolling redeemable awarded type));
				$arrears += $new->{arrears_paid};
			}
			_move($lot, 'redeemed', 'remaining', $moved);
			$arrears += _pay_arrears($account, $lot, $moved);
			$paid += $arrears;
			$expired += $draw->{now} - $arrears if defined $lot->{expires} && $lot->{expires} <= $effective;
			$draw->{back} += $draw->{now};
		}
	}
	$self->_expire($customer, $accounts, $effective);
	return ($expired, $paid);
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
	$error = $self->_judge_time($customer, $time);
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
	my $effective = _effective($time, @accounts);
	$self->_expire($customer, \@accounts, $effective);
	my ($expired, $paid) = $self->_put_back($customer, \@draws, \@accounts, $time, $effective);
	my $current = 0;
	$current += $_->{balance} for @accounts;
	return _done(
		$customer, $tag,
		\%given,
		{ points         => $wanted,
		  available      => $wanted - $expired - $paid,
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
	my $program = $self->_award_program(\%given);
	my $name    = $program->{name};
	my ($points, $error) = _judge_points($given{points}, $program->{decimals}, 0);
	return { err => $error } if $error;
	return { err => 'LY406' } unless $giver->{loyal} && $receiver->{loyal};
	$error = $self->_judge_time($giver, $time) // $self->_judge_time($receiver, $time);
	return { err => $error } if $error;
	my @both = map { $_->{accounts}{$name} ? $_->{accounts}{$name}{regular} : () } $giver, $receiver;
	my $effective = _effective($time, @both);
	return { err => 'LY436' } if $self->_transfer_limit($giver, $program, $points, $effective);
	my $rules = $program->{transfer} // {};
	my ($missing, @draws) = $self->_draws([ $self->redeem_accounts($giver, $name) ],
		$effective, $points, $rules->{exclude_registration_awards} ? 'registration' : undef);
	return { err => 'LY405' } if $missing;
	my $renewed = $self->program_expiry($program, $time);
	return { err => 'LY409' } if $rules->{renew_expiry} && defined $renewed && $renewed <= $time;

	for my $customer ($giver, $receiver)
	{
		$self->_touch($customer, $name);
		$self->_expire($customer, [ $customer->{accounts}{$name}{regular} ], $effective);
	}
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
	my $effective = _effective($time, values %involved);
	my @payers    = $self->_payers([ $involved{$category} // () ], $effective, 1);
	my $there     = 0;
	$there += $_->[1]{remaining} for @payers;
	return 'LY405' if $there < $points && !$how{may_owe};

	$self->_touch($customer, $program->{name});
	%involved = $self->_involved($customer, $program, $category);
	$self->_expire($customer, [ values %involved ], $effective);
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
	$error = $self->_judge_time($customer, $time);
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
	for my $each (@LoyaltyModel::CATEGORIES)
	{
		my $account = $customer->{accounts}{ $program->{name} }{$each} = {
			owner => $customer->{handle}, program => $program->{name}, category => $each, last => $time, entries => [], lots => [],
			map { $_ => 0 } qw(balance lifetime redeemed expired returned arrears) };
		my $points = $each eq $category ? $balance : 0;
		$self->_post($account, $event, 'opening_balance', $points, $time, $points ? 'imported' : 'opening');
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
	$error = $self->_judge_time($customer, $time);
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
	  map { my $account = $_; map { [ $account, $_ ] } @{ $account->{lots} } } map { values %$_ } values %{ $customer->{accounts} };
}

sub change_expiry
{
	my ($self, $tag, $handle, %given) = (@_, call => 'change_expiry');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	my ($account, $lot) = @{ ($self->lots_of($customer))[ $given{lot_id}{number} ] };
	my $error = $self->_judge_time($customer, $time);
	return { err => $error } if $error;
	my %involved = $self->_involved($customer, $self->{program}{ $account->{program} }, $account->{category});
	my $effective = _effective($time, values %involved);
	my $due = defined $lot->{expires} && $lot->{expires} <= $effective;
	return { err => 'LY438' } if !$lot->{remaining} || $due;
	my $at_once = ($given{immediately} // '') eq 'true';
	my $new = $at_once ? $effective : $given{expires_at};
	return { err => 'LY409' } if !$at_once && defined $new && $new <= $effective;

	$self->_expire($customer, [ values %involved ], $effective);
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
