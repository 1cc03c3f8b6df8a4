package CartCases;

# Carts for the comparison of library and model: all small ones of a catalogue, and random ones; and how a cart is written as
# test/unit/cart_text.h reads it.

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(small_carts small_promotions random_cart text_of);

my $PIECE = 1_000_000;

# Categories that items are in: some of them overlap.
my %CATEGORIES = (1 => [11], 2 => [ 11, 12 ], 3 => [12], 4 => [13]);

sub line
{
	my ($item, $pieces, $amount) = @_;
	return { item => $item, in => $CATEGORIES{$item}, quantity => $pieces * $PIECE, amount => $amount };
}

sub promotion
{
	my ($benefit, $value, %more) = @_;
	my $phase = $benefit =~ /points/ ? 'points' : 'item';

	return { benefit => $benefit, value => $value, phase => $phase, priority => 100, stacking => 'stack', times => 1_000_000,
		rounding => 'half_up', %more };
}

sub component { my ($pieces, @items) = @_; return { pieces => $pieces, items => [@items] }; }

# Where lines stand among all there are.
sub order { my ($line) = @_; return $line->{item} * 1000 + $line->{amount} / 10 + 100 * $line->{quantity} / $PIECE; }

# Each way to lay up to four pieces of two items out in lines, at two prices whose split has a rest. Of three lines and more one
# order is enough.
sub small_carts
{
	my @lines = map { my $item = $_; map { my $pieces = $_; map { line($item, $pieces, $_ * 10) } $pieces * 7, 10 } 1 .. 4 } 1, 2;
	my @carts = ([]);
	my @all;

	while (my $cart = shift @carts)
	{
		push @all, $cart if @$cart;
		my $pieces = 0;
		$pieces += $_->{quantity} / $PIECE for @$cart;
		push @carts, map { [ @$cart, $_ ] } grep { $pieces + $_->{quantity} / $PIECE <= 4 && (@$cart < 2 || order($cart->[-1]) <= order($_)) } @lines;
	}
	return @all;
}

sub small_promotions
{
	return (
		promotion('percent', 10_000, phase => 'bill'),
		promotion('fixed', 30, items => [1]),
		promotion('buy_x_get_y', 100_000, components => [ component(2), component(1) ]),
		promotion('buy_x_get_y', 50_000, favour_customer => 1, no_spread => 1, components => [ component(1, 11), component(1, 2) ]),
		promotion('bundle_price', 60, components => [ component(1, 1), component(1, 2) ]),
		promotion('combo_percent', 15_000, components => [ component(2, 11) ], stacking => 'stop'),
		promotion('price', 40, times => 2),
		promotion('fixed_per_unit', 20, items => [12], group => 1),
		promotion('free_product', 1, items => [2], minimum => 100),
		promotion('percent', 5_000, phase => 'bill', stacking => 'alone', group => 1, gross => 1, priority => 50),
	);
}

sub one_of { return $_[ rand @_ ]; }
sub maybe { return rand() < $_[0]; }

sub some_items { return maybe(0.5) ? [] : maybe(0.5) ? [ one_of(1 .. 4) ] : maybe(0.5) ? [ one_of(11 .. 13) ] : [ one_of(1 .. 4), one_of(11 .. 13) ]; }
sub named_items { my $items = some_items(); return @$items ? $items : [ one_of(1, 2, 11) ]; }

sub random_line
{
	my ($step) = @_;
	my $most = one_of(5, 50, 500, 6000);
	my $quantity = maybe(0.1) ? one_of(0, 1_250_000, 500_000, 2_345_678) : int(1 + rand one_of(2, 4, 8)) * $PIECE;
	my $sign = maybe(0.04) ? -1 : 1;

	return { %{ line(one_of(1 .. 4), 1, int(rand $most) * $step * $sign) }, quantity => maybe(0.02) ? -$quantity : $quantity };
}

