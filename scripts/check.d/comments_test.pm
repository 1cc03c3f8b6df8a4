package comments_test;

# The test of comments.pm: sources that say why, and such as break one rule each.

use strict;
use warnings;

use comments;

my $HEAD = "/* lot.c: the lots of an account. */\n";
my $LONG = join('', "{\n", "\tstep();\n" x 11, "}\n");
my $SHORT = "{\n\tstep();\n}\n";

# [what it shows, complaints that are expected, what complains]
my @CASES = (
	[ 'a head names its file', 0, sub { comments::head_complaints('src/lot.c', $HEAD, 0) } ],
	[ 'a head that names another', 1, sub { comments::head_complaints('src/lots.c', $HEAD, 0) } ],
	[ 'no head', 1, sub { comments::head_complaints('src/lot.c', "int lot;\n", 0) } ],
	[ 'a head that is no paragraph', 1, sub { comments::head_complaints('src/lot.c', $HEAD, 1) } ],
	[ 'a paragraph', 0, sub { comments::head_complaints('src/lot.c', "/*\n * lot.c: lots.\n" . " * word word\n" x 20 . " */\n", 1) } ],
	[ 'a head in lines', 0, sub { comments::head_complaints('src/lot.cpp', "// lot.cpp: lots\n// of all\nint lot;\n", 0) } ],
	[ 'an extern without a sentence', 1, sub { comments::sentence_complaints('lot.c', "\nvoid\nopen_lot(void)\n$SHORT") } ],
	[ 'an extern with one', 0, sub { comments::sentence_complaints('lot.c', "/* Opens a lot. */\nvoid\nopen_lot(void)\n$SHORT") } ],
	[ 'a short static', 0, sub { comments::sentence_complaints('lot.c', "\nstatic void\nopen_lot(void)\n$SHORT") } ],
	[ 'a long static', 1, sub { comments::sentence_complaints('lot.c', "\nstatic void\nopen_lot(int lot,\n\t\t int n)\n$LONG") } ],
	[ 'a comment above something else', 1, sub { comments::sentence_complaints('lot.c', "/* Lots. */\nint lots;\n\nvoid\nopen_lot(void)\n$SHORT") } ],
	[ 'no subject', 3, sub { comments::subject_complaints('lot.c', "/* What it is. */\n/*\n * Whether so.\n */\nint a; /* that of b */\n/* Those. */") } ],
	[ 'a subject', 0, sub { comments::subject_complaints('lot.c', "/* Lots that are open. */\n/* Tells whether so. */\n/* One-time code. Which is so. */") } ],
	[ 'density', 1, sub { comments::density_complaints(0.2, thin => [ "/* a */\n" . "b;\n" x 6 ], thick => [ "/*\n * a\n */\n", "b;\n\n" x 15 ]) } ],
);

# What did not come out as it should.
sub failures
{
	my @failures;

	for (@CASES)
	{
		my ($what, $expected, $complain) = @$_;
		my @found = $complain->();
		push @failures, "$what: " . (@found ? join('; ', @found) : 'no complaint') if @found != $expected;
	}
	return @failures;
}

1;
