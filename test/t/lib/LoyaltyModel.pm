package LoyaltyModel;

# What an org's points ledger must answer, in plain Perl: a second implementation of docs/ledger.md and its
# pages that shares nothing with the extension. Points are integer thousandths, times integer microseconds since 1970 (UTC), dates
# integer days since 1970. A method answers a hash: err => SQLSTATE, or same_as => the tag of the call whose
# answer an idempotent repeat must give again, or the columns of the answer.

use strict;
use warnings;
use integer;

use List::Util qw(max min);
use LoyaltyCalendar;

our @CATEGORIES = qw(regular promised trigger_based);

# House accounts whose debits are counted, and given back by their credits.
my @COUNTERS = qw(redeemed expired returned);

# What arguments are where a call leaves them out, or says NULL, as far as calls here say them; and those that are numbers,
# or have numbers in them.
my %DEFAULT = (
	register      => { loyalty_type => 'loyalty' },
	earn          => { category => 'regular', event_name => 'points_award' },
	bill          => { category => 'regular', source => 'INSTORE' },
	redeem        => { up_to => 'false' },
	return_bill   => { source => 'INSTORE' },
	move_bill     => { source => 'INSTORE' },
	adjust        => { category => 'regular' },
	import        => { category => 'regular', event_name => 'points_import' },
	opening       => { category => 'regular' },
	change_expiry => { immediately => 'false' });
my @NUMBERS = qw(points amount discount referee_points referrer_points bill_promotion_points line_items);

# Arguments that name the second customer of a call about two: by any id of theirs.
my @OTHERS = qw(to_customer_id referrer_id);

# ---- the org

sub new
{
	my ($class, %given) = @_;

	return bless {
		org       => $given{org},
		zone      => $given{zone},
		tolerance => $given{tolerance} // 300 * MICROS,
		clock     => $given{clock},
		programs  => [],
		program   => {},
		tills     => {},
		customers => [],
		owner     => {},
		numbers   => {},
		requests  => {},
		card      => {},
		next_lot  => 1,
	}, $class;
}

# rate in millionths, date in days since 1970
sub add_program
{
	my ($self, $name, %rule) = @_;

	my $program = {
		name     => $name,
		rate     => 1_000_000,
		decimals => 0,
		rounding => 'half_up',
		unit     => 'never',
		type     => 'fixed',
		%rule };
	push @{ $self->{programs} }, $program;
	$self->{program}{$name} = $program;
	return $program;
}

sub add_till
{
	my ($self, $name, $program) = @_;

	$self->{tills}{$name} = { program => $program };
	return;
}

# When points awarded at a time stop being usable by the program's rule; undef: never.
sub program_expiry
{
	my ($self, $program, $time) = @_;

	my $last;
	if ($program->{unit} eq 'never')
	{
		return undef;
	}
	elsif ($program->{unit} eq 'days')
	{
		$last = local_date($self->{zone}, $time) + $program->{value};
	}
	elsif ($program->{unit} eq 'months')
	{
		my ($year, $month) = date_from_days(local_date($self->{zone}, $time));
		my $months = $year * 12 + $month - 1 + $program->{value} + 1;
		return day_start($self->{zone}, days_from_date($months / 12, $months % 12 + 1, 1));
	}
	else
	{
		$last = $program->{date};
	}
	return day_start($self->{zone}, $last + 1);
}

# ---- customers