sub random_measure
{
	my ($step) = @_;
	my $type = one_of(qw(amount amount quantity));

	return { type => $type, items => some_items(), more_than => maybe(0.3),
		required => $type eq 'amount' ? int(rand one_of(10, 1000, 8000)) * $step : int(rand 9) * $PIECE };
}

sub random_condition
{
	my ($step, $depth) = @_;

	return random_measure($step) if $depth > 2 || maybe(0.7);
	return { type => one_of(qw(all any)), parts => [ map { random_condition($step, $depth + 1) } 1 .. 1 + rand 3 ] };
}

sub random_value
{
	my ($benefit, $step) = @_;

	return one_of(1_000, 5_000, 10_000, 12_345, 50_000, 100_000) if $benefit =~ /percent|buy/;
	return int(1 + rand 3) if $benefit eq 'free_product';
	return one_of(1500, 2000, 3333, 10_000) if $benefit eq 'points_multiplier';
	return int(1 + rand 200) * 1000 if $benefit eq 'bonus_points';
	return int(1 + rand one_of(5, 300, 2000)) * $step;
}

sub random_promotion
{
	my ($step, $id) = @_;
	my $benefit = one_of(qw(percent percent fixed fixed_per_unit price bundle_price combo_percent buy_x_get_y buy_x_get_y free_product
		  points_multiplier bonus_points));
	my $p = promotion($benefit, random_value($benefit, $step), id => $id);

	$p->{phase} = 'bill' if $benefit =~ /^(?:percent|fixed)$/ && maybe(0.5);
	$p->{items} = $benefit eq 'free_product' ? named_items() : some_items();
	$p->{components} = [ map { component(int(1 + rand 3), @{ some_items() }) } 1, 2 ] if $benefit eq 'buy_x_get_y';
	$p->{components} = [ map { component(int(1 + rand 2), @{ named_items() }) } 1 .. 1 + rand 3 ] if $benefit =~ /bundle|combo/;
	$p->{priority} = int rand 3;
	$p->{rounding} = one_of(qw(ceiling floor half_up half_down half_even)) if maybe(0.3);
	$p->{times} = int(1 + rand 3) if maybe(0.3);
	$p->{maximum} = int(1 + rand 500) * $step if maybe(0.2);
	$p->{stacking} = one_of(qw(stop alone)) if maybe(0.15);
	$p->{group} = int(1 + rand 2) if maybe(0.3);
	for my $flag (qw(gross favour_customer no_spread keyed)) { $p->{$flag} = 1 if maybe(0.3); }
	$p->{has_key} = 1 if maybe(0.9);
	$p->{minimum} = int(rand 3000) * $step if maybe(0.2);
	$p->{more_than} = 1 if maybe(0.1);
	$p->{condition} = random_condition($step, 0) if maybe(0.3);
	if (maybe(0.2))
	{
		my $from = 0;
		$p->{measure} = random_measure($step);
		my $unit = $p->{measure}{type} eq 'amount' ? 500 * $step : $PIECE;
		$p->{steps} = [ map { { from => $from += int(1 + rand 4) * $unit, value => random_value($benefit, $step) } } 1 .. 1 + rand 3 ];
	}
	add_facts($p) if maybe(0.1);
	return $p;
}

