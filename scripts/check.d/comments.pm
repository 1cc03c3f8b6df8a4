package comments;

# What is asked of the comments of C: that a newcomer finds the why.
#
#   head      a file begins with a comment that names it and says what it is; where points move, identity is decided or
#             something is verified, with a paragraph (what, the algorithm, which locks, what may be late)
#   sentence  a function that is not static, or has more than ten lines, has a comment above its definition
#   subject   a comment begins with its subject: a verb or a noun, not "What", "Those", "Whether"
#   density   a room has at least 0.2 lines of comments for a line of code

use strict;
use warnings;

# Lines of a body that speak for themselves.
my $SHORT_BODY = 10;

# Words of a head that is a paragraph; a store has an algorithm of its own less often.
my ($PARAGRAPH, $STORE_PARAGRAPH) = (40, 12);

my $NO_SUBJECT = qr/\b(?:What|Whether|Those|Which|Who|Whom|Whose|How|Where|When|Why|That|This|These|It|They|Of|
	Nothing|Nobody|Ones?(?!-)|As|Everything|Answers)\b/x;

# Numbers of lines with comments alone, and with code.
sub lines_of
{
	my ($text) = @_;
	my ($comments, $code, $within) = (0, 0, 0);

	for my $line (split /\n/, $text)
	{
		if ($within || $line =~ m{^\s*/\*} || $line =~ m{^\s*//})
		{
			$comments++;
			$within = ($within || $line !~ m{^\s*//}) && $line !~ m{\*/};
		}
		elsif ($line =~ /\S/)
		{
			$code++;
		}
	}
	return ($comments, $code);
}

# The head of a file without its signs; undef: it has none.
sub head_of
{
	my ($text) = @_;

	return unless $text =~ m{\A(?:/\*(.*?)\*/|((?://[^\n]*\n)+))}s;
	return ($1 // $2) =~ s{^\s*(?:\*|//)}{}gmr;
}

sub head_complaints
{
	my ($path, $text, $needs_paragraph) = @_;
	my ($file) = $path =~ m{([^/]+)$};
	my $head = head_of($text);
	my $wanted = !$needs_paragraph ? 0 : $file =~ /_store\.c$/ ? $STORE_PARAGRAPH : $PARAGRAPH;

	return "$path does not begin with a comment that names it" if !defined $head || $head !~ /^\s*\Q$file\E: \S/;
	my $words = () = $head =~ /\S+/g;
	return "$path has $words words in its head: what it does, how, which locks, what may be late" if $words < $wanted;
	return;
}

# Functions of a C source that need a sentence and have none.
sub sentence_complaints
{
	my ($path, $text) = @_;
	my @lines = split /\n/, $text;
	my @complaints;

	for my $open (grep { $lines[$_] eq '{' } 0 .. $#lines)
	{
		# Back to the line in the first column that begins the parameter list; its type stands above.
		my $name = $open - 1;
		$name-- while $name > 0 && $lines[$name] !~ /^\w+\(/ && $lines[$name] =~ /\S/ && $lines[$name] !~ /^\}/;
		next if $name < 1 || $lines[$name] !~ /^(\w+)\(/;
		my $function = $1;
		my $close = $open;
		$close++ while $close < $#lines && $lines[$close] ne '}';
		next if $lines[$name - 1] =~ /\bstatic\b/ && $close - $open - 1 <= $SHORT_BODY;
		push @complaints, "$path:" . ($name + 1) . ": $function has no sentence" unless $lines[ $name - 2 ] =~ m{\*/\s*$};
	}
	return @complaints;
}

sub subject_complaints
{
	my ($path, $text) = @_;
	my @complaints;

	while ($text =~ m{/\*[\s*]*($NO_SUBJECT)}g)
	{
		push @complaints, "$path:" . (1 + (substr($text, 0, $-[0]) =~ tr/\n//)) . ": a comment begins with \"$1\"";
	}
	return @complaints;
}

# Rooms whose density is below what is asked; room => texts of its files.
sub density_complaints
{
	my ($least, %rooms) = @_;
	my @complaints;

	for my $room (sort keys %rooms)
	{
		my ($comments, $code) = (0, 0);
		for my $text (@{ $rooms{$room} })
		{
			my ($c, $k) = lines_of($text);
			($comments, $code) = ($comments + $c, $code + $k);
		}
		push @complaints, sprintf '%s: %.3f lines of comments for a line of code', $room, $comments / $code
		  if $code > 0 && $comments / $code < $least;
	}
	return @complaints;
}

1;