sub register
{
	my ($self, $tag, %given) = @_;

	my $request;
	if (defined $given{idempotency_key})
	{
		$request = \$self->{requests}{ $given{idempotency_key} };
		my $print = _fingerprint(%given, call => 'register');
		return $$request->{print} eq $print ? { same_as => $$request->{tag} } : { err => 'LY020' } if $$request;
		$request = [ $request, $print ];
	}
	my $loyal = $given{loyalty_type} // 'loyalty';
	my $time  = $given{registered_on} // $self->{clock};
	my ($outcome, $handle);

	return { err => 'LY408' } if $time > $self->{clock} + $self->{tolerance};
	return { err => 'LY003' } if $loyal ne 'loyalty' && defined $given{external_id};
	my ($row, $whom) = $self->_decide(\%given);
	return { err => $row } if $row =~ /^LY/;
	$handle = $whom;
	if (defined $handle)
	{
		my $customer = $self->{customers}[$handle];
		return { err => 'LY109' } if $loyal ne 'loyalty' && $customer->{loyal};
		$outcome = $row eq 'merge' ? 'merged' : 'updated';
		$self->_merge($customer, $self->{customers}[ $self->{owner}{"external_id=$given{external_id}"} ], $self->{clock})
		  if $row eq 'merge';
		$self->_enrol($customer, $time) if $loyal eq 'loyalty' && !$customer->{loyal};
	}
	else
	{
		$outcome = 'created';
		$handle  = @{ $self->{customers} };
		my $customer = {
			handle        => $handle,
			registered_on => $time,
			loyal         => 0,
			accounts      => {},
			events        => 0,
			held          => {},
			keys          => {} };
		push @{ $self->{customers} }, $customer;
		$self->_enrol($customer, $time) if $loyal eq 'loyalty';
	}
	$self->_hold($self->{customers}[$handle], \%given);
	${ $request->[0] } = { tag => $tag, print => $request->[1] } if $request;
	return { customer => $handle, outcome => $outcome };
}

# Whom mobile (the primary) and external id concern: a row's word or an error, and the customer if there is one. A: the
# owner of the mobile; b: of the external id. No update of identifiers is allowed, and nothing is strict or skipped.
sub _decide
{
	my ($self, $given) = @_;

	my ($a, $b) = map { defined $given->{$_} ? $self->{owner}{"$_=$given->{$_}"} : undef } qw(mobile external_id);
	return ('update', $a) if !defined $b || (defined $a && $a == $b);
	my $b_loyal = $self->{customers}[$b]{loyal};
	return $b_loyal ? 'LY111' : ('take over', $b) if !defined $a;
	return ('merge', $a) unless $b_loyal;
	return $self->{customers}[$a]{loyal} ? 'LY108' : 'LY111';
}

