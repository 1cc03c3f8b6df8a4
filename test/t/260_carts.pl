# What carts get, by the library's rules and by a model that counts piece by piece (test/t/lib/CartModel.pm): every cart of up to
# four pieces under up to three promotions of a catalogue, and random carts. Needs no server: the rules are asked through their
# unit test.
#
#     LOYALTY_CARTS   random carts (default 100000)
#     LOYALTY_SEED    of the random ones; a failure names it
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::RealBin/lib";
use Test::More;

use CartCases qw(random_cart small_carts small_promotions text_of);
use CartModel;

my $COUNT = $ENV{LOYALTY_CARTS} // 100_000;
my $SEED  = $ENV{LOYALTY_SEED} // time;
my $BATCH = 5000;

chdir "$FindBin::RealBin/../.." or die "cannot enter the source tree: $!\n";
my $asked = 'build/unit/cart_rules_test';
my @make = ('make', '--no-print-directory', '-s', "PG_CONFIG=" . ($ENV{PG_CONFIG} // 'pg_config'), $asked);
is(system(@make), 0, 'the rules are built');
my $dir = tempdir(CLEANUP => 1);

# The answers of the library to many carts: each is lines of a verdict and of shares.
sub ask
{
	my @texts = @_;
	open my $in, '>', "$dir/carts" or die "cannot write: $!\n";
	print $in map { "$_.\n" } @texts;
	close $in or die "cannot write: $!\n";
	my $output = `$asked --read <$dir/carts`;
	die "the rules ended with $?\n" if $?;
	return split /^\.\n/m, $output;
}

# The same by the model. Of what was required an answer says something for some reasons alone.
sub answer
{
	my ($cart) = @_;
	my ($verdicts, $shares) = CartModel->new($cart)->evaluate;
	my $answer = '';

	for my $i (0 .. $#$verdicts)
	{
		my $v = $verdicts->[$i];
		$answer .= join(' ', $i, $v->{obstacle}, map { $v->{$_} // 0 } qw(discount points groups required actual missing_step next_value missing_gift)) . "\n";
	}
	return $answer . join '', map { "share @$_\n" } @$shares;
}

# Compares many carts; the first that differs is shown.
sub differing
{
	my @carts = @_;
	my @texts = map { text_of($_) } @carts;
	my @got = ask(@texts);
	my $differing = 0;

	for my $i (0 .. $#carts)
	{
		my $wanted = answer($carts[$i]);
		next if ($got[$i] // '') eq $wanted;
		diag("$texts[$i]library:\n" . ($got[$i] // "nothing\n") . "model:\n$wanted") unless $differing++;
	}
	return $differing;
}

# Every cart under one promotion, under two and under three, in their order.
sub small
{
	my @carts = small_carts();
	my @catalogue = small_promotions();
	my ($differing, $count, @batch) = (0, 0);

	my $flush = sub { $differing += differing(@batch); $count += @batch; @batch = (); };
	for my $lines (@carts)
	{
		for my $first (0 .. $#catalogue)
		{
			for my $second (-1 .. $#catalogue)
			{
				for my $third ($second < 0 ? -1 : (-1 .. $#catalogue))
				{
					my @places = grep { $_ >= 0 } $first, $second, $third;
					my @promotions = map { { %{ $catalogue[ $places[$_] ] }, id => $_ + 1 } } 0 .. $#places;
					push @batch, { step => 10, at => 0, recorded => 0, late => 0, store => 0, weekday => 0, minute => 0, lines => $lines, promotions => \@promotions };
					$flush->() if @batch == $BATCH;
				}
			}
		}
	}
	$flush->();
	return ($differing, $count);
}

my ($differing, $count) = small();
is($differing, 0, "$count small carts get what the model gives them");

srand $SEED;
my ($random, $done) = (0, 0);
while ($done < $COUNT)
{
	$random += differing(map { random_cart() } 1 .. $BATCH);
	$done += $BATCH;
}
is($random, 0, "$done random carts get what the model gives them (LOYALTY_SEED=$SEED)");

done_testing();
