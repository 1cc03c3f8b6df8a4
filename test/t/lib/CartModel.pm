package CartModel;

# What a cart gets, once more, as docs/cart.md says it: piece by piece, with lists where the library has numbers. Amounts and
# points are thousandths, quantities millionths, percentages thousandths of a percent.
#
#     my $model = CartModel->new($cart);
#     my ($verdicts, $shares) = $model->evaluate;
#
# A cart is { step, bill_first, at, recorded, late, store, weekday, minute, customer, program => { rate, step, rounding },
# lines => [ { item, in => [ids], quantity, amount } ], promotions => [ ... ] }; promotions have the words of
# test/unit/cart_text.h.

use strict;
use warnings;
use integer;

my $PIECE   = 1_000_000;
my $NO_LIMIT = 9223372036854775807;
my %PHASE   = (item => 0, bill => 1, points => 2);
my %COUNTS  = map { $_ => 1 } qw(fixed_per_unit price bundle_price combo_percent buy_x_get_y free_product);

sub new
{
	my ($class, $cart) = @_;
	my $self = bless { cart => $cart, step => $cart->{step}, shares => [] }, $class;

	for my $i (0 .. $#{ $cart->{lines} })
	{
		my $line = $cart->{lines}[$i];
		my $goods = $line->{amount} >= 0 && $line->{quantity} >= 0;
		my $count = $goods && $line->{quantity} % $PIECE == 0 ? $line->{quantity} / $PIECE : 0;
		my @prices = $self->prices($line->{amount}, $count);
		push @{ $self->{lines} },
		  {
			%$line,
			no       => $i,
			goods    => $goods,
			fraction => $line->{quantity} % $PIECE != 0,
			nodes    => { map { $_ => 1 } $line->{item}, @{ $line->{in} } },
			pieces   => [ map { { line => $i, left => $_ } } @prices ],
			other    => @prices ? 0 : $line->{amount},    # what is left of counted pieces, or of a line without any
		  };
	}
	return $self;
}

# Prices of so many pieces that cost an amount together.
sub prices
{
	my ($self, $amount, $count) = @_;

	return () unless $count;
	my $steps = $amount / $self->{step};
	my $dearer = $steps % $count;
	return map { ($steps / $count + ($_ >= $count - $dearer ? 1 : 0)) * $self->{step} } 0 .. $count - 1;
}

sub sum { my $sum = 0; $sum += $_ for @_; return $sum; }
sub least { return (sort { $a <=> $b } @_)[0]; }

sub left_of { my ($line) = @_; return $line->{other} + sum(map { $_->{left} } @{ $line->{pieces} }); }
sub left { my ($self) = @_; return sum(map { left_of($_) } @{ $self->{lines} }); }

# Lines of some items; of none: all that are goods.
sub lines_of
{
	my ($self, $items) = @_;

	return grep {
		my $line = $_;
		$line->{goods} && (!@{ $items // [] } || grep { $line->{nodes}{$_} } @$items)
	} @{ $self->{lines} };
}

# Pieces of lines in the order of a promotion; "can_" is what plan_get has said of them.
sub ordered
{
	my ($promotion, @lines) = @_;
	my $sign = $promotion->{favour_customer} ? -1 : 1;

	my $both = sub { return $_[0]{can_buy} && $_[0]{can_get} ? 1 : 0; };
	return sort { $sign * ($a->{left} <=> $b->{left}) || $both->($a) <=> $both->($b) || $a->{line} <=> $b->{line} }
	  map { @{ $_->{pieces} } } @lines;
}

# A quotient of numbers that are not negative.
sub rounded
{
	my ($dividend, $divisor, $rounding) = @_;
	my ($quotient, $rest) = ($dividend / $divisor, $dividend % $divisor);
	my $up =
	    $rounding eq 'ceiling'   ? $rest > 0
	  : $rounding eq 'half_up'   ? 2 * $rest >= $divisor
	  : $rounding eq 'half_down' ? 2 * $rest > $divisor
	  : $rounding eq 'half_even' ? 2 * $rest > $divisor || (2 * $rest == $divisor && $quotient % 2 == 1)
	  :                            0;
	return $quotient + ($up ? 1 : 0);
}

sub percent
{
	my ($self, $amount, $percent, $rounding) = @_;

	return 0 if $amount <= 0;
	return least($amount, rounded($amount * $percent, 100_000 * $self->{step}, $rounding) * $self->{step});
}

# Splits whole steps by weights, the largest remainders first.
sub split_by
{
	my ($self, $discount, @weights) = @_;
	my $all = sum(@weights);
	return map { 0 } @weights unless $discount && $all;
	my $steps = $discount / $self->{step};
	my @shares = map { $steps * $_ / $all } @weights;
	my @rests  = map { $steps * $_ % $all } @weights;
	my $over = $steps - sum(@shares);
	my @first = sort { $rests[$b] <=> $rests[$a] || $a <=> $b } 0 .. $#weights;

	$shares[$_]++ for @first[ 0 .. $over - 1 ];
	return map { $_ * $self->{step} } @shares;
}

# ---------------------------------------------------------------- what stands against a promotion

sub first_obstacle
{
	my ($self, $p) = @_;
	my $cart = $self->{cart};

	return 'not_begun' if defined $p->{starts} && $cart->{at} < $p->{starts};
	return 'expired' if defined $p->{ends} && $cart->{at} >= $p->{ends};
	return 'late' if defined $p->{ends} && $cart->{recorded} >= $p->{ends} && $cart->{recorded} - $cart->{at} > $cart->{late};
	my ($from, $to) = ($p->{from} // 0, $p->{to} // 1440);
	my $night = $to < $from;
	my $day = $night && $cart->{minute} < $to ? ($cart->{weekday} + 6) % 7 : $cart->{weekday};
	return 'weekday' if $p->{weekdays} && !($p->{weekdays} >> $day & 1);
	return 'hours'
	  if $night ? $cart->{minute} >= $to && $cart->{minute} < $from : $cart->{minute} < $from || $cart->{minute} >= $to;
	return 'store' if $p->{stores} && !grep { $_ == $cart->{store} } @{ $p->{stores} };
	return 'needs_customer' if $p->{only_customers} && !$cart->{customer};
	return 'customer' if $p->{others};
	return 'key' if $p->{keyed} && !$p->{has_key};
	return 'used_up' if defined $p->{uses} && $p->{uses} == 0;
	return;
}

# Measures a cart without what would be given.
sub measured
{
	my ($self, $p, $of, @gifts) = @_;
	my @all = @{ $self->{lines} };
	my $whole = !@{ $of->{items} // [] };
	my $sum = 0;

	for my $line ($whole && $of->{type} eq 'amount' ? @all : $self->lines_of($of->{items}))
	{
		my @given = grep { $_->{line} == $line->{no} } @gifts;
		if ($of->{type} eq 'quantity') { $sum += $line->{quantity} - @given * $PIECE; }
		elsif ($p->{gross})
		{
			my @prices = $self->prices($line->{amount}, $line->{quantity} / $PIECE);
			@prices = reverse @prices if $p->{favour_customer};
			$sum += $line->{amount} - sum(@prices[ 0 .. $#given ]);
		}
		else { $sum += left_of($line) - sum(map { $_->{left} } @given); }
	}
	return $sum;
}

sub reaches { my ($of, $required, $actual) = @_; return $of->{more_than} ? $actual > $required : $actual >= $required; }

sub lacking
{
	my ($self, $of, $required, $actual) = @_;

	return $required - $actual unless $of->{more_than};
	return $required + $self->{step} - $actual if $of->{type} eq 'amount';
	my $next = 0;
	$next += $PIECE while $next <= $required;
	return $next - $actual;
}

# What does not hold of a condition: nothing, or what was asked for, what is there, and what is missing.
sub failing
{
	my ($self, $p, $condition, @gifts) = @_;

	if ($condition->{parts})
	{
		my @failing = map { [ $self->failing($p, $_, @gifts) ] } @{ $condition->{parts} };
		my @failed = grep { @$_ } @failing;
		return () if $condition->{type} eq 'all' ? !@failed : @failed < @failing;
		return @{ $failed[0] };
	}
	my $actual = $self->measured($p, $condition, @gifts);
	return () if reaches($condition, $condition->{required}, $actual);
	return ($condition->{required}, $actual, $self->lacking($condition, $condition->{required}, $actual));
}

# ---------------------------------------------------------------- pieces

# Whether so many can still be bought and got of these pieces.
sub feasible
{
	my ($buy, $get, @pieces) = @_;
	my $for_buy = grep { $_->{can_buy} } @pieces;
	my $for_get = grep { $_->{can_get} } @pieces;

	return $for_buy >= $buy && $for_get >= $get && @pieces >= $buy + $get;
}

# Takes the first piece that can be taken for a role while the rest is still enough.
sub take_one
{
	my ($pieces, $role, $buy, $get) = @_;

	for my $i (0 .. $#$pieces)
	{
		next unless $pieces->[$i]{"can_$role"};
		my @rest = grep { $_ != $pieces->[$i] } @$pieces;
		next unless feasible($buy, $get, @rest);
		return splice @$pieces, $i, 1;
	}
	die "no piece to $role\n";
}

sub plan_get
{
	my ($self, $p) = @_;
	my ($buy, $get) = @{ $p->{components} };
	my ($x, $y) = ($buy->{pieces}, $get->{pieces});
	my %buyable = map { $_->{no} => 1 } $self->lines_of($buy->{items});
	my %gettable = map { $_->{no} => 1 } $self->lines_of($get->{items});
	my @lines = grep { $buyable{ $_->{no} } || $gettable{ $_->{no} } } @{ $self->{lines} };
	$_->{can_buy} = $buyable{ $_->{line} }, $_->{can_get} = $gettable{ $_->{line} } for map { @{ $_->{pieces} } } @lines;
	my @pieces = ordered($p, @lines);
	my %plan = (lines => \@lines, free => scalar @pieces, group => $x + $y);
	my $groups = 0;

	$groups++ while feasible(($groups + 1) * $x, ($groups + 1) * $y, @pieces);
	$plan{full} = $groups;
	if ($groups < $p->{times})
	{
		my $bought = grep { $_->{can_buy} } @pieces;
		for my $more (1 .. $y)
		{
			my @with = (@pieces, map { { can_get => 1 } } 1 .. $more);
			next unless $bought >= ($groups + 1) * $x && feasible(($groups + 1) * $x, ($groups + 1) * $y, @with);
			$plan{missing} = $more;
			last;
		}
	}
	$groups = least($groups, $p->{times});
	my ($to_buy, $to_get) = ($groups * $x, $groups * $y);
	my (@bought, @got);
	if ($p->{favour_customer})
	{
		for (1 .. $groups)
		{
			push @bought, take_one(\@pieces, 'buy', --$to_buy, $to_get) for 1 .. $x;
			push @got,    take_one(\@pieces, 'get', $to_buy, --$to_get) for 1 .. $y;
		}
	}
	else
	{
		push @got,    take_one(\@pieces, 'get', $to_buy, --$to_get) while $to_get > 0;
		push @bought, take_one(\@pieces, 'buy', --$to_buy, $to_get) while $to_buy > 0;
	}
	return { %plan, groups => $groups, counted => [ @bought, @got ], given => \@got, gain => sum(map { $_->{left} } @got) };
}

# Forgets for what pieces would do.
sub forget
{
	my ($self) = @_;
	delete @$_{qw(can_buy can_get)} for map { @{ $_->{pieces} } } @{ $self->{lines} };
	return;
}

sub plan_gift
{
	my ($self, $p, $count) = @_;
	my @lines = $self->lines_of($p->{items});
	my @pieces = ordered($p, @lines);
	my @given = splice @pieces, 0, least($count, scalar @pieces);

	return {
		lines => \@lines, free => @given + @pieces, group => $count, full => scalar @given, groups => scalar @given,
		counted => \@given, given => \@given, gain => sum(map { $_->{left} } @given), missing => $count - @given,
	};
}

sub plan_bundle
{
	my ($self, $p, $value) = @_;
	my @components = @{ $p->{components} };
	my (%first, @stacks, @lines);

	for my $i (0 .. $#components)
	{
		my @mine = grep { !defined $first{ $_->{no} } } $self->lines_of($components[$i]{items});
		$first{ $_->{no} } = $i for @mine;
		push @lines, @mine;
		push @stacks, [ ordered($p, @mine) ];
	}
	my %plan = (lines => \@lines, free => sum(map { scalar @$_ } @stacks), group => sum(map { $_->{pieces} } @components),
		full => 0, groups => 0, counted => [], given => [], gain => 0);
	while (!grep { @{ $stacks[$_] } < $components[$_]{pieces} } 0 .. $#components)
	{
		my @group = map { splice @{ $stacks[$_] }, 0, $components[$_]{pieces} } 0 .. $#components;
		my $gain = sum(map { $_->{left} } @group) - ($p->{benefit} eq 'bundle_price' ? $value : 0);
		$plan{full}++;
		next if $gain <= 0 || $plan{groups} == $p->{times};
		$plan{groups}++;
		$plan{gain} += $gain;
		push @{ $plan{counted} }, @group;
	}
	return \%plan;
}

sub plan_each
{
	my ($self, $p, $value) = @_;
	my @lines = $self->lines_of($p->{items});
	my @pieces = ordered($p, @lines);
	my %plan = (lines => \@lines, free => scalar @pieces, group => 1, full => scalar @pieces, groups => 0, counted => [],
		given => [], gain => 0);

	for my $piece (@pieces)
	{
		my $gain = $p->{benefit} eq 'price' ? $piece->{left} - $value : least($value, $piece->{left});
		next if $gain <= 0 || $plan{groups} == $p->{times};
		$plan{groups}++;
		$plan{gain} += $gain;
		$plan{own}{ $piece->{line} } += $gain;
		push @{ $plan{counted} }, $piece;
	}
	return \%plan;
}

# ---------------------------------------------------------------- a turn

# What a promotion would give now: a verdict, with what to do if it is given.
sub weigh
{
	my ($self, $p) = @_;
	$self->forget;
	my %v = map { $_ => 0 } qw(discount points groups required actual missing_step next_value missing_gift);
	my $value = $p->{value};
	my $plan = $p->{benefit} eq 'buy_x_get_y' ? $self->plan_get($p)
	  : $p->{benefit} eq 'free_product' && !$p->{steps} ? $self->plan_gift($p, $value) : undef;
	my ($below, $reached);

	for my $step (reverse @{ $p->{steps} // [] })
	{
		$plan = $self->plan_gift($p, $step->{value}) if $p->{benefit} eq 'free_product';
		my $actual = $self->measured($p, $p->{measure}, $plan ? @{ $plan->{given} } : ());
		if (reaches($p->{measure}, $step->{from}, $actual)) { $reached = $step; last; }
		$below = [ $step->{from}, $actual, $self->lacking($p->{measure}, $step->{from}, $actual), $step->{value} ];
	}
	my @gifts = $plan ? @{ $plan->{given} } : ();
	my @failing = $p->{minimum} || $p->{more_than}
	  ? $self->failing($p, { type => 'amount', more_than => $p->{more_than}, required => $p->{minimum} // 0 }, @gifts) : ();
	@failing = $self->failing($p, $p->{condition}, @gifts) if !@failing && $p->{condition};
	@failing = @$below if !@failing && $p->{steps} && !$reached;
	if (@failing)
	{
		@v{qw(required actual missing_step next_value)} = (@failing, 0);
		return { %v, obstacle => 'condition' };
	}
	@v{qw(missing_step next_value)} = @$below[ 2, 3 ] if $below;
	$value = $reached->{value} if $reached;

	return { %v, obstacle => 'stopped' } if $self->{stopped};
	return { %v, obstacle => 'bill_applied' } if $self->{cart}{bill_first} && $p->{phase} eq 'item' && $self->{bill_applied};
	return { %v, obstacle => 'not_alone' } if $p->{stacking} eq 'alone' && $self->{applied};
	return $self->weigh_pieces($p, $value, $plan, %v) if $COUNTS{ $p->{benefit} };

	my $whole = !@{ $p->{items} // [] };
	my @touched = $self->lines_of($p->{items});
	return { %v, obstacle => 'no_item' } unless @touched;
	my @summed = $whole ? @{ $self->{lines} } : @touched;
	my $left = sum(map { left_of($_) } @summed);
	my $plain = { %v, weights => { map { $_->{no} => left_of($_) } @touched }, counted => [] };
	return $self->weigh_points($p, $value, least($left, sum(values %{ $plain->{weights} })), $plain) if $p->{phase} eq 'points';
	my $base = $p->{gross} ? sum(map { $_->{amount} } @summed) : $left;
	my $offered = $p->{benefit} eq 'percent' ? $self->percent($base, $value, $p->{rounding}) : $value;
	return $self->offer($p, $plain, $offered);
}

sub offer
{
	my ($self, $p, $verdict, $offered) = @_;

	$verdict->{discount} = least($offered, $p->{maximum} // $offered, $self->left, sum(values %{ $verdict->{weights} }));
	$verdict->{discount} = 0 if $verdict->{discount} < 0;
	$verdict->{obstacle} = $verdict->{discount} ? '' : 'nothing_to_take';
	return $verdict;
}

sub weigh_points
{
	my ($self, $p, $value, $left, $verdict) = @_;
	my $program = $self->{cart}{program};

	if ($program && $p->{benefit} eq 'bonus_points') { $verdict->{points} = $value - $value % $program->{step}; }
	elsif ($program && $left > 0)
	{
		$verdict->{points} = $program->{step}
		  * rounded($left * $program->{rate} * ($value - 1000), 1_000_000_000 * $program->{step}, $program->{rounding});
	}
	$verdict->{obstacle} = $verdict->{points} ? '' : 'nothing_to_take';
	return $verdict;
}

sub weigh_pieces
{
	my ($self, $p, $value, $plan, %v) = @_;

	$plan = $self->plan_each($p, $value) if $p->{benefit} =~ /^(?:fixed_per_unit|price)$/;
	$plan = $self->plan_bundle($p, $value) if $p->{benefit} =~ /^(?:bundle_price|combo_percent)$/;
	$v{missing_gift} = $plan->{missing} // 0;
	$v{groups} = $plan->{groups};
	if (!$plan->{groups})
	{
		@v{qw(required actual)} = ($plan->{group} * $PIECE, $plan->{free} * $PIECE);
		return {
			%v,
			obstacle => !$plan->{free} && (grep { $_->{fraction} } @{ $plan->{lines} }) ? 'not_pieces'
			: $p->{benefit} eq 'free_product' || $v{missing_gift} ? 'gift'
			: !@{ $plan->{lines} } ? 'no_item'
			: $plan->{full} ? 'nothing_to_take' : 'pieces'
		};
	}
	my $given = $p->{benefit} =~ /^(?:combo_percent|buy_x_get_y)$/ ? $self->percent($plan->{gain}, $value, $p->{rounding}) : $plan->{gain};
	my (%weights, %whole);
	if ($p->{benefit} eq 'free_product' && !$p->{no_spread})
	{
		$whole{ $_->{no} } = $weights{ $_->{no} } = left_of($_) for $self->helping($p);
	}
	my $bearing = $p->{no_spread} && $p->{benefit} eq 'buy_x_get_y' ? $plan->{given} : $plan->{counted};
	my %counts = map { $_->{line} => 0 } @{ $plan->{counted} };
	$counts{ $_->{line} } += $_->{left} for @$bearing;
	for my $line (keys %counts) { $weights{$line} //= $plan->{own} ? $plan->{own}{$line} : $counts{$line}; }
	return $self->offer($p, { %v, weights => \%weights, whole => \%whole, counted => $plan->{counted} }, $given);
}

# Lines that help to earn a gift.
sub helping
{
	my ($self, $p) = @_;
	my @measures = $p->{minimum} || $p->{more_than} ? {} : ();
	my @todo = ($p->{condition} // (), $p->{steps} ? $p->{measure} : ());

	while (my $condition = shift @todo)
	{
		if ($condition->{parts}) { push @todo, @{ $condition->{parts} }; }
		else { push @measures, $condition; }
	}
	my %lines = map { my $of = $_; map { $_->{no} => $_ } $self->lines_of($of->{items}) } @measures;
	return map { $lines{$_} } sort { $a <=> $b } keys %lines;
}

# Gives what was weighed.
sub give
{
	my ($self, $place, $p, $verdict) = @_;
	my @lines = sort { $a <=> $b } keys %{ $verdict->{weights} };
	my @weights = map { $verdict->{weights}{$_} } @lines;
	my @shares = $verdict->{points} ? $self->split_points($verdict->{points}, @weights) : $self->split_by($verdict->{discount}, @weights);
	my %counted = map { $_ => 1 } @{ $verdict->{counted} };

	for my $i (0 .. $#lines)
	{
		my $line = $self->{lines}[ $lines[$i] ];
		my @mine = grep { $counted{$_} } @{ $line->{pieces} };
		my $pieces = @mine;
		if (!$verdict->{points})
		{
			$line->{other} += sum(map { $_->{left} } @mine);
			$line->{pieces} = [ grep { !$counted{$_} } @{ $line->{pieces} } ];
			my $free = sum(map { $_->{left} } @{ $line->{pieces} });
			my @parts = $pieces && !exists $verdict->{whole}{ $lines[$i] } ? ($shares[$i], 0) : $self->split_by($shares[$i], $line->{other}, $free);
			$line->{other} -= $parts[0];
			my @prices = $self->prices($free - $parts[1], scalar @{ $line->{pieces} });
			$line->{pieces}[$_]{left} = $prices[$_] for 0 .. $#prices;
		}
		push @{ $self->{shares} }, [ $place, $lines[$i], $pieces, $verdict->{points} ? (0, $shares[$i]) : ($shares[$i], 0) ]
		  if $pieces || $shares[$i];
	}
	$self->{applied} = 1;
	$self->{bill_applied} = 1 if $p->{phase} eq 'bill';
	$self->{stopped} = 1 if $p->{stacking} ne 'stack';
	return;
}

sub split_points
{
	my ($self, $points, @weights) = @_;
	my $step = $self->{cart}{program}{step};
	my $all = sum(@weights);
	my ($part, $before, @shares) = (0, 0);

	for my $weight (@weights)
	{
		$part += $weight;
		my $up_to = $all ? rounded($points / $step * $part, $all, 'half_up') * $step : $points;
		push @shares, $up_to - $before;
		$before = $up_to;
	}
	return @shares;
}

# ---------------------------------------------------------------- all turns

sub evaluate
{
	my ($self) = @_;
	my $cart = $self->{cart};
	my @promotions = @{ $cart->{promotions} };
	my (@verdicts, @turns, %ended);

	for my $i (0 .. $#promotions)
	{
		my $obstacle = $self->first_obstacle($promotions[$i]);
		$verdicts[$i] = { obstacle => $obstacle, $obstacle && $obstacle eq 'used_up' ? (required => 1) : () } if $obstacle;
	}
	my %place = ($cart->{bill_first} ? (item => 1, bill => 0) : (item => 0, bill => 1), points => 2);
	@turns = sort {
		my ($p, $q) = @promotions[ $a, $b ];
		$place{ $p->{phase} } <=> $place{ $q->{phase} } || $p->{priority} <=> $q->{priority}
		  || ($q->{keyed} ? 1 : 0) <=> ($p->{keyed} ? 1 : 0) || $p->{id} <=> $q->{id}
	} grep { !$verdicts[$_] } 0 .. $#promotions;
	while (defined(my $turn = shift @turns))
	{
		my $p = $promotions[$turn];
		my @together = ($turn);
		if ($p->{group})
		{
			push @together, grep { ($promotions[$_]{group} // 0) == $p->{group} && $promotions[$_]{phase} eq $p->{phase} } @turns;
			my %gone = map { $_ => 1 } @together;
			@turns = grep { !$gone{$_} } @turns;
		}
		$verdicts[$_] = $self->weigh($promotions[$_]) for @together;
		my @can = grep { $verdicts[$_]{obstacle} eq '' } @together;
		my $gives = sub { $verdicts[ $_[0] ]{discount} + $verdicts[ $_[0] ]{points} };
		my ($best) = $p->{group} && $ended{ $p->{group} } ? () : sort { $gives->($b) <=> $gives->($a) } @can;
		my $most = defined $best ? $gives->($best) : 0;
		for my $loser (grep { !defined $best || $_ != $best } @can)
		{
			@{ $verdicts[$loser] }{qw(obstacle required actual)} = ('group', $most, $gives->($loser));
			@{ $verdicts[$loser] }{qw(discount points)} = (0, 0);
		}
		next unless defined $best;
		$self->give($best, $promotions[$best], $verdicts[$best]);
		$ended{ $p->{group} } = 1 if $p->{group};
	}
	return (\@verdicts, $self->{shares});
}

1;