# A new mobile replaces the old one, which is free again, unless it came with a merge; another external id than the customer has is not taken.
sub _hold
{
	my ($self, $customer, $given) = @_;

	my $held = $customer->{held};
	if (defined $given->{mobile} && ($self->{owner}{"mobile=$given->{mobile}"} // -1) != $customer->{handle})
	{
		delete $self->{owner}{"mobile=$held->{mobile}"} if defined $held->{mobile};
		$held->{mobile} = $given->{mobile};
	}
	$held->{external_id} //= $given->{external_id};
	for my $type (grep { defined $held->{$_} } qw(mobile external_id))
	{
		$self->{owner}{"$type=$held->{$type}"} = $customer->{handle};
	}
	return;
}

sub _enrol
{
	my ($self, $customer, $time) = @_;

	my $event = $self->_event($customer, 'customer_registration', $time);
	$customer->{loyal} = 1;
	for my $program (@{ $self->{programs} })
	{
		$self->_open($customer, $program->{name}, $_, $time, $event) for @CATEGORIES;
	}
	return;
}

sub _open
{
	my ($self, $customer, $program, $category, $time, $event) = @_;

	$time = $self->{clock} if $time > $self->{clock};
	local $self->{recorded} = $self->{clock};
	my $account = $customer->{accounts}{$program}{$category} = {
		owner    => $customer->{handle},
		program  => $program,
		category => $category,
		balance  => 0,
		lifetime => 0,
		redeemed => 0,
		expired  => 0,
		returned => 0,
		arrears  => 0,
		last     => $time,
		recorded => $self->{clock},
		entries  => [],
		lots     => [] };
	$self->_post($account, $event, 'opening_balance', 0, $time, 'opening');
	return $account;
}

# The accounts of a program that is younger than the customer open when they are first touched, as if they had been
# there from the registration on.
sub _touch
{
	my ($self, $customer, $program) = @_;

	return if $customer->{accounts}{$program};
	my $event = $self->_event($customer, 'customer_registration', $customer->{registered_on});
	$self->_open($customer, $program, $_, $customer->{registered_on}, $event) for @CATEGORIES;
	return;
}

# The accounts of a customer, always in one order: a seed repeats what was chosen from them.
sub accounts_of
{
	my ($customer) = @_;

	my $of = $customer->{accounts};
	return map { my $program = $_; map { $of->{$program}{$_} } sort keys %{ $of->{$program} } } sort keys %$of;
}

# ---- writing

# Numbers are what they are worth, however they are written; a default that is said is one that is left out.
sub _fingerprint
{
	my (%given) = @_;

	my $usual = $DEFAULT{ $given{call} } // {};
	delete @given{@OTHERS};
	for my $name (grep { defined $given{$_} } keys %given)
	{
		delete $given{$name} if !ref $given{$name} && defined $usual->{$name} && $given{$name} eq $usual->{$name};
	}
	for my $name (grep { defined $given{$_} } @NUMBERS)
	{
		$given{$name} =~ s/(?<![\w.])(\d+)\.(\d*?)0+(?!\d)/length $2 ? "$1.$2" : $1/ge;
	}
	return join "\0", map { "$_=$given{$_}" } grep { defined $given{$_} } sort keys %given;
}

sub _event
{
	my ($self, $customer, $name, $time) = @_;

	$customer->{events}++;
	return { name => $name, time => $time, net => 0, serial => $customer->{events} };
}

sub _post
{
	my ($self, $account, $event, $type, $points, $effective, $house) = @_;

	my $signed = $type eq 'debit' ? -$points : $points;
	$account->{balance}  += $signed;
	$account->{lifetime} += $signed if $signed > 0 && ($house eq 'issued' || $house eq 'imported');
	$account->{$house}   -= $signed if grep { $house eq $_ } @COUNTERS;
	die 'effective time runs backwards' if $effective < $account->{last};
	$account->{last}     = $effective;
	$account->{recorded} = $self->{recorded};
	$event->{net} += $signed;
	$event->{entries}++;
	push @{ $account->{entries} },
	  { event     => $event,
		type      => $type,
		points    => $points,
		balance   => $account->{balance},
		lifetime  => $account->{lifetime},
		(map { $_ => $account->{$_} } @COUNTERS),
		effective => $effective,
		day       => $self->_posting_day($effective),
		house     => $house };
	return;
}

# Posts what is due in some accounts at a time: an event for each due instant.
sub _expire
{
	my ($self, $customer, $accounts, $time) = @_;

	my %due;
	for my $account (@$accounts)
	{
		for my $lot (@{ $account->{lots} })
		{
			next if !$lot->{remaining} || !defined $lot->{expires} || $lot->{expires} > $time;
			push @{ $due{ $lot->{expires} }{ $account->{program} }{ $account->{category} } }, [ $account, $lot ];
		}
	}
	for my $instant (sort { $a <=> $b } keys %due)
	{
		my $event = $self->_event($customer, 'points_expiry', $instant);
		for my $program (sort keys %{ $due{$instant} })
		{
			for my $category (sort keys %{ $due{$instant}{$program} })
			{
				my $account;
				my $points = 0;
				for my $pair (@{ $due{$instant}{$program}{$category} })
				{
					my $lot;
					($account, $lot) = @$pair;
					$points += $lot->{remaining};
					_move($lot, 'remaining', 'expired', $lot->{remaining});
				}
				my $effective = $instant > $account->{last} ? $instant : $account->{last};
				$self->_post($account, $event, 'debit', $points, $effective, 'expired');
			}
		}
	}
	return;
}

# An activity in a rolling program moves its open rolling lots.
sub _roll
{
	my ($self, $customer, $program, $event, $effective) = @_;

	return unless $program->{type} eq 'rolling';
	my $account = $customer->{accounts}{ $program->{name} }{regular};
	my $expires = $self->program_expiry($program, $event->{time});
	my @moved   = grep { $_->{remaining} && $_->{rolling} && defined $_->{expires} && $_->{expires} < $expires } @{ $account->{lots} };
	return unless @moved;
	$_->{expires} = $expires for @moved;
	$self->_post($account, $event, 'memo', 0, $effective, 'adjusted');
	return;
}

# What every writing call does first: the answer of an earlier call with this key, the customer, the event time.
# Answers (customer, event_time) or (undef, answer).
sub _begin
{
	my ($self, $handle, $given) = @_;

	my $customer = $self->{customers}[$handle];
	my $earlier  = $self->_earlier($customer, $given);
	return (undef, $earlier) if $earlier;
	return (undef, { err => 'LY125' }) if defined $customer->{into};
	return (undef, { err => 'LY310' })
	  if defined $given->{card_number} && $given->{call} =~ /^(redeem|bill)$/ && !$self->{card}{ $given->{card_number} }{usable};
	return ($customer, $self->_time($given, $customer->{registered_on}));
}

# Who belongs together: the customer, the survivor, the others by their numbers.
sub group_of
{
	my ($self, $customer) = @_;

	my $root = $self->_root($customer->{handle});
	my @others = grep { $_ != $root && $self->_root($_) == $root } 0 .. $#{ $self->{customers} };
	my %seen = ();
	return map { $self->{customers}[$_] } grep { !$seen{$_}++ } $customer->{handle}, $root, @others;
}

sub _root { my ($self, $handle) = @_; return $self->{customers}[$handle]{into} // $handle; }

# What an earlier call with the key says of this one: of the whole group, the same request first, then any other one.
sub _earlier
{
	my ($self, $customer, $given) = @_;

	my $key = $given->{idempotency_key} // return undef;
	my @known = grep { $_ } map { $_->{keys}{$key} } $self->group_of($customer) or return undef;
	for my $first (@known)
	{
		next if $first->{print} ne _fingerprint(%$given);
		my ($one, $two) = map { defined $_ ? $self->_root($_) : -1 } $first->{other}, _other($given);
		return { same_as => $first->{tag} } if $one == $two;
	}
	return { err => 'LY020' };
}

# The second customer of a call about two.
sub _other
{
	my ($given) = @_;

	my ($name) = grep { ref $given->{$_} } @OTHERS;
	return $name ? $given->{$name}{handle} : undef;
}

# The time of a call: as given, else the later of the clock and of what the call refers to.
sub _time
{
	my ($self, $given, @refers_to) = @_;

	my $time = $given->{event_time};
	return $time if defined $time;
	($time) = sort { $b <=> $a } $self->{clock}, @refers_to;
	return $time;
}

# Judges a time that was given; a bill may be older than the registration by as much as clocks differ.
sub _judge_time
{
	my ($self, $customer, $time, $given) = @_;

	return undef unless defined $given->{event_time};
	return 'LY408' if $time > $self->{clock} + $self->{tolerance};
	my $earliest = $customer->{registered_on} - ($given->{call} eq 'bill' ? $self->{tolerance} : 0);
	return 'LY407' if $time < $earliest;
	return undef;
}

sub _done
{
	my ($customer, $tag, $given, $answer) = @_;

	$customer->{keys}{ $given->{idempotency_key} } = { tag => $tag, print => _fingerprint(%$given), other => _other($given) }
	  if defined $given->{idempotency_key};
	return $answer;
}

# Points as an argument: (thousandths, error).
sub _judge_points
{
	my ($text, $decimals, $zero_allowed) = @_;

	my ($points, $fine) = parse_decimal($text);
	return (0, 'LY402') unless defined $points;
	return (0, 'LY401') if $points < 0 || (!$zero_allowed && $points == 0 && !$fine);
	return (0, 'LY404') if $points > MAX;
	return (0, 'LY403') if $fine || $points % TENTHS->[$decimals];
	return ($points, undef);
}

# The one program of a call: named, else the card's, else the till's, else the default.
sub _award_program
{
	my ($self, $given) = @_;

	return $self->{program}{ $given->{program} } if defined $given->{program};
	my $card = defined $given->{card_number} ? $self->{card}{ $given->{card_number} }{program} : undef;
	return $self->{program}{$card} if defined $card;
	my $till = defined $given->{till} ? $self->{tills}{ $given->{till} }{program} : undef;
	return defined $till ? $self->{program}{$till} : $self->{programs}[0];
}

# The programs that may pay: ALL of the org, or the one of the call.
sub paying_programs
{
	my ($self, $given) = @_;

	return ($given->{program} // '') eq 'ALL' ? @{ $self->{programs} } : $self->_award_program($given);
}

# The name of the program that is to pay, or undef where all may.
sub payer
{
	my ($self, $given) = @_;

	return ($given->{program} // '') eq 'ALL' ? undef : $self->_award_program($given)->{name};
}

sub _finest
{
	my ($self, $given) = @_;

	my $decimals = 0;
	for my $program ($self->paying_programs($given))
	{
		$decimals = $program->{decimals} if $program->{decimals} > $decimals;
	}
	return $decimals;
}

# When an event takes effect: not after it is recorded, and not before the last entry of its accounts. Fixes when it is
# recorded: now, or when the clock was set back and an account has a later entry, then.
sub _effective
{
	my ($self, $time, @accounts) = @_;

	$self->_fix_recorded($self->{clock}, @accounts);
	return max(min($time, $self->{recorded}), map { $_->{last} } grep { $_ } @accounts);
}

sub _fix_recorded
{
	my ($self, $at_least, @accounts) = @_;

	$self->{recorded} = max($at_least, map { $_->{recorded} // $at_least } grep { $_ } @accounts);
	return;
}

sub _due
{
	my ($account, $time) = @_;

	my $points = 0;
	for my $lot (@{ $account->{lots} })
	{
		$points += $lot->{remaining} if defined $lot->{expires} && $lot->{expires} <= $time;
	}
	return $points;
}

# Awards points to an account: everything but the checks of arguments. Answers an error, or (undef, lot).
# Promised points begin to age when they are converted, unless the call says when they expire.
sub _award
{
	my ($self, $customer, $program, $category, $points, $event_name, $time, $given) = @_;

	my @parts = @{ $given->{parts} // [ [ $points, $event_name eq 'registration_award' ? 'registration' : 'direct' ] ] };
	$points = 0;
	$points += $_->[0] for @parts;
	my $by_rule = !defined $given->{expires_at} && $category eq 'regular';
	my $expires = $by_rule ? $self->program_expiry($program, $time) : $given->{expires_at};
	return 'LY409' if defined $expires && $expires <= $time;
	return 'LY409' if !$by_rule && !defined $given->{expires_at} && $self->_gone_by_conversion($program, $category, $time, $given);

	my %involved  = $self->_involved($customer, $program, $category);
	my $effective = $self->_effective($time, values %involved);
	if (my $account = $involved{$category})
	{
		return 'LY404' if $account->{lifetime} + $points > MAX && ($given->{house} // '') ne 'adjusted';
		my $seen = $self->_brought_up($customer, [ $program->{name} ], $effective)->{accounts}{ $program->{name} }{$category};
		return 'LY404' if $seen->{balance} - _due($seen, $effective) + $points > MAX;
	}
	$self->_touch($customer, $program->{name});
	%involved = $self->_involved($customer, $program, $category);
	$self->_bring_up($customer, [ values %involved ], $effective);

	my $account = $involved{$category};
	my $event = $self->_event($customer, $event_name, $time);
	my $house = $given->{house} // 'issued';
	$self->_post($account, $event, 'credit', $points, $effective, $house);
	my @lots = map {
		$self->_new_lot(
			$account, $_->[0],
			type       => $_->[1],
			expires    => $expires,
			rolling    => $by_rule && $program->{type} eq 'rolling' ? 1 : 0,
			redeemable => $given->{redeemable_from}
			  // ($category eq 'promised' ? $self->_promise_due($program, $time) : undef),
			awarded    => $time)
	} @parts;
	$self->_roll($customer, $program, $event, $effective) if $house eq 'issued';
	$self->_expire($customer, [$account], $effective);
	return (undef, @lots);
}

# Whether points that are promised, or wait for a trigger, would have expired when they become regular, at the earliest.
sub _gone_by_conversion
{
	my ($self, $program, $category, $time, $given) = @_;

	my $at = $category eq 'promised' ? $given->{redeemable_from} // $self->_promise_due($program, $time) : $time;
	$at = $time if $at < $time;
	my $expires = $self->program_expiry($program, $program->{from_award} ? $time : $at);
	return defined $expires && $expires <= $at;
}

# The lot that a credit brought, which pays arrears first.
sub _new_lot
{
	my ($self, $account, $points, %more) = @_;

	my $lot = {
		id        => $self->{next_lot}++,
		account   => $account,
		owner     => $account->{owner},
		type      => 'direct',
		points    => $points,
		remaining => $points,
		redeemed  => 0,
		expired   => 0,
		%more };
	my $paid = $account->{arrears} < $points ? $account->{arrears} : $points;
	_move($lot, 'remaining', 'arrears_paid', $paid);
	$account->{arrears} -= $paid;
	push @{ $account->{lots} }, $lot;
	return $lot;
}

# A lot goes on as another one: the points of the lot that was awarded, its root, are in that one now.
sub _goes_on
{
	my ($lot, $new) = @_;

	$new->{root} = _root_of($lot);
	push @{ $new->{root}{tree} }, $new;
	return;
}

sub _root_of { my ($lot) = @_; return $lot->{root} // $lot; }

# The lots that the points of a root are in today, or were.
sub _tree_of { my ($root) = @_; return ($root, @{ $root->{tree} // [] }); }

# Moves points between two columns of a lot.
sub _move
{
	my ($lot, $from, $to, $points) = @_;

	$lot->{$from} -= $points;
	$lot->{$to} = ($lot->{$to} // 0) + $points;
	return;
}

# The account posted to and the regular one, as far as they are open.
sub _involved
{
	my ($self, $customer, $program, $category) = @_;

	my $accounts = $customer->{accounts}{ $program->{name} } or return ();
	return map { $_ => $accounts->{$_} } 'regular', $category;
}

sub earn
{
	my ($self, $tag, $handle, %given) = (@_, call => 'earn');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my $program = $self->_award_program(\%given);
	my ($points, $error) = _judge_points($given{points}, $program->{decimals}, 0);
	return { err => $error } if $error;
	return { err => 'LY406' } unless $customer->{loyal};
	$error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;

	my $category = $given{category} // 'regular';
	($error, my $lot) =
	  $self->_award($customer, $program, $category, $points, $given{event_name} // 'points_award', $time, \%given);
	return { err => $error } if $error;
	return _done(
		$customer, $tag,
		\%given,
		{ points         => $points,
		  current_points => $customer->{accounts}{ $program->{name} }{regular}{balance},
		  expires_at     => $lot->{expires} });
}

sub bill
{
	my ($self, $tag, $handle, %given) = (@_, call => 'bill');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my $program = $self->_award_program(\%given);
	my ($amount, $fine) = parse_decimal($given{amount});
	return { err => 'LY402' } unless defined $amount;
	return { err => 'LY413' } if $amount < 0 || $fine;
	return { err => 'LY404' } if $amount > MAX;
	my $points;
	if (defined $given{points})
	{
		($points, my $error) = _judge_points($given{points}, $program->{decimals}, 1);
		return { err => $error } if $error;
	}
	my @lines = _lines($given{line_items});
	if (!defined $points)
	{
		$points = (grep { defined $_->{points} } @lines)
		  ? 0
		  : computed_points($amount, $program->{rate}, $program->{decimals}, $program->{rounding});
	}
	my $error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;

	# Each part of the points is a lot of its own: those of the bill, of its promotion, of its lines.
	my @parts = grep { $_->[0] } [ $points, 'bill', 0 ],
	  [ defined $given{bill_promotion_points} ? (parse_decimal($given{bill_promotion_points}))[0] : 0, 'bill_promotion', 0 ],
	  map {
		([ $lines[$_]{points} // 0, 'line_item', $_ + 1 ],
			[ $lines[$_]{promotion_points} // 0, 'line_item_promotion', $_ + 1 ])
	  } 0 .. $#lines;
	@parts = () unless $customer->{loyal};

	my $number = join "\0", $given{till} // '', $given{transaction_number};
	my $category = $given{category} // 'regular';
	if (exists $self->{numbers}{$number})
	{
		# What has come before it was refused stays converted where a load goes on; a call alone takes it back.
		my %involved = $customer->{loyal} && $self->{loading} ? $self->_involved($customer, $program, $category) : ();
		$self->_convert_due($customer, [ values %involved ], $self->_effective($time, values %involved));
		return { err => 'LY410' };
	}
	my $warnings = '{}';
	my ($account, @lots);
	if (@parts)
	{
		($error, @lots) =
		  $self->_award($customer, $program, $category, 0, 'transaction_add', $time, { parts => \@parts });
		$warnings = $error eq 'LY409' ? '{program_over}' : '{points_overflow}' if $error;
		@parts    = () if $error;    # a sale is never refused for a rule of its program
	}
	if (@parts)
	{
		$lots[$_]{line_no} = $parts[$_][2] for 0 .. $#parts;
		$account = $customer->{accounts}{ $program->{name} }{regular};
	}
	else
	{
		if ($customer->{loyal})
		{
			$self->_touch($customer, $program->{name});
			my %involved = $self->_involved($customer, $program, $category);
			$account = $involved{regular};
			$self->_bring_up($customer, [ values %involved ], $self->_effective($time, values %involved));
		}
		$self->_event($customer, 'transaction_add', $time);
	}
	$self->{numbers}{$number} = $handle;
	$self->remember_bill(
		$handle, \%given,
		amount   => $amount,
		time     => $time,
		program  => @lots ? $program : undef,
		category => @lots ? $category : 'regular',
		lines    => \@lines,
		lots     => \@lots,
		warnings => $warnings);
	$points = 0;
	$points += $_->[0] for @parts;
	return _done($customer, $tag, \%given,
		{ points => $points, current_points => $account ? $account->{balance} : 0, warnings => $warnings });
}

# The lines of a bill, numbers as thousandths.
sub _lines
{
	my ($json) = @_;

	my @lines;
	for my $object (defined $json ? $json =~ /\{(.*?)\}/g : ())
	{
		my %line = (quantity => 1000);
		while ($object =~ /"(\w+)": "?(-?[\d.]+)/g)
		{
			my ($field, $number) = ($1, $2);
			($line{$field}) = parse_decimal($number);
		}
		push @lines, \%line;
	}
	return @lines;
}

# Points that can be spent from some accounts at a time.
sub available
{
	my ($self, $accounts, $time) = @_;

	my $points = 0;
	$points += $_->[1]{remaining} for $self->_payers($accounts, $time);
	return $points;
}

# Which lot pays how much of some points, in order, each as far as its program keeps decimals: (missing, [account,
# lot, part], ...).
sub _draws
{
	my ($self, $accounts, $time, $wanted, $spared) = @_;

	my @draws;
	for my $pair (grep { $_->[1]{type} ne ($spared // '') } $self->_payers($accounts, $time))
	{
		my ($account, $lot) = @$pair;
		my $part = $wanted - $wanted % TENTHS->[ $self->{program}{ $account->{program} }{decimals} ];
		$part = $lot->{remaining} if $lot->{remaining} < $part;
		next unless $part;
		push @draws, [ $account, $lot, $part ];
		$wanted -= $part;
	}
	return ($wanted, @draws);
}

# Lots that may pay at a time (undef: all open ones), in the order in which they do.
sub _payers
{
	my ($self, $accounts, $time, $unripe) = @_;

	my @open;
	for my $account (@$accounts)
	{
		for my $lot (@{ $account->{lots} })
		{
			next unless $lot->{remaining};
			next if defined $time && defined $lot->{expires} && $lot->{expires} <= $time;
			next if defined $time && !$unripe && defined $lot->{redeemable} && $lot->{redeemable} > $time;
			push @open, [ $account, $lot ];
		}
	}
	no integer;
	return sort {
		my ($one, $two) = ($a->[1], $b->[1]);
		(defined $two->{expires} <=> defined $one->{expires})
		  || (defined $one->{expires} ? $one->{expires} <=> $two->{expires} : 0)
		  || $one->{awarded} <=> $two->{awarded}
		  || $one->{id} <=> $two->{id}
	} @open;
}

sub redeem_accounts
{
	my ($self, $customer, $program) = @_;

	return map { $_->{regular} } grep { defined } map { $customer->{accounts}{$_} }
	  defined $program ? $program : map { $_->{name} } @{ $self->{programs} };
}

sub redeem
{
	my ($self, $tag, $handle, %given) = (@_, call => 'redeem');

	my ($customer, $time) = $self->_begin($handle, \%given);
	return $time unless $customer;
	return { err => $given{err} } if $given{err};
	my ($points, $error) = _judge_points($given{points}, $self->_finest(\%given), 0);
	return { err => $error } if $error;
	return { err => 'LY406' } unless $customer->{loyal};
	$error = $self->_judge_time($customer, $time, \%given);
	return { err => $error } if $error;

	($error, my $bill) = $self->_open_bill_named($customer, \%given);
	$time = $self->_time(\%given, $time, $bill->{time}) if $bill;
	my @accounts  = $self->redeem_accounts($customer, $self->payer(\%given));
	my $effective = $self->_effective($time, @accounts);
	my $seen   = $self->_brought_up($customer, [ map { $_->{program} } @accounts ], $effective);
	my $judged = $self->_judge_redemption($seen, $points, \%given, [ $self->redeem_accounts($seen, $self->payer(\%given)) ], $effective);
	return { err => $judged->{condition} eq 'available' ? 'LY405' : 'LY434', judged => $judged } if $judged->{condition};
	$points = $judged->{points};
	return { err => $error } if $error;
	my @draws = @{ $judged->{draws} };

	# Points that were transferred or corrected count as redeemed each time they are spent.
	my %spent;
	$spent{ $_->[0]{program} } += $_->[2] for @draws;
	return { err => 'LY404' } if grep { $_->{redeemed} + ($spent{ $_->{program} } // 0) > MAX } @accounts;
	if ($seen != $customer)
	{
		$self->_bring_up($customer, \@accounts, $effective);
		my ($missing, @again) = $self->_draws(\@accounts, $effective, $points);
		die 'points that have come are not there' if $missing;
		@draws = @again;
	}
	$self->_bring_up($customer, \@accounts, $effective);
	my $event = $self->_event($customer, 'points_redemption', $time);
	my $redemption = { time => $time, draws =>
		  [ map { { lot => $_->[1], account => $_->[0], drawn => $_->[2], back => 0, event => $event } } @draws ] };
	push @{ $customer->{redemptions} }, $redemption;
	push @{ $bill->{paid_by} }, $redemption if $bill;
	my %drawn;
	for my $draw (@draws)
	{
		my ($account, $lot, $part) = @$draw;
		_move($lot, 'remaining', 'redeemed', $part);
		$drawn{ $account->{program} } += $part;
	}
	for my $program (@{ $self->{programs} })
	{
		my $part = $drawn{ $program->{name} } or next;
		$self->_post($customer->{accounts}{ $program->{name} }{regular}, $event, 'debit', $part, $effective,
			'redeemed');
		$self->_roll($customer, $program, $event, $effective);
	}
	my $current = 0;
	$current += $_->{balance} for @accounts;
	return _done($customer, $tag, \%given, { points => $points, current_points => $current });
}

sub expire_points
{
	my ($self, $as_of) = @_;

	$as_of //= $self->{clock};
	return { err => 'LY408' } if $as_of > $self->{clock};
	for my $customer (@{ $self->{customers} })
	{
		my @accounts = accounts_of($customer);
		next unless grep { _due($_, $as_of) } @accounts;
		$self->_convert_due($customer, \@accounts, $as_of);
		my @due = grep { _due($_, $as_of) } @accounts;
		$self->_fix_recorded($self->{clock}, @due);
		$self->_expire($customer, \@due, $as_of);
	}
	return {};
}

# ---- reading

sub balance
{
	my ($self, $handle, $program, $as_of) = @_;

	my $customer = $self->{customers}[$handle];
	my %answer   = map { $_ => 0 } qw(regular promised trigger_based lifetime), @COUNTERS;
	for my $member ($customer, @{ $customer->{group} // [] })
	{
		$self->_add_balance(\%answer, $member, $program, $as_of);
	}
	return \%answer;
}

sub _add_balance
{
	my ($self, $answer, $customer, $program, $as_of) = @_;

	my @names = defined $program ? $program : keys %{ $customer->{accounts} };
	for my $name (@names)
	{
		my $regular = ($customer->{accounts}{$name} // {})->{regular} or next;
		my $at = $as_of // ($regular->{last} > $self->{clock} ? $regular->{last} : $self->{clock});
		$customer = $self->_brought_up($customer, [$name], $at, 1);
	}
	for my $name (@names)
	{
		for my $account (values %{ $customer->{accounts}{$name} // {} })
		{
			my $time = $as_of // ($account->{last} > $self->{clock} ? $account->{last} : $self->{clock});
			my $last;
			for my $entry (reverse @{ $account->{entries} })
			{
				next if $entry->{effective} > $time;
				$last = $entry;
				last;
			}
			next unless $last;
			my $due = _due($account, $time);
			$answer->{ $account->{category} } += $last->{balance} - $due;
			$answer->{lifetime} += $last->{lifetime};
			$answer->{$_} += $last->{$_} for @COUNTERS;
			$answer->{expired} += $due;
		}
	}
	return;
}

use LoyaltyMerge;
use LoyaltyLoads;
use LoyaltyPromised;
use LoyaltyReferrals;
use LoyaltyReturns;
use LoyaltyRules;

1;