# What is judged before any promotion applies.
sub add_facts
{
	my ($p) = @_;

	$p->{starts} = int rand 20 if maybe(0.3);
	$p->{ends} = ($p->{starts} // 0) + int(1 + rand 20) if maybe(0.3);
	$p->{weekdays} = int(1 + rand 127) if maybe(0.3);
	($p->{from}, $p->{to}) = one_of([ 0, 600 ], [ 600, 1200 ], [ 1320, 120 ])->@* if maybe(0.3);
	$p->{stores} = [ 1, 2 ] if maybe(0.3);
	$p->{only_customers} = 1 if maybe(0.3);
	$p->{others} = 1 if maybe(0.1);
	$p->{uses} = int rand 2 if maybe(0.3);
	return;
}

sub random_cart
{
	my $step = one_of(1, 10, 10, 10, 1000);
	my $at = int rand 30;

	return {
		step => $step, bill_first => maybe(0.2), at => $at, recorded => $at + int rand 20, late => int rand 20,
		store => int rand 4, weekday => int rand 7, minute => int rand 1440, customer => maybe(0.5),
		program => maybe(0.9) ? { rate => one_of(1_000_000, 1_500_000, 33_333), step => one_of(1000, 10), rounding => one_of(qw(half_up floor ceiling)) } : undef,
		lines => [ map { random_line($step) } 1 .. 1 + rand 6 ],
		promotions => [ map { random_promotion($step, $_) } 1 .. 1 + rand 5 ],
	};
}

# ---------------------------------------------------------------- as texts

sub decimal
{
	my ($number, $decimals) = @_;
	my $sign = $number < 0 ? '-' : '';
	my $digits = sprintf '%0*d', $decimals + 1, abs $number;

	return $sign . ($decimals ? substr($digits, 0, -$decimals) . '.' . substr($digits, -$decimals) : $digits);
}

sub ids { my ($key, $ids) = @_; return @{ $ids // [] } ? ("$key=" . join(',', @$ids)) : (); }
sub flags { my ($of, @names) = @_; return grep { $of->{$_} } @names; }
sub numbers { my ($of, @names) = @_; return map { defined $of->{$_} ? "$_=$of->{$_}" : () } @names; }

sub condition_text
{
	my ($condition) = @_;

	return ("condition type=$condition->{type} parts=" . @{ $condition->{parts} }, map { condition_text($_) } @{ $condition->{parts} })
	  if $condition->{parts};
	return join ' ', "condition type=$condition->{type}", ids(items => $condition->{items}), flags($condition, 'more_than'),
	  'required=' . decimal($condition->{required}, $condition->{type} eq 'amount' ? 3 : 6);
}

sub promotion_text
{
	my ($p) = @_;
	my $decimals = $p->{benefit} eq 'free_product' ? 0 : 3;
	my @lines = join ' ', "promotion benefit=$p->{benefit} value=" . decimal($p->{value}, $decimals), ids(items => $p->{items}), ids(stores => $p->{stores}),
	  numbers($p, qw(id times priority group uses phase stacking rounding starts ends weekdays from to)),
	  flags($p, qw(more_than gross favour_customer no_spread keyed has_key others only_customers)),
	  map { defined $p->{$_} ? "$_=" . decimal($p->{$_}, 3) : () } qw(minimum maximum);

	push @lines, map { join ' ', "component pieces=$_->{pieces}", ids(items => $_->{items}) } @{ $p->{components} // [] };
	push @lines, condition_text($p->{condition}) if $p->{condition};
	push @lines, join ' ', "measure type=$p->{measure}{type}", ids(items => $p->{measure}{items}), flags($p->{measure}, 'more_than') if $p->{steps};
	push @lines, map { 'step from=' . decimal($_->{from}, $p->{measure}{type} eq 'amount' ? 3 : 6) . ' value=' . decimal($_->{value}, $decimals) } @{ $p->{steps} // [] };
	return @lines;
}

sub text_of
{
	my ($cart) = @_;
	my $program = $cart->{program};
	my %decimals = (1000 => 0, 100 => 1, 10 => 2, 1 => 3);
	my @lines = join ' ', 'cart step=' . decimal($cart->{step}, 3), flags($cart, qw(bill_first customer)),
	  numbers($cart, qw(at recorded late store weekday minute)),
	  $program ? ('rate=' . decimal($program->{rate}, 6), "decimals=$decimals{ $program->{step} }", "points=$program->{rounding}") : ();

	push @lines, map { join ' ', "line item=$_->{item}", ids(in => $_->{in}), 'quantity=' . decimal($_->{quantity}, 6), 'amount=' . decimal($_->{amount}, 3) }
	  @{ $cart->{lines} };
	push @lines, map { promotion_text($_) } @{ $cart->{promotions} };
	return join '', map { "$_\n" } @lines;
}

1;
