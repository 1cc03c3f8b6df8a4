package pages_test;

# The test of pages.pm: pages as they should be, and such as break one rule each. They are pages of operations.md, which needs
# no set-up, where they name no other one.

use strict;
use warnings;

use pages;

my $SQL  = "```sql\nSELECT 1;\n```\n";
my $TEXT = "```text\n ?column?\n```\n";
my $PAGE = 'docs/operations.md';

# [what it shows, faults that are expected, text, page]
my @CASES = (
	[ 'an example with its output', 0, "$SQL\n$TEXT" ],
	[ 'one in a list', 0, "- so:\n\n  ```sql\n  SELECT 1;\n  ```\n" ],
	[ 'one that ends in a command of psql', 0, "```sql\nSELECT 1 AS one \\gset\n```\n" ],
	[ 'a picture on a page without examples', 0, $TEXT ],
	[ 'no semicolon', 1, "```sql\nSELECT 1\n```\n" ],
	[ 'a fence that is never closed', 2, "```sql\nSELECT 1;\nand so on\n" ],
	[ 'a fence without a language', 1, "```\nmake\n```\n" ],
	[ 'a language that nobody runs', 1, "```psql\nSELECT 1;\n```\n" ],
	[ 'a blank before the language', 1, "``` sql\nSELECT 1;\n```\n" ],
	[ 'four backticks', 1, "````sql\nSELECT 1;\n````\n" ],
	[ 'tildes', 2, "~~~sql\nSELECT 1;\n~~~\n" ],
	[ 'a fence in a quotation', 2, "> ```sql\n> SELECT 1;\n> ```\n" ],
	[ 'carriage returns', 2, "$SQL$TEXT" =~ s/\n/\r\n/gr ],
	[ 'a long line', 1, 'word ' x 30 ],
	[ 'a long row of a table', 0, '| ' . 'word ' x 30 . '|' ],
	[ 'a heading in a fence', 1, "```text\n## Then\n```\n" ],
	[ 'words between example and output', 1, "$SQL\nIt prints:\n\n$TEXT" ],
	[ 'two outputs', 1, "$SQL\n$TEXT\n$TEXT" ],
	[ 'output that is hidden', 1, "```sql\n\\o /dev/null\nSELECT 1;\n```\n" ],
	[ 'an example that is not run', 1, "# One\n\n```sql not-run\nSELECT 1;\n```\n" ],
	[ 'no set-up', 1, $SQL, 'docs/bill.md' ],
	[ 'a set-up', 0, "Begin with `\\i docs/setup/bill.sql`.\n\n$SQL", 'docs/bill.md' ],
	[ 'two set-ups', 1, "`\\i docs/setup/bill.sql`, `\\i docs/setup/card.sql`\n\n$SQL", 'docs/bill.md' ],
	[ 'a set-up that is not there', 1, "`\\i docs/setup/nothing.sql`\n\n$SQL", 'docs/bill.md' ],
	[ 'a set-up behind an example in a list', 1, "  ```sql\n  SELECT 1;\n  ```\n`\\i docs/setup/bill.sql`\n", 'docs/bill.md' ],
	[ 'an example where none is run', 1, $SQL, 'CONTRIBUTING.md' ],
	[ 'an example in a room of docs', 1, $SQL, 'docs/more/bill.md' ],
);

# What did not come out as it should.
sub failures
{
	my @failures;

	for (@CASES)
	{
		my ($what, $expected, $text, $path) = @$_;
		my @found = page_faults($path // $PAGE, $text);

		push @failures, "$what: found " . @found . " faults, not $expected", map { "  $_" } @found if @found != $expected;
	}
	return @failures;
}

1;
